/**
 * The guest: a kernel and an initramfs with busybox, the kernel's modules, and the host's own fio
 * with its libraries, so that native, container and guest arms run the same program.
 *
 * Everything is in the initramfs, although fio's libraries may be 80 MB: a second disk that holds
 * them boots no faster, and would be one more thing that reads while fio measures.
 *
 * @module
 */
import { parseLibraries } from "./fio_image.ts";
import initScript from "./guest_init.sh" with { type: "text" };
import type { Host } from "./host.ts";
import { findGuestKernel, type GuestKernel, prepareGuestKernel } from "./kernel_image.ts";
import { MissingTool } from "../problem.ts";
import { runStep } from "./run_step.ts";

export { findGuestKernel, type GuestKernel, prepareGuestKernel };

/** A guest that can be booted any number of times. */
export interface Guest {
  readonly kernel: GuestKernel;
  /** For QEMU's `-initrd`. */
  readonly initramfs: string;
  /** Where the console's log goes; one job at a time. */
  readonly folder: string;
}

export interface GuestParts {
  readonly kernel: GuestKernel;
  /** The host's own fio; may be static. */
  readonly fioPath: string;
  /** An existing temporary folder; the guest lives as long as it. */
  readonly folder: string;
}

const BUSYBOX = "/bin/busybox";

/** Fills the root `$1` with busybox `$2`, the modules `$3`, fio `$4` and fio's libraries. */
const FILL = `set -e
root=$1 busybox=$2 modules=$3 fio=$4
shift 4
mkdir -p -- "$root/bin" "$root/tools/dev" "$root/tools/proc" "$root/tools/sys" "$root/tools/tmp"
chmod +x -- "$root/init"
cp -L -- "$busybox" "$root/bin/busybox"
ln -s busybox "$root/bin/sh"
cp -R -- "$modules" "$root/modules"
cp -L -- "$fio" "$root/tools/fio"
[ ! -r /etc/ld.so.cache ] || set -- "$@" /etc/ld.so.cache
[ $# -eq 0 ] || cp -L --parents -t "$root/tools" -- "$@"`;

/** Packs the root `$1` into `$2`, and removes it. */
const PACK = `set -e -o pipefail
(cd -- "$1" && find . | LC_ALL=C sort | cpio --quiet --reproducible -R 0:0 -o -H newc) >"$2"
rm -rf -- "$1"`;

/**
 * Makes the guest's initramfs in `folder`.
 *
 * @throws {MissingTool} where busybox is missing or needs libraries
 * @throws {Problem} where fio's libraries cannot be found, or the disk is full
 */
export async function buildGuest(
  host: Host,
  { kernel, fioPath, folder }: GuestParts,
): Promise<Guest> {
  await requireStaticBusybox(host);
  const libraries = parseLibraries(await host.run({ argv: ["ldd", fioPath], timeoutSeconds: 10 }));
  const root = `${folder}/guest-root`;
  const initramfs = `${folder}/guest.cpio`;
  await host.writeText(`${root}/init`, initScript);
  await step(host, FILL, [root, BUSYBOX, kernel.modules, fioPath, ...libraries]);
  await step(host, PACK, [root, initramfs]);
  return { kernel, initramfs, folder };
}

async function requireStaticBusybox(host: Host): Promise<void> {
  const { stdout, stderr } = await host.run({ argv: ["ldd", BUSYBOX], timeoutSeconds: 10 });
  if (/not a dynamic executable|statically linked/.test(`${stdout}${stderr}`)) return;
  throw new MissingTool({
    action: "make a guest",
    condition: `${BUSYBOX} is missing, or is not static`,
    cure: "Install busybox-static, or run: deno task bench --setup",
  });
}

async function step(host: Host, script: string, args: readonly string[]): Promise<void> {
  await runStep(host, {
    action: "make the guest's initramfs",
    argv: ["bash", "-c", script, "cellproof-guest", ...args],
    timeoutSeconds: 120,
    cure: "Check the free space of the temporary folder, or run: deno task bench --setup",
  });
}
