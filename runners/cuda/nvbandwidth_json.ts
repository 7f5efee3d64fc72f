/**
 * nvbandwidth's JSON (`-j`), versions 0.5 to 0.8. After an error it is printed as far as it had come.
 *
 * @module
 */
import { isObject, isText } from "../json_values.ts";
import {
  cudaVersionOf,
  isPartOfTotal,
  measuredCase,
  type NvbandwidthCase,
  type NvbandwidthRecord,
  type NvbandwidthStatus,
  unmeasured,
  WRONG_BYTES,
} from "./nvbandwidth_records.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Its spellings; "ERROR" in capitals is its answer to a test case that it does not know. */
const STATUSES: ReadonlyMap<unknown, NvbandwidthStatus> = new Map([
  ["Passed", "passed"],
  ["Running", "running"],
  ["Waived", "waived"],
  ["Not Found", "not found"],
  ["ERROR", "not found"],
  ["Error", "error"],
]);

/** Reads the last document among other text; null where there is none that is nvbandwidth's. */
export function parseNvbandwidthJson(text: string): NvbandwidthRecord | null {
  const fields = documentsOf(text).at(-1);
  if (fields === undefined) return null;
  const error = textOf(fields["error"]) ?? WRONG_BYTES.exec(text)?.[0] ?? null;
  const devices = fields["GPU Device list"];
  return {
    version: (textOf(fields["version"]) ?? "unknown").replace(/^v/, ""),
    cudaVersion: cudaVersionOf(Number(fields["CUDA Runtime Version"])),
    driverVersion: textOf(fields["Driver Version"]),
    devices: Array.isArray(devices) ? devices.filter(isText).map(deviceName) : [],
    testcases: testcasesOf(fields["testcases"], error),
    error,
    warning: textOf(fields["warning"]),
  };
}

/** nvbandwidth closes a document with a brace at the start of a line, and indents all others. */
function documentsOf(text: string): Fields[] {
  const documents = text.replaceAll("\r\n", "\n").matchAll(/^\{\n[\s\S]*?^\}$/gm);
  return [...documents].flatMap(([document]) => {
    try {
      const root: unknown = JSON.parse(document);
      const fields = isObject(root) ? { ...root } as Fields : {};
      return isObject(fields["nvbandwidth"]) ? [{ ...fields["nvbandwidth"] }] : [];
    } catch {
      return [];
    }
  });
}

/** "0: NVIDIA A100 (00000000:65:00): (gpu-host)" in 0.8; without the host before. */
function deviceName(entry: string): string {
  return entry.replace(/^\d+: /, "").replace(/: \([^()]*\)$/, "");
}

/** A case that failed after it had begun is told twice: as running, and as failed. */
function testcasesOf(list: unknown, error: string | null): NvbandwidthCase[] {
  const cases = (Array.isArray(list) ? list : []).filter(isObject).map((item) =>
    caseOf({ ...item }, error)
  );
  return cases.filter(({ name, status }, i) =>
    status !== "running" || !cases.slice(i + 1).some((later) => later.name === name)
  );
}

function caseOf(fields: Fields, error: string | null): NvbandwidthCase {
  const name = textOf(fields["name"]) ?? "unknown";
  const status = STATUSES.get(fields["status"]) ?? "error";
  const own = textOf(fields["error"]);
  if (status === "waived" || status === "not found") return unmeasured(name, status, own);
  const because = own ?? error;
  if (status !== "passed") return unmeasured(name, status, because);
  if (because !== null && WRONG_BYTES.test(because)) return unmeasured(name, "error", because);
  const description = textOf(fields["bandwidth_description"]);
  const cells = cellsOf(fields["bandwidth_matrix"]);
  if (description === null || cells === null || isPartOfTotal(description)) {
    return unmeasured(name, "error", because ?? "its figures are not whole");
  }
  const whole = { name, description, cells: totalsOf(description, cells) };
  return measuredCase({ ...whole, sum: String(fields["sum"]) });
}

/** Null where it is no table of equally long rows of text. */
function cellsOf(matrix: unknown): string[][] | null {
  if (!Array.isArray(matrix) || matrix.length === 0) return null;
  const rows = matrix.filter((row): row is unknown[] => Array.isArray(row));
  const width = rows[0]?.length ?? 0;
  const cells = rows.map((row) => row.filter(isText));
  const whole = cells.length === matrix.length && cells.every((row) => row.length === width);
  return whole && width > 0 ? cells : null;
}

/** One direction, the other and their total lie in one table, one below the other. */
function totalsOf(description: string, cells: string[][]): string[][] {
  const totals = / Total bandwidth /.test(description) && cells.length % 3 === 0;
  return totals ? cells.slice(cells.length / 3 * 2) : cells;
}

function textOf(value: unknown): string | null {
  return isText(value) && value.trim() !== "" ? value.trim() : null;
}
