/**
 * The root of a container's file system, made of the host's own programs and of busybox: Docker
 * imports it as an image, runc and crun run it as it is.
 *
 * @module
 */
import { BUSYBOX, requireStaticBusybox } from "./busybox.ts";
import type { Host } from "./host.ts";
import type { Payload } from "./payload.ts";
import { runStep } from "./run_step.ts";

/**
 * Fills the root `$1`: busybox `$2` with its applets in /bin, the programs (name and path, in turn, up
 * to "--") in /usr/bin, which PATH has first, and the libraries that follow at their own paths.
 */
const FILL = `set -e
root=$1 busybox=$2
shift 2
mkdir -p -- "$root/bin" "$root/usr/bin"
mkdir -m 1777 -- "$root/tmp"
cp -L -- "$busybox" "$root/bin/busybox"
applets=$("$busybox" --list)
(cd -- "$root/bin" && for applet in $applets; do [ -e "$applet" ] || ln -s busybox "$applet"; done)
while [ "$1" != -- ]; do
  cp -L -- "$2" "$root/usr/bin/$1"
  shift 2
done
shift
[ ! -r /etc/ld.so.cache ] || set -- "$@" /etc/ld.so.cache
[ $# -eq 0 ] || cp -L --parents -t "$root" -- "$@"`;

export interface ToolsRoot {
  /** The folder to fill; made where it is missing. */
  readonly root: string;
  readonly payload: Payload;
  /** What the root is for: completes "Cannot …". */
  readonly action: string;
}

/**
 * Fills a folder with busybox, the payload's programs and their libraries.
 *
 * @throws {MissingTool} where busybox is missing or needs libraries
 * @throws {Problem} where a file cannot be copied, or the disk is full
 */
export async function fillToolsRoot(
  host: Host,
  { root, payload, action }: ToolsRoot,
): Promise<void> {
  await requireStaticBusybox(host, action);
  const programs = payload.programs.flatMap(({ name, path }) => [name, path]);
  const files = [root, BUSYBOX, ...programs, "--", ...payload.libraries];
  await runStep(host, {
    action,
    argv: ["bash", "-c", FILL, "cellproof-fill", ...files],
    timeoutSeconds: 120,
    cure: "Check the free space of the temporary folder.",
  });
}
