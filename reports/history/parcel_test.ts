import { assertEquals } from "@std/assert";
import type { Absence, Result, Verdict } from "../../suites/result.ts";
import { addResult, sampleNight, withHistory } from "./testing/nights.ts";

const CLAIM = "03.2.2/fact/sysfs-procfs";
const CUT: Record<string, [verdict: Verdict, changes: Partial<Result>, points: number]> = {
  "the budget cut its experiment short": ["inconclusive", experimentThat("budget"), 0],
  "an interruption cut its experiment short": ["inconclusive", experimentThat("interrupted"), 0],
  "its check was never made": ["inconclusive", absentFor("inconclusive"), 0],
  "its experiment ended": ["inconclusive", experimentThat("most blocks reached"), 1],
  "its check was missing a tool": ["inconclusive", absentFor("untested"), 1],
  "it was decided before the budget ended": ["refuted", experimentThat("budget"), 1],
};
for (const [words, [verdict, changes, points]] of Object.entries(CUT)) {
  Deno.test(`verdicts() has ${points === 0 ? "no" : "a"} verdict of a claim when ${words}`, () =>
    withHistory((history) => {
      const night = sampleNight(0, { verdicts: { [CLAIM]: verdict } });
      const claims = night.claims.map((claim) => ({ ...claim, evidence: ["storage"] }));
      const { run } = addResult(history, { ...night, claims, ...changes });
      assertEquals(history.verdicts(run.machine).flatMap(({ points }) => points).length, points);
      assertEquals(run.counts[verdict], 1);
    }));
}

function experimentThat(stopped: string): Partial<Result> {
  return { experiments: sampleNight(0).experiments.map((one) => ({ ...one, stopped })) };
}

function absentFor(verdict: Absence["verdict"]): Partial<Result> {
  return { experiments: [], absent: { storage: { verdict, because: "", lacks: null } } };
}
