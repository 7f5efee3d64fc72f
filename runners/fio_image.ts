/**
 * A container image made of the host's own fio and its libraries, so that no registry is needed and
 * native and container arms run the same program.
 *
 * @module
 */
import { type Docker, DOCKER_LABEL, dockerFailure, runInContainer } from "./docker.ts";
import type { CommandResult, Host } from "./host.ts";
import { Problem } from "../problem.ts";
import { runStep } from "./run_step.ts";

/** The name of the image that {@linkcode buildFioImage} makes. */
export const FIO_IMAGE = "cellproof-fio:latest";

/** Copies fio (`$2`), as `/usr/bin/fio`, and its libraries below the root `$1`. */
const COPY = `set -e
root=$1 fio=$2
shift 2
mkdir -p -- "$root/usr/bin"
cp -L -- "$fio" "$root/usr/bin/fio"
[ ! -r /etc/ld.so.cache ] || set -- "$@" /etc/ld.so.cache
[ $# -eq 0 ] || cp -L --parents -t "$root" -- "$@"`;

/** Imports the root `$1` with the client `$@`, and removes it. */
const IMPORT = `set -e -o pipefail
root=$1
shift
tar -C "$root" -c . | "$@"
rm -rf -- "$root"`;

export interface FioImageParts {
  /** Where the host's fio is. */
  readonly fioPath: string;
  /** An existing folder that the image's root is made in. */
  readonly folder: string;
}

/**
 * Makes the image {@linkcode FIO_IMAGE}, in which `fio` is on PATH; closing Docker removes it.
 *
 * @throws {Problem} where fio's libraries cannot be found, or docker refuses the image
 */
export async function buildFioImage(
  host: Host,
  docker: Docker,
  { fioPath, folder }: FioImageParts,
): Promise<string> {
  const root = `${folder}/fio-image`;
  const step = {
    action: "make a container image of the host's fio",
    timeoutSeconds: 120,
    cure: "Check the free space of the temporary folder and of Docker's folder, or use --image.",
  };
  const libraries = parseLibraries(
    await host.run({ argv: ["ldd", fioPath], timeoutSeconds: 10 }),
  );
  await runStep(host, {
    ...step,
    argv: ["bash", "-c", COPY, "cellproof-copy", root, fioPath, ...libraries],
  });
  const label = ["--change", `LABEL ${DOCKER_LABEL}=image`];
  const client = [...docker.command, "import", ...label, "-", FIO_IMAGE];
  await runStep(host, {
    ...step,
    argv: ["bash", "-c", IMPORT, "cellproof-import", root, ...client],
  });
  return FIO_IMAGE;
}

/**
 * The version of fio in an image, such as "fio-3.33": the proof that a container of it runs here.
 *
 * @throws {Problem} where the image is missing or fio does not run in it
 */
export async function fioVersionInImage(
  host: Host,
  docker: Docker,
  image: string,
): Promise<string> {
  const result = await runInContainer(host, docker, {
    image,
    name: "fio-version",
    argv: ["fio", "--version"],
    mounts: [],
    timeoutSeconds: 60,
  });
  const version = /^fio-\S+/m.exec(result.stdout)?.[0];
  if (result.status === 0 && version !== undefined) return version;
  throw new Problem({
    action: `run fio in the image ${image}`,
    condition: /no such image/i.test(result.stderr)
      ? "this host has no such image"
      : dockerFailure(result) ?? `fio --version exited with status ${result.status}`,
    seen: result.stderr || result.stdout,
    cure: `Try: docker pull ${image} && docker run --rm ${image} fio --version`,
  });
}

/**
 * The files that a program needs, the loader among them, from `ldd`'s output; none for a static one.
 *
 * @throws {Problem} where a library is missing or `ldd` failed
 */
export function parseLibraries({ status, stdout, stderr }: CommandResult): string[] {
  const text = `${stdout}\n${stderr}`;
  if (/not a dynamic executable|statically linked/.test(text)) return [];
  const missing = /^\s*(\S+) => not found/m.exec(text)?.[1];
  const paths = stdout.matchAll(/^\s*(?:\S+ => )?(\/.+) \(0x[0-9a-f]+\)$/gm);
  const libraries = [...new Set([...paths].map((match) => match[1] ?? ""))].sort();
  if (missing === undefined && status === 0 && libraries.length > 0) return libraries;
  throw new Problem({
    action: "find the libraries that fio needs",
    condition: missing === undefined ? "ldd did not list them" : `${missing} is missing`,
    seen: text,
    cure: "Check that fio itself starts (fio --version).",
  });
}
