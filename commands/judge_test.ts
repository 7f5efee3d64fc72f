import { assertEquals } from "@std/assert";
import { sampleResult } from "../reports/testing/sample_result.ts";
import { judgeAgain } from "../suites/judge_again.ts";

const ID = "11.2/gpu-access/sandbox";

Deno.test("judgeAgain() calls what an older run did not observe untested, and adds nothing", () => {
  const sample = sampleResult();
  const probe = { name: "webgpu", startedAt: "", durationSeconds: 1, observations: [] } as const;
  const stored = {
    ...sample,
    probes: [probe],
    claims: sample.claims.filter(({ id }) => id === ID),
  };
  const judged = judgeAgain(stored, sample.run.thresholds);
  assertEquals(judged.claims.map(({ verdict }) => verdict), ["untested"]);
  assertEquals(judged.probes, [probe]);
});
