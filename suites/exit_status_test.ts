import { assertEquals } from "@std/assert";
import { exitStatus } from "./exit_status.ts";
import type { Verdict } from "./result.ts";

const CASES: [Verdict[], number][] = [
  [["confirmed", "editorial"], 0],
  [["confirmed", "refuted", "error"], 100],
  [["confirmed", "inconclusive"], 101],
  [["untested"], 101],
  [["error"], 101],
  [[], 2],
];
for (const [verdicts, expected] of CASES) {
  Deno.test(`exitStatus() is ${expected} for [${verdicts}]`, () => {
    const claims = verdicts.map((verdict) => ({ verdict }));
    assertEquals(exitStatus(claims, { hostRestored: true }), expected);
    assertEquals(exitStatus(claims, { hostRestored: false }), 3);
  });
}
