/**
 * The guest: a kernel and an initramfs with busybox, the kernel's modules, and the host's own
 * programs with their libraries, so that native, container and guest arms run the same programs.
 *
 * A program NAME lies at `/tools/NAME` beside its libraries, and `/programs/NAME` starts it there
 * (chroot): that is what scripts mean by NAME, also where busybox has an applet of that name (but
 * not after `exec`). Everything is in the initramfs, although fio's libraries may be 80 MB: a second
 * disk that holds them boots no faster, and would be one more thing that reads while fio measures.
 *
 * @module
 */
import initScript from "./guest_init.sh" with { type: "text" };
import { BUSYBOX, requireStaticBusybox } from "../busybox.ts";
import type { Host } from "../host.ts";
import { findGuestKernel, type GuestKernel, prepareGuestKernel } from "./kernel_image.ts";
import type { Payload } from "../payload.ts";
import { runStep } from "../run_step.ts";

export { findGuestKernel, type GuestKernel, prepareGuestKernel };

/** A guest that can be booted any number of times. */
export interface Guest {
  readonly kernel: GuestKernel;
  /** For QEMU's `-initrd`. */
  readonly initramfs: string;
  /** Where the consoles' logs go. */
  readonly folder: string;
}

export interface GuestParts {
  readonly kernel: GuestKernel;
  /** What the guest can run beside busybox. */
  readonly payload: Payload;
  /** An existing temporary folder; the guest lives as long as it. */
  readonly folder: string;
}

/**
 * Fills the root `$1` with busybox `$2`, the modules `$3`, `$4` programs (a name and a path each) and
 * the libraries that follow.
 */
const FILL = `set -e
root=$1 busybox=$2 modules=$3 programs=$4
shift 4
mkdir -p -- "$root/bin" "$root/programs" "$root/tools/dev" "$root/tools/proc" "$root/tools/sys" \\
  "$root/tools/tmp"
chmod +x -- "$root/init"
cp -L -- "$busybox" "$root/bin/busybox"
ln -s busybox "$root/bin/sh"
cp -R -- "$modules" "$root/modules"
for ((; programs > 0; programs--)); do
  cp -L -- "$2" "$root/tools/$1"
  printf '#!/bin/sh\\nexec chroot /tools "/%s" "$@"\\n' "$1" >"$root/programs/$1"
  chmod +x -- "$root/programs/$1"
  shift 2
done
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
 * @throws {Problem} where a program cannot be copied, or the disk is full
 */
export async function buildGuest(
  host: Host,
  { kernel, payload, folder }: GuestParts,
): Promise<Guest> {
  await requireStaticBusybox(host, "make a guest");
  const programs = payload.programs.flatMap(({ name, path }) => [name, path]);
  const root = `${folder}/guest-root`;
  const initramfs = `${folder}/guest.cpio`;
  await host.writeText(`${root}/init`, initScript);
  const counted = [`${payload.programs.length}`, ...programs];
  await step(host, FILL, [root, BUSYBOX, kernel.modules, ...counted, ...payload.libraries]);
  await step(host, PACK, [root, initramfs]);
  return { kernel, initramfs, folder };
}

async function step(host: Host, script: string, args: readonly string[]): Promise<void> {
  await runStep(host, {
    action: "make the guest's initramfs",
    argv: ["bash", "-c", script, "cellproof-guest", ...args],
    timeoutSeconds: 120,
    cure: "Check the free space of the temporary folder, or run: deno task bench --setup",
  });
}
