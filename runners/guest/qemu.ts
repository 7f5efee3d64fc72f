/**
 * QEMU: boots a {@linkcode Guest} that runs one fio job on one disk, and tells how QEMU can run
 * guests here.
 *
 * @module
 */
import { Problem, shorten } from "../../problem.ts";
import { type DiskModel, type GuestDisk, type PassedDevice } from "./guest_devices.ts";
import type { GuestDocument } from "./guest_document.ts";
import type { Guest } from "./guest_image.ts";
import type { Accelerator } from "./guest_machine.ts";
import { type GuestFailureKind, runGuestScript } from "./guest_script.ts";
import type { CommandResult, Host } from "../host.ts";

export type { Accelerator, DiskModel, GuestDisk };

/** The oldest version that is asked for; guests were booted with 7.2. */
export const QEMU_MINIMUM_VERSION = "6.0";

export interface GuestJob {
  readonly accelerator: Accelerator;
  /** An image or a disk of the host is opened with direct IO; a passed device has one disk. */
  readonly disk: GuestDisk | PassedDevice;
  readonly fioArguments: readonly string[];
  /** Bounds the guest's whole life, boot included. */
  readonly timeoutSeconds: number;
}

/** Why a run gave no figures. */
export type GuestJobFailureKind = GuestFailureKind | "lost-completions" | "fio-failed";

interface GuestCommand {
  readonly argv: readonly [string, ...string[]];
  readonly command: CommandResult;
}

export interface CompletedGuestRun extends GuestCommand {
  readonly failure: null;
  readonly failureKind: null;
  readonly fioStdout: string;
  readonly document: GuestDocument;
  /** Drivers bound from the disk up to its bus, the nearest first: `["sd", "ahci"]`. */
  readonly drivers: readonly string[];
}

export interface FailedGuestRun extends GuestCommand {
  /** A sentence, with the end of the console where that helps. */
  readonly failure: string;
  readonly failureKind: GuestJobFailureKind;
  /** Null: nothing that a failed run printed may be read as figures. */
  readonly fioStdout: null;
  readonly document: null;
}

export type GuestRun = CompletedGuestRun | FailedGuestRun;

/** How long a probe guest may take, where the processor is a real one. */
const PROBE_SECONDS = 20;

const DISK_PATHS: Readonly<Record<DiskModel, string>> = {
  "virtio-blk": "/dev/vda",
  "nvme": "/dev/nvme0n1",
  "ahci": "/dev/sda",
  "ide": "/dev/sda",
  "usb-storage": "/dev/sda",
};

/** The path inside the guest of its only disk, for fio's `--filename`. */
export function guestDevice(model: DiskModel): string {
  return DISK_PATHS[model];
}

/**
 * Boots the guest, runs one fio job in it, and tells what it handed back. A guest that fails is a
 * run with a `failure`.
 *
 * @throws {Problem} where the job cannot be put into words that QEMU or the guest understand
 */
export async function runGuestJob(host: Host, guest: Guest, job: GuestJob): Promise<GuestRun> {
  const { accelerator, disk, fioArguments, timeoutSeconds } = job;
  const run = await runGuestScript(host, guest, {
    accelerator,
    devices: [disk.model === "vfio-pci" ? disk : { ...disk, direct: true }],
    script: fioScript(fioArguments),
    timeoutSeconds,
  });
  const { argv, command, document } = run;
  if (document === null) {
    const { failure, failureKind } = run;
    return { argv, command, document, fioStdout: null, failure, failureKind };
  }
  const rejected = rejectionOf(document);
  if (rejected !== null) return { argv, command, document: null, fioStdout: null, ...rejected };
  const drivers = document.devices[0]?.drivers ?? [];
  const fioStdout = document.stdout;
  return { argv, command, failure: null, failureKind: null, fioStdout, document, drivers };
}

/**
 * KVM where a guest really boots with it in time and hands back its document; else TCG. That
 * `/dev/kvm` opens proves nothing: guests may hang all the same.
 */
export async function probeAccelerator(host: Host, guest: Guest): Promise<Accelerator> {
  const opened = await openKvm(host);
  if (opened.status !== 0) return decideAccelerator(opened, null);
  const probe = await runGuestScript(host, guest, {
    accelerator: { name: "kvm", why: null },
    script: "true\n",
    timeoutSeconds: PROBE_SECONDS,
  });
  return decideAccelerator(opened, probe);
}

/**
 * KVM where `/dev/kvm` opens, else TCG: for a host whose own processor is emulated. There a guest by
 * TCG takes minutes to boot, so that KVM is the only way, and a probe guest takes as long as any.
 */
export async function openAccelerator(host: Host): Promise<Accelerator> {
  return decideAccelerator(await openKvm(host), { failure: null });
}

function openKvm(host: Host): Promise<CommandResult> {
  return host.run({
    argv: ["bash", "-c", "[ -c /dev/kvm ] || exit 2; exec 3<>/dev/kvm"],
    timeoutSeconds: 10,
  });
}

/** What follows from the attempt to open `/dev/kvm` (status 2: there is none) and from the probe. */
export function decideAccelerator(
  opened: Pick<CommandResult, "status">,
  probe: { readonly failure: string | null } | null,
): Accelerator {
  if (opened.status === 2) return { name: "tcg", why: "This host has no /dev/kvm." };
  if (opened.status !== 0 || probe === null) {
    return { name: "tcg", why: "This user may not open /dev/kvm; root and the group kvm may." };
  }
  if (probe.failure === null) return { name: "kvm", why: null };
  return { name: "tcg", why: `/dev/kvm opens, but a probe guest failed: ${probe.failure}` };
}

function fioScript(fioArguments: readonly string[]): string {
  const impossible = fioArguments.find((argument) => /[\n\0]/.test(argument));
  if (impossible === undefined && fioArguments.length > 0) {
    const quoted = fioArguments.map((argument) => `'${argument.replaceAll("'", `'\\''`)}'`);
    return `exec fio ${quoted.join(" ")}\n`;
  }
  throw new Problem({
    action: "hand fio's arguments to the guest",
    condition: impossible === undefined
      ? "there are none"
      : "an argument holds a line break or a NUL character",
    ...(impossible === undefined ? {} : { seen: JSON.stringify(impossible) }),
  });
}

function rejectionOf(
  document: GuestDocument,
): Pick<FailedGuestRun, "failure" | "failureKind"> | null {
  const lost = document.kernelErrors.find((line) => line.includes("completion polled"));
  if (lost !== undefined) {
    const failure = `The emulated disk lost a completion: ${shorten(lost)}`;
    return { failureKind: "lost-completions", failure };
  }
  if (document.status === 0) return null;
  const words = shorten(document.stderr || document.stdout);
  const failure = `fio exited with status ${document.status} in the guest: ${words}`;
  return { failureKind: "fio-failed", failure };
}
