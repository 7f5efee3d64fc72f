/**
 * nvbandwidth: a request becomes arguments, its JSON or its text becomes typed records in base units.
 * Its status says nothing: it is 0 where test cases were waived or failed.
 *
 * Source: nvbandwidth's README, `output.cpp` and `json_output.cpp`, versions 0.1 to 0.8 (JSON since
 * 0.5).
 *
 * @module
 */
import { type CudaRun, refuseCudaFailure, unreadable } from "./cuda_run.ts";
import { parseNvbandwidthJson } from "./nvbandwidth_json.ts";
import { parseNvbandwidthText } from "./nvbandwidth_text.ts";
import type { NvbandwidthRecord } from "./nvbandwidth_records.ts";

export type {
  NvbandwidthCase,
  NvbandwidthRecord,
  NvbandwidthStatus,
} from "./nvbandwidth_records.ts";

export interface NvbandwidthRequest {
  /** Such as "host_to_device_memcpy_ce". */
  readonly testcase: string;
  /** Of one copy; nvbandwidth's own is 512. Latencies always use 2. */
  readonly bufferMebibytes?: number;
  /** Measurements of which the median is told; nvbandwidth's own are 3. */
  readonly samples?: number;
  /** Text for versions before 0.5, which know no JSON. */
  readonly format?: "json" | "text";
}

export function nvbandwidthArguments(request: NvbandwidthRequest): string[] {
  const { testcase, bufferMebibytes, samples, format = "json" } = request;
  // Version 0.1 to 0.3 know only the long name of the one, and not the other at all.
  return [
    ...["-t", testcase],
    ...(format === "json" ? ["-j"] : []),
    ...(bufferMebibytes === undefined ? [] : ["--bufferSize", `${bufferMebibytes}`]),
    ...(samples === undefined ? [] : ["--testSamples", `${samples}`]),
  ];
}

/**
 * Reads the output of one run, JSON or text, also where it broke off: test cases that were not finished
 * are no results, and `error` says what nvbandwidth says.
 *
 * @throws {MissingTool} where CUDA finds no device
 * @throws {Problem} where it is no output of nvbandwidth, or tells neither a test case nor an error
 */
export function parseNvbandwidth(run: CudaRun): NvbandwidthRecord {
  const record = parseNvbandwidthJson(run.stdout) ?? parseNvbandwidthText(run);
  if (record === null) {
    refuseCudaFailure("nvbandwidth", run);
    throw unreadable("nvbandwidth", "it is not what nvbandwidth prints", run);
  }
  if (record.testcases.length === 0) {
    refuseCudaFailure("nvbandwidth", run);
    throw unreadable("nvbandwidth", record.error ?? "it tells of no test case", run);
  }
  return record;
}
