/**
 * The machine that QEMU makes for a {@linkcode Guest}, and what is put into it, as one command.
 *
 * The guest reports over a virtio-serial port that is QEMU's standard output, so its reports are
 * bounded and recorded as the command's own; the console goes to a file. The script is part of the
 * arguments: equal arguments are equal jobs.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import {
  deviceArguments,
  deviceModules,
  deviceNodes,
  type GuestDevice,
  optionText,
} from "./guest_devices.ts";
import type { Guest } from "./guest_image.ts";
import type { Host } from "../host.ts";
import type { ModuleList } from "./kernel_image.ts";

/** How QEMU runs the guest's instructions. */
export interface Accelerator {
  readonly name: "kvm" | "tcg";
  /** For `tcg`: why hardware virtualization cannot be used, as a sentence. Null for `kvm`. */
  readonly why: string | null;
}

export interface GuestMachine {
  readonly accelerator: Accelerator;
  /** What the guest's `sh` runs as root, at most 100,000 bytes. Its programs are on the PATH. */
  readonly script: string;
  /** The guest waits for them before it runs the script. None when absent. */
  readonly devices?: readonly GuestDevice[];
  /** Names of PCIe ports that are empty at first, for `device_add`. */
  readonly ports?: readonly string[];
  /** Modules beside those that the devices need. */
  readonly modules?: readonly ModuleList[];
  /** What QEMU is started behind, such as `["nsenter", "--net=/run/x"]`. */
  readonly launcher?: readonly string[];
  /** How many processors it has; two when absent. */
  readonly processors?: number;
  /** Its memory; {@linkcode MEMORY_MIB} when absent. */
  readonly memoryMib?: number;
  /** Where QEMU writes its process id. */
  readonly pidFile?: string;
  /** Tells guests apart that run at once from one {@linkcode Guest}. */
  readonly name?: string;
  /** Bounds the guest's whole life, boot included. */
  readonly timeoutSeconds: number;
}

export const QEMU = "qemu-system-x86_64";

/** Enough for a guest whose initramfs holds the host's own programs. */
const MEMORY_MIB = 768;
const CONSOLE_TAIL_BYTES = 1500;
/** Linux takes no argument longer than 128 KiB, and doubled commas need room. */
const MOST_SCRIPT_BYTES = 100_000;

/**
 * The whole QEMU command. With `reports` "document" the guest hands back one document, with "lines"
 * each line of the script at once.
 *
 * @throws {Problem} where the job cannot be put into words that QEMU or the guest understand
 */
export function machineArguments(
  guest: Guest,
  machine: GuestMachine,
  reports: "document" | "lines" = "document",
): [string, ...string[]] {
  const { accelerator, script, devices = [], ports = [], modules = [], launcher = [] } = machine;
  const { processors = 2, memoryMib = MEMORY_MIB, pidFile } = machine;
  requireScript(script);
  const lists = [...new Set([...deviceModules(devices), ...modules])];
  const [program = QEMU, ...rest] = [...launcher, QEMU];
  return [
    program,
    ...rest,
    ...["-accel", accelerator.name, "-cpu", accelerator.name === "kvm" ? "host" : "qemu64"],
    // With one processor, QEMU 7.2's NVMe loses completions.
    ...["-M", "q35", "-smp", `${processors}`, "-m", `${memoryMib}`],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    "-sandbox",
    "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
    ...["-kernel", guest.kernel.image, "-initrd", guest.initramfs],
    ...["-append", "console=ttyS0 quiet panic=-1 nvme_core.io_timeout=2"],
    ...["-chardev", `file,id=console,path=${optionText(consolePath(guest, machine))}`],
    ...["-serial", "chardev:console"],
    // A stdio device would count as unplugged, because standard input is at its end.
    ...["-chardev", "file,id=result,path=/dev/stdout", "-device", "virtio-serial-pci"],
    ...["-device", "virtserialport,chardev=result,name=result"],
    ...jobPart("modules", lists.map((list) => `${list}\n`).join("") || "\n"),
    ...jobPart("nodes", deviceNodes(devices).map((node) => `${node}\n`).join("") || "\n"),
    ...jobPart("reports", `${reports}\n`),
    ...jobPart("script", script),
    ...(pidFile === undefined ? [] : ["-pidfile", pidFile]),
    ...deviceArguments(devices),
    ...ports.flatMap((
      id,
      slot,
    ) => ["-device", `pcie-root-port,id=${id},chassis=${slot},slot=${slot}`]),
  ];
}

/** The end of the console's log. */
export async function consoleTail(
  host: Host,
  guest: Guest,
  machine: Pick<GuestMachine, "name">,
): Promise<string> {
  const { stdout } = await host.run({
    argv: ["tail", "-c", `${CONSOLE_TAIL_BYTES}`, "--", consolePath(guest, machine)],
    timeoutSeconds: 10,
  });
  return stdout;
}

function consolePath(guest: Guest, { name = "guest" }: Pick<GuestMachine, "name">): string {
  return `${guest.folder}/${name}-console.log`;
}

function jobPart(name: string, text: string): string[] {
  return ["-fw_cfg", `name=opt/cellproof/${name},string=${optionText(text)}`];
}

function requireScript(script: string): void {
  const bytes = new TextEncoder().encode(optionText(script)).length;
  if (script !== "" && !script.includes("\0") && bytes <= MOST_SCRIPT_BYTES) return;
  throw new Problem({
    action: "hand a script to the guest",
    condition: bytes > MOST_SCRIPT_BYTES
      ? `it has ${bytes} bytes, and ${MOST_SCRIPT_BYTES} fit`
      : "it is empty or holds a NUL character",
  });
}
