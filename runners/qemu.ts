/**
 * QEMU: boots a {@linkcode Guest} that runs one fio job on one disk and ends.
 *
 * The guest hands its document back over a virtio-serial port that is QEMU's standard output, so it
 * is bounded and recorded as the command's own; the console goes to a file. The job is part of the
 * arguments: equal arguments are equal jobs.
 *
 * @module
 */
import { Problem, shorten } from "../problem.ts";
import { type GuestDocument, parseGuestDocument } from "./guest_document.ts";
import type { Guest } from "./guest_image.ts";
import type { CommandResult, Host } from "./host.ts";

/** The oldest version that is asked for; guests were booted with 7.2. */
export const QEMU_MINIMUM_VERSION = "6.0";

/** How QEMU shows the disk to the guest. */
export type DiskModel = "virtio-blk" | "nvme" | "ahci";

/** How QEMU runs the guest's instructions. */
export interface Accelerator {
  readonly name: "kvm" | "tcg";
  /** For `tcg`: why hardware virtualization cannot be used, as a sentence. Null for `kvm`. */
  readonly why: string | null;
}

export interface GuestDisk {
  /** An image file or block device, of whole sectors; it is opened with direct IO. */
  readonly path: string;
  readonly model: DiskModel;
  /** Lets the guest do at most so many operations a second. */
  readonly iopsLimit?: number;
}

export interface GuestJob {
  readonly accelerator: Accelerator;
  /** Null for a guest without a disk. */
  readonly disk: GuestDisk | null;
  readonly fioArguments: readonly string[];
  /** Bounds the guest's whole life, boot included. */
  readonly timeoutSeconds: number;
}

/** Why a run gave no figures. */
export type GuestFailureKind =
  | "not-run"
  | "timed-out"
  | "cancelled"
  | "panicked"
  | "no-document"
  | "lost-completions"
  | "fio-failed";

interface GuestCommand {
  readonly argv: readonly [string, ...string[]];
  readonly command: CommandResult;
}

export interface CompletedGuestRun extends GuestCommand, GuestDocument {
  readonly failure: null;
  readonly failureKind: null;
}

export interface FailedGuestRun extends GuestCommand {
  /** A sentence, with the end of the console where that helps. */
  readonly failure: string;
  readonly failureKind: GuestFailureKind;
  /** Null: nothing that a failed run printed may be read as figures. */
  readonly fioStdout: null;
}

export type GuestRun = CompletedGuestRun | FailedGuestRun;

const QEMU = "qemu-system-x86_64";
const PROBE_SECONDS = 20;
const CONSOLE_TAIL_BYTES = 1500;
const MOST_DOCUMENT_BYTES = 4 * 2 ** 20;

const DEVICES: Readonly<Record<DiskModel, { readonly path: string; readonly argv: string[] }>> = {
  "virtio-blk": { path: "/dev/vda", argv: ["-device", "virtio-blk-pci,drive=disk"] },
  "nvme": { path: "/dev/nvme0n1", argv: ["-device", "nvme,drive=disk,serial=cellproof"] },
  "ahci": {
    path: "/dev/sda",
    argv: ["-device", "ich9-ahci,id=ahci", "-device", "ide-hd,drive=disk,bus=ahci.0"],
  },
};

/** The disk's path inside the guest, for fio's `--filename`. */
export function guestDevice(model: DiskModel): string {
  return DEVICES[model].path;
}

/**
 * Boots the guest, runs one fio job in it, and tells what it handed back. A guest that fails is a
 * run with a `failure`.
 *
 * @throws {Problem} where the job cannot be put into words that QEMU or the guest understand
 */
export async function runGuestJob(host: Host, guest: Guest, job: GuestJob): Promise<GuestRun> {
  const argv = guestArguments(guest, job);
  const command = await host.run({
    argv,
    timeoutSeconds: job.timeoutSeconds,
    maxOutputBytes: MOST_DOCUMENT_BYTES,
  });
  const document = command.ended === "exited" && command.status === 0
    ? parseGuestDocument(command.stdout)
    : null;
  if (document === null) {
    const console = await consoleTail(host, guest);
    return { argv, command, fioStdout: null, ...failureOf(command, console) };
  }
  const rejected = rejectionOf(document);
  return rejected === null
    ? { argv, command, failure: null, failureKind: null, ...document }
    : { argv, command, fioStdout: null, ...rejected };
}

/**
 * KVM where a guest really boots with it within 20 s and hands back its document; else TCG. That
 * `/dev/kvm` opens proves nothing: guests may hang all the same.
 */
export async function probeAccelerator(host: Host, guest: Guest): Promise<Accelerator> {
  const opened = await host.run({
    argv: ["bash", "-c", "[ -c /dev/kvm ] || exit 2; exec 3<>/dev/kvm"],
    timeoutSeconds: 10,
  });
  if (opened.status !== 0) return decideAccelerator(opened, null);
  const probe = await runGuestJob(host, guest, {
    accelerator: { name: "kvm", why: null },
    disk: null,
    fioArguments: ["--version"],
    timeoutSeconds: PROBE_SECONDS,
  });
  return decideAccelerator(opened, probe);
}

/** What follows from the attempt to open `/dev/kvm` (status 2: there is none) and from the probe. */
export function decideAccelerator(
  opened: Pick<CommandResult, "status">,
  probe: Pick<GuestRun, "failure"> | null,
): Accelerator {
  if (opened.status === 2) return { name: "tcg", why: "This host has no /dev/kvm." };
  if (opened.status !== 0 || probe === null) {
    return { name: "tcg", why: "This user may not open /dev/kvm." };
  }
  if (probe.failure === null) return { name: "kvm", why: null };
  return { name: "tcg", why: `/dev/kvm opens, but a probe guest failed: ${probe.failure}` };
}

/** The whole QEMU command of a job. */
export function guestArguments(guest: Guest, job: GuestJob): [string, ...string[]] {
  const { accelerator, disk, fioArguments } = job;
  return [
    QEMU,
    ...["-accel", accelerator.name, "-cpu", accelerator.name === "kvm" ? "host" : "qemu64"],
    // With one processor, QEMU 7.2's NVMe loses completions.
    ...["-M", "q35", "-smp", "2", "-m", "768"],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    "-sandbox",
    "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
    ...["-kernel", guest.kernel.image, "-initrd", guest.initramfs],
    ...["-append", "console=ttyS0 quiet panic=-1 nvme_core.io_timeout=2"],
    ...["-chardev", `file,id=console,path=${optionText(consolePath(guest))}`],
    ...["-serial", "chardev:console"],
    // A stdio device would count as unplugged, because standard input is at its end.
    ...["-chardev", "file,id=result,path=/dev/stdout", "-device", "virtio-serial-pci"],
    ...["-device", "virtserialport,chardev=result,name=result"],
    ...["-fw_cfg", `name=opt/cellproof/model,string=${disk?.model ?? "none"}`],
    ...["-fw_cfg", `name=opt/cellproof/arguments,string=${optionText(jobLines(fioArguments))}`],
    ...(disk === null ? [] : diskArguments(disk)),
  ];
}

function diskArguments({ path, model, iopsLimit }: GuestDisk): string[] {
  const device = DEVICES[model].argv;
  const file = `file.driver=${protocolOf(path)},file.filename=${optionText(path)}`;
  const raw = `driver=raw,cache.direct=on,${file},file.aio=native,file.cache.direct=on`;
  if (iopsLimit === undefined) return ["-blockdev", `${raw},node-name=disk`, ...device];
  if (!Number.isSafeInteger(iopsLimit) || iopsLimit < 1) {
    throw new Problem({
      action: "limit the guest's disk",
      condition: "a limit is a whole number of operations a second, at least 1",
      seen: `${iopsLimit}`,
    });
  }
  return [
    ...["-object", `throttle-group,id=limit,x-iops-total=${iopsLimit}`],
    ...["-blockdev", `${raw},node-name=unlimited`],
    ...["-blockdev", "driver=throttle,node-name=disk,throttle-group=limit,file=unlimited"],
    ...device,
  ];
}

/** A regular file can lie below /dev only in memory, where there is no direct IO. */
function protocolOf(path: string): "host_device" | "file" {
  return path.startsWith("/dev/") ? "host_device" : "file";
}

/** QEMU splits options at commas, except at doubled ones (qemu(1), "-drive"). */
function optionText(text: string): string {
  return text.replaceAll(",", ",,");
}

function jobLines(fioArguments: readonly string[]): string {
  const impossible = fioArguments.find((argument) => /[\n\0]/.test(argument));
  if (impossible === undefined && fioArguments.length > 0) {
    return fioArguments.map((argument) => `${argument}\n`).join("");
  }
  throw new Problem({
    action: "hand fio's arguments to the guest",
    condition: impossible === undefined
      ? "there are none"
      : "an argument holds a line break or a NUL character",
    ...(impossible === undefined ? {} : { seen: JSON.stringify(impossible) }),
  });
}

function consolePath(guest: Guest): string {
  return `${guest.folder}/guest-console.log`;
}

async function consoleTail(host: Host, guest: Guest): Promise<string> {
  const { stdout } = await host.run({
    argv: ["tail", "-c", `${CONSOLE_TAIL_BYTES}`, "--", consolePath(guest)],
    timeoutSeconds: 10,
  });
  return stdout;
}

type Failure = Pick<FailedGuestRun, "failure" | "failureKind">;

function failureOf(command: CommandResult, consoleTail: string): Failure {
  const { ended, status, durationSeconds } = command;
  const said = (text: string): string => text.trim() === "" ? "" : `: ${shorten(text)}`;
  const onConsole = consoleTail.trim() === "" ? "" : ` (console: ${shorten(consoleTail)})`;
  if (ended === "not-found") return { failureKind: "not-run", failure: `There is no ${QEMU}.` };
  if (ended === "cancelled") return { failureKind: "cancelled", failure: "It was cancelled." };
  if (ended === "timed-out") {
    const failure = `The guest did not end within ${Math.round(durationSeconds)} s${onConsole}.`;
    return { failureKind: "timed-out", failure };
  }
  if (ended === "output-limit") {
    return { failureKind: "no-document", failure: "The guest handed back too much." };
  }
  if (status !== 0) {
    const how = status === null ? "was ended by a signal" : `exited with status ${status}`;
    return { failureKind: "not-run", failure: `QEMU ${how}${said(command.stderr)}` };
  }
  if (/Kernel panic/.test(consoleTail)) {
    return { failureKind: "panicked", failure: `The guest's kernel panicked${onConsole}.` };
  }
  return {
    failureKind: "no-document",
    failure: `The guest ended without a whole document${onConsole}.`,
  };
}

function rejectionOf(document: GuestDocument): Failure | null {
  const lost = document.kernelErrors.find((line) => line.includes("completion polled"));
  if (lost !== undefined) {
    const failure = `The emulated disk lost a completion: ${shorten(lost)}`;
    return { failureKind: "lost-completions", failure };
  }
  if (document.fioStatus === 0) return null;
  const words = shorten(document.fioStderr || document.fioStdout);
  const failure = `fio exited with status ${document.fioStatus} in the guest: ${words}`;
  return { failureKind: "fio-failed", failure };
}
