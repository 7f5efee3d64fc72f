/**
 * Wasmtime, the sandbox: its command line, found on PATH or in cellproof's cache.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { Problem, shorten } from "../../problem.ts";
import { atLeast } from "../version.ts";

/** The first version with `--dir HOST::GUEST`. */
export const WASMTIME_MINIMUM_VERSION = "14.0";
/** What `installWasmtime` installs. */
export const WASMTIME_PINNED_VERSION = "48.0.8";

const RELEASES = "https://github.com/bytecodealliance/wasmtime/releases/download";
/** The parts of the command line that cellproof uses; the whole one takes twice as long to build. */
const CARGO_FEATURES = "run,compile,wat,component-model,threads,gc,gc-null,parallel-compilation";
const DOWNLOAD_SECONDS = 180;
const BUILD_SECONDS = 3600;

/** Downloads `$1` and unpacks its program into the folder `$2`. */
const DOWNLOAD = `set -e -o pipefail
mkdir -p -- "$2"
fetch() {
  if command -v curl >/dev/null; then
    curl --fail --silent --show-error --location --proto '=https' --connect-timeout 5 -- "$1"
  else
    wget --quiet --https-only --connect-timeout=5 --tries=1 --output-document=- -- "$1"
  fi
}
fetch "$1" | tar -x -J --strip-components=1 --no-same-owner -C "$2"`;

/** A Wasmtime that answers. */
export interface Wasmtime {
  /** What starts it: `wasmtime`, or a path. */
  readonly path: string;
  /** Such as "48.0.8". */
  readonly version: string;
}

/** Wasmtime on PATH, else in the cache; null where there is none or it is too old. */
export async function findWasmtime(host: Host, cacheFolder: string): Promise<Wasmtime | null> {
  for (const path of ["wasmtime", cachedPath(cacheFolder)]) {
    const { stdout } = await host.run({ argv: [path, "--version"], timeoutSeconds: 10 });
    const version = parseWasmtimeVersion(stdout);
    if (version !== null && atLeast(version, WASMTIME_MINIMUM_VERSION)) return { path, version };
  }
  return null;
}

/**
 * Installs Wasmtime into the cache: the project's own release, where that cannot be reached from
 * source with cargo (some ten minutes).
 *
 * @throws {Problem} where neither works, naming the cure
 */
export async function installWasmtime(host: Host, cacheFolder: string): Promise<Wasmtime> {
  const failures: string[] = [];
  for (const install of [installRelease, installFromSource]) {
    const failure = await install(host, `${cacheFolder}/wasmtime`);
    const found = failure === null ? await findWasmtime(host, cacheFolder) : null;
    if (found !== null) return found;
    failures.push(failure ?? "what was installed does not run");
  }
  throw new Problem({
    action: `install Wasmtime ${WASMTIME_PINNED_VERSION}`,
    condition: "neither its release could be downloaded nor cargo build it",
    seen: failures.map((failure) => shorten(failure, 180)).join(" / "),
    cure: "Put wasmtime (https://wasmtime.dev) or a current Rust's cargo (https://rustup.rs) on " +
      "PATH, and try again.",
  });
}

/** The version in `wasmtime --version`'s output, of any age; null for anything else. */
export function parseWasmtimeVersion(stdout: string): string | null {
  return /^wasmtime(?:-cli)? (\d+\.\d+\.\d+\S*)/m.exec(stdout)?.[1] ?? null;
}

function cachedPath(cacheFolder: string): string {
  return `${cacheFolder}/wasmtime/bin/wasmtime`;
}

async function installRelease(host: Host, folder: string): Promise<string | null> {
  const machine = (await host.run({ argv: ["uname", "-m"], timeoutSeconds: 10 })).stdout.trim();
  const release = `v${WASMTIME_PINNED_VERSION}/wasmtime-v${WASMTIME_PINNED_VERSION}`;
  const url = `${RELEASES}/${release}-${machine}-linux.tar.xz`;
  const result = await host.run({
    argv: ["bash", "-c", DOWNLOAD, "cellproof-download", url, `${folder}/bin`],
    timeoutSeconds: DOWNLOAD_SECONDS,
  });
  return result.status === 0 ? null : `${url}: ${result.stderr || result.ended}`;
}

async function installFromSource(host: Host, folder: string): Promise<string | null> {
  const result = await host.run({
    argv: [
      ...["cargo", "install", "wasmtime-cli", "--locked", "--quiet", "--force"] as const,
      ...["--version", WASMTIME_PINNED_VERSION, "--root", folder],
      ...["--no-default-features", "--features", CARGO_FEATURES],
    ],
    timeoutSeconds: BUILD_SECONDS,
  });
  return result.status === 0 ? null : `cargo install: ${result.stderr || result.ended}`;
}
