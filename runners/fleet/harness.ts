/**
 * Packs what travels to the nodes of a fleet: cellproof, the packages and tools that it uses, and
 * Deno, as one archive. A packed archive is kept until one of its files changes.
 *
 * @module
 */
import { dirname } from "node:path";
import { Problem } from "../../problem.ts";
import type { Host } from "../host.ts";
import { runStep } from "../run_step.ts";
import { LEFT_OUT, NEEDED_FILES, PACKAGES_FOLDER, TOOL_FOLDERS } from "./harness_files.ts";

export interface HarnessRequest {
  /** The folder that cellproof lies in. */
  readonly project: string;
  /** The program that runs it there; it is `deno` in the archive. */
  readonly deno: string;
  /** The file to write, in a folder that exists; one that is there is replaced. */
  readonly out: string;
  /** Below it archives are kept from one fleet to the next. */
  readonly cache: string;
}

export interface Harness {
  readonly path: string;
  /** Of the file as it lies there, in hexadecimal digits. */
  readonly sha256: string;
  readonly bytes: number;
  /** Whether it was packed now, and not kept from before. */
  readonly packed: boolean;
}

const ACTION = "pack cellproof for the nodes of the fleet";
const LIST_SECONDS = 60;
const PACK_SECONDS = 600;
const LIST_BYTES = 64 * 2 ** 20;
const KEPT_MINUTES = 24 * 60;
/** As those who pack make their folders. */
const DRAFTS = ["-type", "d", "-name", "cellproof-*", "-exec", "rm", "-rf", "--", "{}", "+"];
const ARCHIVES = ["-type", "f", "-delete"];

/**
 * One entry: how it lies there (type, mode, size, changes, where a link leads), and its name. The time
 * of a change of the inode cannot be set back, so an entry that looks the same is the same. What a
 * folder holds tells of itself: Deno takes a lock in one whenever it starts.
 */
const ENTRY = "%y %m %s %T@ %C@ %l\\0%p\\0";
const FOLDER_ENTRY = "%y %m\\0%p\\0";
const PRINT = ["-type", "d", "-printf", FOLDER_ENTRY, "-o", "-printf", ENTRY] as const;
const LIST = 'cd -- "$1" && shift && exec find "$@"';

/**
 * Gzip's level 4 makes the archive 7 % smaller than 1 does, in two more seconds; 6 would take another
 * three for 3 %. The names of this machine's users do not travel.
 */
const TAR = [
  "--create",
  "--use-compress-program=gzip -4n",
  "--owner=0",
  "--group=0",
  "--numeric-owner",
  "--mode=u+rwX",
] as const;

/**
 * Puts the archive in its place, packed anew where anything that belongs into it has changed. Several
 * may do so at once.
 *
 * @throws {Problem} where a file is missing, or the disk is full
 */
export async function packHarness(host: Host, request: HarnessRequest): Promise<Harness> {
  const inputs = await findInputs(host, request);
  await removeOld(host, request.cache, DRAFTS);
  const kept = await findKept(host, request, inputs.digest);
  const placed = kept === null ? null : await place(host, kept, request.out);
  if (placed !== null) return { ...placed, packed: false };
  const fresh = await place(host, await pack(host, request, inputs), request.out);
  if (fresh !== null) return { ...fresh, packed: true };
  throw new Problem({
    action: ACTION,
    condition: "what was written is not what was packed",
    seen: request.out,
    cure: "Check the free space and the health of that disk, then run it again.",
  });
}

/** What belongs into the archive. */
interface Inputs {
  readonly names: readonly string[];
  /** Of all names and how their files lie there. */
  readonly digest: string;
}

async function findInputs(host: Host, { project, deno }: HarnessRequest): Promise<Inputs> {
  await requireFiles(host, project);
  const tools = await toolsOf(host, project);
  const paths = [...NEEDED_FILES, ...tools];
  const entries = await list(host, project, [...paths, ...LEFT_OUT, "-o", ...PRINT]);
  const program = await list(host, "/", ["-L", deno, "-maxdepth", "0", "-printf", ENTRY]);
  const names = entries.filter((_, i) => i % 2 === 1);
  return { names, digest: await digestOf([...TAR, ...program, ...entries]) };
}

async function requireFiles(host: Host, project: string): Promise<void> {
  const names = await host.readFolder(project) ?? [];
  const missing = NEEDED_FILES.find((name) => !names.includes(name));
  if (missing === undefined) return;
  throw new Problem({
    action: ACTION,
    condition: `${project} has no ${missing}`,
    cure: missing === PACKAGES_FOLDER
      ? `Run in ${project}: deno install`
      : "Get all of cellproof again.",
  });
}

async function toolsOf(host: Host, project: string): Promise<string[]> {
  const present = await host.readFolder(`${project}/.cache`) ?? [];
  return TOOL_FOLDERS.filter((path) => present.includes(path.slice(".cache/".length)));
}

/** What find tells in turn of each entry. */
async function list(host: Host, folder: string, args: readonly string[]): Promise<string[]> {
  const text = await runStep(host, {
    action: ACTION,
    argv: ["bash", "-c", LIST, "cellproof-list", folder, ...args],
    timeoutSeconds: LIST_SECONDS,
    maxOutputBytes: LIST_BYTES,
    cure: `Check that ${folder} can be read, then run it again.`,
  });
  return text.split("\0").slice(0, -1);
}

async function digestOf(texts: readonly string[]): Promise<string> {
  const bytes = new TextEncoder().encode(texts.join("\0"));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** An archive whose name tells what it was packed from, and its own hash. */
interface Kept {
  readonly path: string;
  readonly sha256: string;
}

async function findKept(
  host: Host,
  { cache }: HarnessRequest,
  digest: string,
): Promise<Kept | null> {
  const folder = keptFolder(cache);
  for (const name of await host.readFolder(folder) ?? []) {
    const [, inputs, sha256] = /^([0-9a-f]{64})-([0-9a-f]{64})\.tar\.gz$/.exec(name) ?? [];
    if (inputs === digest && sha256 !== undefined) return { path: `${folder}/${name}`, sha256 };
  }
  return null;
}

function keptFolder(cache: string): string {
  return `${cache}/fleet`;
}

async function pack(
  host: Host,
  { project, deno, cache }: HarnessRequest,
  { names, digest }: Inputs,
): Promise<Kept> {
  const folder = keptFolder(cache);
  await step(host, ["mkdir", "-p", "--", folder]);
  const kept = await inDraftFolder(host, folder, async (draftFolder) => {
    const draft = `${draftFolder}/harness.tar.gz`;
    await step(host, ["cp", "--", deno, `${draftFolder}/deno`]);
    const code = ["-C", project, "--no-recursion", "--null", "--files-from=-"];
    const argv = ["tar", ...TAR, "--file", draft, ...code, "-C", draftFolder, "deno"] as const;
    await step(host, argv, names.join("\0"));
    const sha256 = await hashOf(host, draft);
    const path = `${folder}/${digest}-${sha256}.tar.gz`;
    await step(host, ["mv", "-f", "--", draft, path]);
    return { path, sha256 };
  });
  await removeOld(host, cache, ARCHIVES);
  return kept;
}

/** Works in a folder of its own in another one; it is gone afterwards, also where the work fails. */
async function inDraftFolder<T>(
  host: Host,
  parent: string,
  work: (draftFolder: string) => Promise<T>,
): Promise<T> {
  const draftFolder = await host.temporaryFolder(parent);
  try {
    return await work(draftFolder);
  } finally {
    const argv = ["rm", "-rf", "--", draftFolder] as const;
    await host.run({ argv, timeoutSeconds: LIST_SECONDS, survivesCancel: true });
  }
}

/** Removes what packing left, where that is a folder yet. Others may be at newer ones. */
async function removeOld(host: Host, cache: string, what: readonly string[]): Promise<void> {
  const old = ["-mindepth", "1", "-maxdepth", "1", "-mmin", `+${KEPT_MINUTES}`, ...what];
  await host.run({ argv: ["find", keptFolder(cache), ...old], timeoutSeconds: LIST_SECONDS });
}

/** Puts a kept archive in its place; null where it is damaged. */
async function place(
  host: Host,
  { path, sha256 }: Kept,
  out: string,
): Promise<Omit<Harness, "packed"> | null> {
  const whole = await inDraftFolder(host, dirname(out), async (draftFolder) => {
    const draft = `${draftFolder}/harness.tar.gz`;
    await step(host, ["cp", "--", path, draft]);
    const isWhole = await hashOf(host, draft) === sha256;
    if (isWhole) await step(host, ["mv", "-f", "--", draft, out]);
    return isWhole;
  });
  if (!whole) return null;
  return { path: out, sha256, bytes: Number(await step(host, ["stat", "-c", "%s", "--", out])) };
}

async function hashOf(host: Host, path: string): Promise<string> {
  return (await step(host, ["sha256sum", "--", path])).replace(/^\\/, "").slice(0, 64);
}

function step(host: Host, argv: readonly [string, ...string[]], stdin = ""): Promise<string> {
  return runStep(host, {
    action: ACTION,
    argv,
    stdin,
    timeoutSeconds: PACK_SECONDS,
    cure: "Check the free space of the disk and that no file is being changed, then run it again.",
  });
}
