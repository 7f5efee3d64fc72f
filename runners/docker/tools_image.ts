/**
 * A container image made of the host's own programs and of busybox, so that no registry is needed and
 * every place runs the same programs.
 *
 * @module
 */
import { type Docker, DOCKER_LABEL, dockerFailure, runInContainer } from "./docker.ts";
import type { Host } from "../host.ts";
import type { Payload } from "../payload.ts";
import { MissingTool, Problem } from "../../problem.ts";
import { runStep } from "../run_step.ts";
import { fillToolsRoot } from "../tools_root.ts";

/** The usual name of the image that {@linkcode buildToolsImage} makes. */
export const TOOLS_IMAGE = "cellproof-tools:latest";

/** Imports the root `$1` with the client `$@`, and removes it. */
const IMPORT = `set -e -o pipefail
root=$1
shift
tar -C "$root" -c . | "$@"
rm -rf -- "$root"`;

export interface ToolsImageParts {
  readonly payload: Payload;
  /** An existing folder that the image's root is made in. */
  readonly folder: string;
  /** What the image is called, with its tag; {@linkcode TOOLS_IMAGE} when absent. */
  readonly name?: string;
}

/**
 * Makes an image in which the payload's programs and busybox's applets (`sh` among them) are on PATH;
 * closing Docker removes it.
 *
 * @throws {MissingTool} where busybox is missing or needs libraries, or the daemon is not this host's
 * @throws {Problem} where docker refuses the image, or the disk is full
 */
export async function buildToolsImage(
  host: Host,
  docker: Docker,
  { payload, folder, name = TOOLS_IMAGE }: ToolsImageParts,
): Promise<string> {
  const root = `${folder}/tools-image`;
  const step = {
    action: "make a container image of the host's tools",
    timeoutSeconds: 120,
    cure: "Check the free space of the temporary folder and of Docker's folder.",
  };
  await fillToolsRoot(host, { root, payload, action: step.action });
  const label = ["--change", `LABEL ${DOCKER_LABEL}=image`];
  const client = [...docker.command, "import", ...label, "-", name];
  await runStep(host, {
    ...step,
    argv: ["bash", "-c", IMPORT, "cellproof-import", root, ...client],
  });
  await requireThisHost(host, docker, { image: name, folder });
  return name;
}

/** The daemon of another machine, even of one with the same kernel, has no folder of this name. */
async function requireThisHost(
  host: Host,
  docker: Docker,
  { image, folder }: { readonly image: string; readonly folder: string },
): Promise<void> {
  const { stderr } = await runInContainer(host, docker, {
    image,
    name: "here",
    argv: ["true"],
    mounts: [{ source: folder, target: "/here", readOnly: true }],
    timeoutSeconds: 60,
  });
  if (!/bind source path does not exist/.test(stderr)) return;
  throw new MissingTool({
    action: "use Docker",
    condition: "its daemon does not see this host's files, so it runs on another machine",
    seen: stderr,
    cure: "Unset DOCKER_HOST or choose the context of this machine's own daemon " +
      "(docker context use).",
  }, "docker");
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
