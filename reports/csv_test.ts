import { assert, assertEquals } from "@std/assert";
import { parse } from "@std/csv";
import { inert, resultCsv } from "./csv.ts";
import { hostileResult } from "./testing/hostile_result.ts";
import { sampleResult } from "./testing/sample_result.ts";

Deno.test("resultCsv() has a line for each claim, numbers as numbers", () => {
  const rows = parse(resultCsv(sampleResult()), { skipFirstRow: true });
  assertEquals(rows.length, 259);
  const row = rows.find(({ id }) => id === "11.3/io-performance/container");
  assertEquals([row?.["verdict"], row?.["ratio"], row?.["low"]], ["confirmed", "0.991", "0.968"]);
  assertEquals([row?.["claim_zh"], row?.["matrix"]], ["高（直接访问）", "11.3"]);
});

Deno.test("resultCsv() names what an open claim lacks, and nothing for a decided one", () => {
  const rows = parse(resultCsv(sampleResult()), { skipFirstRow: true });
  const lacks = (id: string) => rows.find((row) => row["id"] === id)?.["lacks"];
  assertEquals(lacks("02.1.2/gpu-count/single-gpu"), "gpu");
  assertEquals(lacks("11.3/io-performance/container"), "");
});

Deno.test("resultCsv() starts with a byte-order mark and ends lines with CR LF", () => {
  const text = resultCsv(sampleResult());
  assert(text.startsWith("\ufeffid,matrix,verdict,"));
  assert(text.endsWith("\r\n"));
});

Deno.test("inert() disarms every text that a spreadsheet takes for a formula", () => {
  for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"]) {
    assertEquals(inert(text), `'${text}`);
  }
  for (const text of ["", "1", "a=b", "N/A"]) assertEquals(inert(text), text);
});

Deno.test("resultCsv() leaves no formula in any cell of a hostile result", () => {
  const rows = parse(resultCsv(hostileResult()), { skipFirstRow: true });
  const formulas = rows.flatMap((row) => Object.values(row)).filter((cell) =>
    /^\s*[=+@-]/.test(cell)
  );
  assertEquals(formulas, []);
});
