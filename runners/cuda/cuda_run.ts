/**
 * What every CUDA program's end has in common: whether it met a GPU, whether CUDA failed it, and how
 * much of what it printed is whole. These programs are judged by what they print: several of them
 * exit with status 0 after a failure.
 *
 * Source: the CUDA samples' `Common/helper_cuda.h` and what the programs print, versions 8 to 13.
 *
 * @module
 */
import type { CommandResult } from "../host.ts";
import { MissingTool, Problem, shorten } from "../../problem.ts";

/** One process of a CUDA program, at its end. */
export type CudaRun = Pick<CommandResult, "status" | "stdout" | "stderr">;

/** A program that found no work for itself on this host, which is neither a pass nor a failure. */
export interface Waived {
  readonly outcome: "waived";
  /** The program's own words. */
  readonly because: string;
}

const NO_DEVICE =
  /no CUDA-capable device is detected|no available device\(s\) that support CUDA|no devices supporting CUDA|cudaErrorNoDevice|CUDA_ERROR_NO_DEVICE|No devices found|does not have a CUDA capable device|only 0 Devices available/;
const FAILURE = new RegExp(
  [
    "CUDA error at .*",
    "CUDA error: .*",
    "Cuda failure .*",
    String.raw`getLastCudaError\(\) CUDA error.*`,
    String.raw`gpu(?:GetMaxGflopsDeviceId|DeviceInit)\(\)(?: CUDA error|: GPU device does not).*`,
    String.raw`cuda[A-Z]\w+ returned [1-9]\d*(?:\n->.*)?`,
    String.raw`\[?CUDA_ERROR_\w+.*`,
    "NVML_ERROR.*",
    String.raw`\(error code .*\)`,
    "error while loading shared libraries.*",
  ].join("|"),
);
const WAIVED = /^.*(?:waiv(?:ing|ed)|Waiv(?:ing|ed)).*$/m;

/**
 * Refuses what met no GPU, what CUDA failed, and what a signal ended.
 *
 * @throws {MissingTool} where CUDA says that there is no device
 * @throws {Problem} for every other failure of CUDA or the system's, with its own words
 */
export function refuseCudaFailure(program: string, run: CudaRun): void {
  const text = bothOutputs(run);
  const action = `run ${program}`;
  if (NO_DEVICE.test(text)) {
    const cure =
      "Check that nvidia-smi lists a GPU here, and that CUDA_VISIBLE_DEVICES hides none.";
    throw new MissingTool({ action, condition: "CUDA finds no device", seen: text, cure }, "gpu");
  }
  const failure = FAILURE.exec(text);
  if (failure !== null) {
    const cure = "Compare the driver's CUDA version in nvidia-smi with the toolkit's in " +
      "`nvcc --version`, and look for Xid messages in the kernel's log.";
    throw new Problem({ action, condition: "CUDA failed", seen: failure[0], cure });
  }
  if (run.status === null) throw unreadable(program, "it did not end by itself", run);
}

/** Why a program says that it waived its test, or null where it says nothing of the kind. */
export function waivedBecause(run: CudaRun): string | null {
  const text = bothOutputs(run);
  const line = WAIVED.exec(text);
  if (line === null) return null;
  const before = text.slice(0, line.index).trimEnd().split("\n").at(-1) ?? "";
  return shorten(/^waiving test\.?$/i.test(line[0].trim()) ? before : line[0]);
}

/** The lines of standard output that came whole: what a cut left behind at the end is not read. */
export function wholeLines({ stdout }: CudaRun): string {
  return stdout.slice(0, stdout.lastIndexOf("\n") + 1).replaceAll("\r\n", "\n");
}

/** A program whose output cannot be believed. */
export function unreadable(program: string, condition: string, run: CudaRun): Problem {
  const text = bothOutputs(run);
  const seen = text.trim() === "" ? "nothing" : lastPart(text);
  return new Problem({
    action: `read ${program}'s output`,
    condition: run.status === 0 || run.status === null
      ? condition
      : `${condition}, and its status is ${run.status}`,
    seen,
    cure: "Run the same command by hand.",
  });
}

/** A number that the program's format cannot have printed otherwise; null for nan, inf and others. */
export function positiveOrNull(text: string | undefined, scale = 1): number | null {
  const value = text === undefined || !/^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)
    ? NaN
    : Number(text);
  return Number.isFinite(value) && value > 0 ? value * scale : null;
}

/** What failed is told at the end. */
function lastPart(text: string): string {
  return text.trim().split("\n").slice(-6).join("\n");
}

function bothOutputs({ stdout, stderr }: CudaRun): string {
  return stderr.trim() === "" ? stdout : `${stdout}\n${stderr}`;
}
