import { assert, assertEquals, assertRejects } from "@std/assert";
import { UsageProblem } from "../problem.ts";
import { renewExpectations } from "../suites/renew_expectations.ts";
import { VERDICTS } from "../suites/result.ts";
import schema from "./expectations.schema.json" with { type: "json" };
import { parseExpectations, readExpectations, writeExpectations } from "./expectations_file.ts";
import { sampleResult } from "./testing/sample_result.ts";

const NOW = new Date("2026-06-15T12:00:00Z");
const WAIVER = { id: "11.3/latency/vm", reason: "known", expires: "2026-07-01" };
const { expectations: EXPECTED } = renewExpectations(
  sampleResult(),
  { earlier: null, waiver: { ...WAIVER, verdicts: ["refuted"] }, now: NOW },
);

Deno.test("readExpectations() reads what writeExpectations() wrote", async () => {
  const path = await Deno.makeTempFile();
  try {
    writeExpectations(path, EXPECTED);
    assertEquals(await readExpectations(path), EXPECTED);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("readExpectations() says how to write a file that is not there", async () => {
  await assertRejects(
    () => readExpectations("/nowhere/expect.json"),
    UsageProblem,
    "deno task expect RESULT",
  );
});

Deno.test("the schema knows the same verdicts as the code", () => {
  assertEquals(schema.$defs.Verdict.enum, [...VERDICTS]);
});

/** The file with parts of it changed, as somebody may edit it. */
function edited(change: Record<string, unknown>): string {
  return JSON.stringify({ ...EXPECTED, ...change });
}

const REFUSED: [string, string][] = [
  ["it is empty", ""],
  ["only a part of it", JSON.stringify(EXPECTED).slice(0, 5000)],
  ["schema", "null"],
  ["schema", "[]"],
  ["newer", edited({ version: 2 })],
  ["/version", edited({ version: 0 })],
  ["source", edited({ source: undefined })],
  ["/claims/11.3/latency/vm", edited({ claims: { "11.3/latency/vm": "refutd" } })],
  ["expects nothing", edited({ claims: {} })],
  ["a claim that is none", edited({ claims: { "11.3/latency": "refuted" } })],
  ["waives a claim that is none", edited({ waivers: [{ ...WAIVER, id: "x" }] })],
  ["twice", edited({ waivers: [WAIVER, WAIVER] })],
  ["reason", edited({ waivers: [{ ...WAIVER, reason: undefined }] })],
  ["reason", edited({ waivers: [{ ...WAIVER, reason: "" }] })],
  ["reason", edited({ waivers: [{ ...WAIVER, reason: " " }] })],
  ["expires", edited({ waivers: [{ ...WAIVER, expires: undefined }] })],
  ["expires on no date", edited({ waivers: [{ ...WAIVER, expires: "2026-06-31" }] })],
  ["/waivers/0/verdicts/0", edited({ waivers: [{ ...WAIVER, verdicts: ["none"] }] })],
  ["/waivers/0/verdicts", edited({ waivers: [{ ...WAIVER, verdicts: [] }] })],
  // A misspelt limit must not become a waiver without one.
  ["verdict", edited({ waivers: [{ ...WAIVER, verdict: ["refuted"] }] })],
  ["__proto__", JSON.stringify(EXPECTED).replace('"claims":{', '"claims":{"__proto__":"error",')],
];
for (const [index, [words, text]] of REFUSED.entries()) {
  Deno.test(`parseExpectations() refuses what somebody broke: ${words} (${index})`, async () => {
    const parse = () => parseExpectations(text, "expect.json");
    await assertRejects(parse, UsageProblem, words);
    await assertRejects(parse, UsageProblem, "expect.json");
  });
}

Deno.test("parseExpectations() refuses a file that was cut off anywhere", async () => {
  const text = JSON.stringify(EXPECTED);
  for (let length = 0; length < text.length; length += 501) {
    await assertRejects(() => parseExpectations(text.slice(0, length), "x"), UsageProblem);
  }
  assert(await parseExpectations(text, "x"));
});
