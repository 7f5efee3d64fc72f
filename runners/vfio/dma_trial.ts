/**
 * `programs/vfio_nvme.c`: whether the IOMMU refuses DMA of an NVMe controller to memory that nothing
 * maps for it, with the same write where it is mapped before and after. It is harmless either way:
 * where nothing refuses the write, it ends in a page of the program's own.
 *
 * @module
 */
import type { Host } from "../host.ts";
import type { PciAddress } from "../pci/pci_address.ts";
import { Problem, shorten } from "../../problem.ts";
import source from "../programs/vfio_nvme.c" with { type: "text" };
import { buildStatic } from "../programs/static_program.ts";
import { runStep } from "../run_step.ts";

/** What came of having the controller write 4096 bytes of Identify data. */
export interface DmaWrite {
  /** Bytes of the page that differ from the pattern before; 0 where nothing arrived. */
  readonly changedBytes: number;
  /**
   * What the controller says: 256 * status code type + status code, 0 for success. Of a refused
   * write it tells nothing.
   */
  readonly status: number | "timeout";
}

/** The figures that the program printed. */
export interface DmaFigures {
  readonly iommuType: "type1v2";
  readonly serial: string;
  readonly model: string;
  /** At an address that is mapped to the page: what the device can do at all. */
  readonly granted: DmaWrite;
  /** At the page's physical address, while that is mapped to it, too. */
  readonly allowed: DmaWrite;
  /** At the same address, now unmapped: "0x10de10000". */
  readonly forbidden: DmaWrite & { readonly physicalAddress: string };
  /** As `granted`, to tell a refused address from a dead controller. */
  readonly after: DmaWrite;
}

/** The figures, and what the kernel logged meanwhile. */
export interface DmaTrial extends DmaFigures {
  /**
   * Lines of the kernel's log that tell of a fault of this function, {@linkcode MOST_FAULTS} at
   * most; null where the log cannot be read. None proves nothing: kernels and IOMMUs drop faults
   * that repeat.
   */
  readonly faults: readonly string[] | null;
  readonly argv: readonly string[];
  /** What the program printed. */
  readonly text: string;
}

export interface DmaTrialRequest {
  /** The built program, on the host that runs it. */
  readonly programPath: string;
  /** An NVMe controller that is bound to vfio-pci and used by nobody. */
  readonly address: PciAddress;
  /** Of the whole trial. A large device takes seconds for each of four starts. */
  readonly timeoutSeconds: number;
}

export const MOST_FAULTS = 20;

const PAGE_BYTES = 4096;
const LONGEST_TEXT = 4096;
const LOG_SECONDS = 10;
const WRITE = String.raw`changed (\d{1,4}) status (\d{1,4}|timeout)\n`;
const LINES = new RegExp(
  String.raw`^iommu type1v2\niova 0x([0-9a-f]{1,16}) physical (0x[0-9a-f]{1,16})\n` +
    `granted ${WRITE}serial ([ -~]{0,20})\\nmodel ([ -~]{0,40})\\n` +
    `allowed ${WRITE}forbidden ${WRITE}after ${WRITE}$`,
);

/** Builds the program for this machine; the lab's host is given a built one. */
export function buildDmaTrial(host: Host, output: string): Promise<string> {
  return buildStatic(host, { source, output });
}

/** Where a host that has no compiler may keep the built program, in the project's cache. */
export const KEPT_TRIAL = "programs/vfio_nvme";

/** The program that the project's cache keeps, or else one that is built now. */
export async function findDmaTrial(host: Host, cacheFolder: string): Promise<string> {
  const kept = `${cacheFolder}/${KEPT_TRIAL}`;
  const { status } = await host.run({ argv: ["test", "-x", kept], timeoutSeconds: LOG_SECONDS });
  return status === 0
    ? kept
    : await buildDmaTrial(host, `${await host.temporaryFolder()}/vfio_nvme`);
}

/**
 * Runs the trial. It leaves the controller off, reset and bound as it was.
 *
 * @throws {MissingTool} where there is no program at the path
 * @throws {Problem} where a step of the program fails, or it prints anything else than the trial
 */
export async function runDmaTrial(host: Host, request: DmaTrialRequest): Promise<DmaTrial> {
  const { programPath, address, timeoutSeconds } = request;
  const argv: [string, string] = [programPath, address];
  const before = await kernelLog(host);
  const text = await runStep(host, {
    argv,
    timeoutSeconds,
    action: `try DMA of ${address} to memory that is not mapped for it`,
    cure: "It must be an NVMe controller, bound to vfio-pci and unused, and the user root.",
  });
  const after = await kernelLog(host);
  const faults = before === null || after === null ? null : faultsSince(before, after, address);
  return { ...parseDmaTrial(text), faults, argv, text };
}

/**
 * What the program printed.
 *
 * @throws {Problem} for anything else, and for figures that cannot be
 */
export function parseDmaTrial(text: string): DmaFigures {
  const fields = text.length > LONGEST_TEXT ? null : LINES.exec(text);
  if (fields === null) throw unreadable("it is not the eight lines of a trial", text);
  const [, iova = "", physicalAddress = "", ...rest] = fields;
  const [bytes, status, serial = "", model = "", ...others] = rest;
  if (`0x${iova}` === physicalAddress) throw unreadable("both addresses are the same", text);
  return {
    iommuType: "type1v2",
    serial,
    model,
    granted: write(bytes, status, text),
    allowed: write(others[0], others[1], text),
    forbidden: { ...write(others[2], others[3], text), physicalAddress },
    after: write(others[4], others[5], text),
  };
}

/** Why the trial can tell nothing of the IOMMU, or null: each of its controls must have arrived. */
export function failedControl({ granted, allowed, after }: DmaFigures): string | null {
  const controls = {
    "at an address that is mapped": granted,
    "at the physical address while that was mapped": allowed,
    "at a mapped address after the forbidden one": after,
  };
  const failed = Object.entries(controls).find(([, each]) => !arrived(each));
  if (failed === undefined) return null;
  const [where, { changedBytes, status }] = failed;
  return `the write ${where} changed ${changedBytes} bytes with status ${status}`;
}

/**
 * The faults of a function among the lines that a kernel's log has gained. The log is a ring, so its
 * oldest lines may be gone.
 */
export function faultsSince(before: string, after: string, address: PciAddress): string[] {
  const [old, all] = [lines(before), lines(after)];
  const dropped = old.findIndex((first, from) =>
    first === all[0] && old.slice(from).every((line, at) => line === all[at])
  );
  const gained = all.slice(dropped < 0 ? 0 : old.length - dropped);
  return gained.filter((line) => isFaultOf(line, address)).slice(0, MOST_FAULTS)
    .map((line) => shorten(line));
}

/** Intel's lines name a function without its domain, AMD's with or without it. */
function isFaultOf(line: string, address: PciAddress): boolean {
  if (!/DMAR|AMD-Vi|IOMMU|SMMU/i.test(line) || !/fault/i.test(line)) return false;
  const named = line.matchAll(
    /(?<![\w:.])(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}:[01][0-9a-f]\.[0-7])\b/g,
  );
  return [...named].some(([, domain, name]) =>
    domain === undefined ? address.endsWith(`:${name}`) : address === `${domain}:${name}`
  );
}

async function kernelLog(host: Host): Promise<string | null> {
  const { ended, status, stdout } = await host.run({
    argv: ["dmesg"],
    timeoutSeconds: LOG_SECONDS,
  });
  return ended === "exited" && status === 0 ? stdout : null;
}

function write(bytes: string | undefined, status: string | undefined, text: string): DmaWrite {
  const changedBytes = Number(bytes);
  if (!(changedBytes <= PAGE_BYTES)) throw unreadable("more bytes changed than were sent", text);
  return { changedBytes, status: status === "timeout" ? status : Number(status) };
}

function arrived({ changedBytes, status }: DmaWrite): boolean {
  return changedBytes > 0 && status === 0;
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

function unreadable(condition: string, seen: string): Problem {
  return new Problem({ action: "read what the trial of DMA printed", condition, seen });
}
