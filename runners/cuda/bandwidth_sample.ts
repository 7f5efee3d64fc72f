/**
 * bandwidthTest: copies to the GPU, from it and within it. The less accurate source: it takes the mean
 * of copies that it does not repeat long enough, and NVIDIA took it out of the samples after version
 * 12.8 in favour of nvbandwidth. It serves where an old toolkit has it and nvbandwidth is missing.
 *
 * Source: the CUDA samples' `1_Utilities/bandwidthTest/bandwidthTest.cu`, versions 8 to 12.8.
 *
 * @module
 */
import {
  type CudaRun,
  positiveOrNull,
  refuseCudaFailure,
  unreadable,
  wholeLines,
} from "./cuda_run.ts";

/** One copy of `transferBytes`, from pinned memory where the host is one of its ends. */
export interface BandwidthTestCopy {
  readonly transferBytes: number;
  readonly bandwidthBytesPerSecond: number;
}

export interface BandwidthTestRecord {
  readonly hostToDevice: BandwidthTestCopy;
  readonly deviceToHost: BandwidthTestCopy;
  /** Bytes read and bytes written together, unlike nvbandwidth's figure for a copy within a GPU. */
  readonly deviceToDevice: BandwidthTestCopy;
}

/** Pinned memory and the 32 MiB of its quick mode, which are the sample's defaults. */
export function bandwidthTestArguments(): string[] {
  return ["--memory=pinned", "--mode=quick"];
}

/** Up to version 10.0 the sample tells megabytes of 2^20 bytes, then gigabytes of 10^9. */
const SCALES = { MB: 2 ** 20, GB: 1e9 } as const;

/**
 * Reads the output of one run of the quick mode on one device.
 *
 * @throws {MissingTool} where CUDA finds no device
 * @throws {Problem} where CUDA failed, the output is not whole, or it does not end with a pass
 */
export function parseBandwidthTest(run: CudaRun): BandwidthTestRecord {
  refuseCudaFailure("bandwidthTest", run);
  const text = wholeLines(run);
  if (run.status !== 0 || !/^Result = PASS$/m.test(text)) {
    throw unreadable("bandwidthTest", 'it does not end with "Result = PASS"', run);
  }
  return {
    hostToDevice: copyOf("Host to Device", text, run),
    deviceToHost: copyOf("Device to Host", text, run),
    deviceToDevice: copyOf("Device to Device", text, run),
  };
}

function copyOf(direction: string, text: string, run: CudaRun): BandwidthTestCopy {
  const table = new RegExp(
    String.raw`^ ${direction} Bandwidth, 1 Device\(s\)\n .* Memory Transfers\n` +
      String.raw` +Transfer Size \(Bytes\)\s+Bandwidth\((MB|GB)/s\)\n +(\d+)\s+([\d.]+)$`,
    "m",
  ).exec(text);
  const scale = table?.[1] === "MB" ? SCALES.MB : SCALES.GB;
  const transferBytes = positiveOrNull(table?.[2]);
  const bandwidthBytesPerSecond = positiveOrNull(table?.[3], scale);
  if (transferBytes !== null && bandwidthBytesPerSecond !== null) {
    return { transferBytes, bandwidthBytesPerSecond };
  }
  throw unreadable("bandwidthTest", `it tells no bandwidth from ${direction}`, run);
}
