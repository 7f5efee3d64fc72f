/**
 * A GPU's clocks, heat and slowdowns at one moment, asked quickly around runs.
 *
 * Source: `nvidia-smi --help-query-gpu`; NVML's nvmlClocksEventReasons.
 *
 * @module
 */
import type { Host } from "../host.ts";
import type { Slowdown } from "./nvidia_smi_records.ts";
import { celsius, hertz, lanes, linkGeneration, watts } from "./nvidia_smi_values.ts";

/** A GPU at one moment. */
export interface GpuState {
  readonly smClockHertz: number | null;
  readonly memoryClockHertz: number | null;
  readonly temperatureCelsius: number | null;
  readonly powerDrawWatts: number | null;
  /** Of the PCI Express link, which an idle GPU lowers. */
  readonly linkGeneration: number | null;
  /** Its lanes. */
  readonly linkWidth: number | null;
  /** The active ones; null where not told. */
  readonly slowdowns: readonly Slowdown[] | null;
}

const TIMEOUT_SECONDS = 15;
const READINGS =
  "clocks.sm,clocks.mem,temperature.gpu,power.draw,pcie.link.gen.current,pcie.link.width.current";
/** Drivers before 535 know only the second name. */
const REASONS = ["clocks_event_reasons.active", "clocks_throttle_reasons.active"];
const NOT_KNOWN = /is not a valid field to query/i;

/** By their bits, from the lowest. */
const SLOWDOWNS: readonly Slowdown[] = [
  "gpu-idle",
  "applications-clocks-setting",
  "sw-power-cap",
  "hw-slowdown",
  "sync-boost",
  "sw-thermal-slowdown",
  "hw-thermal-slowdown",
  "hw-power-brake-slowdown",
  "display-clocks-setting",
];

/** Asks for one GPU; null where nothing could be read, for whatever reason. */
export async function readGpuState(
  host: Host,
  nvidiaSmiPath: string,
  uuid: string,
): Promise<GpuState | null> {
  for (const reasons of REASONS) {
    const query = `--query-gpu=${READINGS},${reasons}`;
    const { ended, status, stdout, stderr } = await host.run({
      argv: [nvidiaSmiPath, query, "--format=csv,noheader,nounits", "-i", uuid],
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    if (NOT_KNOWN.test(`${stdout}\n${stderr}`)) continue;
    return ended === "exited" && status === 0 ? parseGpuState(stdout) : null;
  }
  return null;
}

/** Reads the line of one GPU; null where it is no such line, or tells nothing. */
function parseGpuState(stdout: string): GpuState | null {
  const cells = stdout.trim().split(",").map((cell) => cell.trim());
  const [smClock, memoryClock, temperature, power, generation = "", width = "", reasons] = cells;
  if (cells.length !== 7 || reasons === undefined || stdout.trim().includes("\n")) return null;
  const state = {
    smClockHertz: hertz(`${smClock} MHz`),
    memoryClockHertz: hertz(`${memoryClock} MHz`),
    temperatureCelsius: celsius(`${temperature} C`),
    powerDrawWatts: watts(`${power} W`),
    linkGeneration: linkGeneration(generation),
    linkWidth: lanes(width),
    slowdowns: slowdownsOf(reasons),
  };
  return Object.values(state).every((value) => value === null) ? null : state;
}

/** A bit without a name is a reason all the same: alone, it is not "none". */
function slowdownsOf(mask: string): Slowdown[] | null {
  if (!/^0x[\da-f]{1,16}$/i.test(mask)) return null;
  const bits = BigInt(mask);
  const active = SLOWDOWNS.filter((_, bit) => (bits >> BigInt(bit) & 1n) === 1n);
  return active.length === 0 && bits !== 0n ? null : active;
}
