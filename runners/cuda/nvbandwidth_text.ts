/**
 * nvbandwidth's text, versions 0.1 to 0.8. Errors of CUDA are on standard output before 0.5 and on
 * standard error since; the warning about a small buffer may stand anywhere.
 *
 * @module
 */
import { type CudaRun, wholeLines } from "./cuda_run.ts";
import {
  cudaVersionOf,
  isPartOfTotal,
  measuredCase,
  type NvbandwidthCase,
  type NvbandwidthRecord,
  unmeasured,
  WRONG_BYTES,
} from "./nvbandwidth_records.ts";

const ERROR = /^(?:\[(?:CUDA_ERROR|cudaError)\w*\]|NVML_ERROR:|ASSERT in expression) ?.*$/m;

/** Null where it is not what nvbandwidth prints. */
export function parseNvbandwidthText(run: CudaRun): NvbandwidthRecord | null {
  const text = wholeLines(run);
  const version = /^nvbandwidth Version: v?(\S+)$/m.exec(text)?.[1];
  if (version === undefined) return null;
  const both = `${text}\n${run.stderr}`;
  const error = (WRONG_BYTES.exec(both) ?? ERROR.exec(both))?.[0].trim() ?? null;
  return {
    version,
    cudaVersion: cudaVersionOf(Number(/^CUDA Runtime Version: (\d+)$/m.exec(text)?.[1])),
    driverVersion: /^Driver Version: (\S+)$/m.exec(text)?.[1] ?? null,
    devices: [...text.matchAll(/^Device \d+: (.+)$/gm)].map(([, name = ""]) => name),
    testcases: testcasesOf(text, error),
    error,
    warning: /^NOTE: You have chosen a buffer size .*$/m.exec(text)?.[0] ?? null,
  };
}

/** Each case begins with a line of its own. */
function testcasesOf(text: string, error: string | null): NvbandwidthCase[] {
  const parts = text.split(/^(?=Running \w+\.$|Waiving \w+\.$|Waived: ?$|ERROR: Testcase )/m);
  return parts.slice(1).map((part) => caseOf(part, error));
}

function caseOf(part: string, error: string | null): NvbandwidthCase {
  const unknown = /^ERROR: (Testcase (?:index )?(\S+) .*)$/m.exec(part);
  if (unknown !== null) return unmeasured(unknown[2] ?? null, "not found", unknown[1] ?? null);
  const [, verb, name = ""] = /^(Running|Waiving) (\w+)\.$/m.exec(part) ?? [];
  if (verb === undefined) return unmeasured(null, "waived", null);
  if (verb === "Waiving") return unmeasured(name, "waived", null);
  const failure = WRONG_BYTES.exec(part)?.[0] ?? /^(?:ERROR|Error): (.*)$/m.exec(part)?.[1];
  if (failure !== undefined) return unmeasured(name, "error", failure.trim());
  return figuresOf(name, part) ?? unmeasured(name, "running", error);
}

/** The last table of a case, with its sum: it is the total where there are several. */
function figuresOf(name: string, part: string): NvbandwidthCase | null {
  const tables = part.matchAll(/^(.*\((?:GB\/s|ns)\))\n( .*)\n((?:.+\n)+)\nSUM (\w+) (\S+)$/gm);
  const [, description, columns = "", rows = "", key, sum = ""] = [...tables].at(-1) ?? [];
  if (description === undefined || key !== name || isPartOfTotal(description)) return null;
  const width = wordsOf(columns).length;
  const cells = rows.trimEnd().split("\n").map((row) => wordsOf(row).slice(-width));
  if (cells.some((row) => row.length !== width)) return null;
  return measuredCase({ name, description, cells, sum });
}

function wordsOf(line: string): string[] {
  return line.trim().split(/\s+/);
}
