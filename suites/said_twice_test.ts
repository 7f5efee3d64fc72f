import { assertEquals } from "@std/assert";
import { saidTwice } from "./said_twice.ts";
import type { ClaimVerdict } from "./result.ts";
import { storageExperiment } from "./testing/experiments.ts";

function claims(...ids: readonly string[]): ClaimVerdict[] {
  return ids.map((id) => ({ id, verdict: "error", because: "", reading: "", evidence: [] }));
}

Deno.test("saidTwice() names a claim that stands twice, also where only what is kept is the same", () => {
  assertEquals(saidTwice({ claims: claims("a", "b", "a"), experiments: [] }), "a");
  assertEquals(saidTwice({ claims: claims("a", "A"), experiments: [] }), null);
  const kept = (text: string) => text.toLowerCase();
  assertEquals(saidTwice({ claims: claims("a", "A"), experiments: [] }, kept), "a");
});

Deno.test("saidTwice() names a ratio that stands twice, and takes two experiments for two", () => {
  const experiment = storageExperiment({ container: { ratio: 0.9 } });
  const other = { ...experiment, name: "other" };
  assertEquals(saidTwice({ claims: [], experiments: [experiment, other] }), null);
  const [{ workload, arm } = { workload: "", arm: "" }] = experiment.ratios;
  const twice = saidTwice({ claims: [], experiments: [experiment, experiment] });
  assertEquals(twice, JSON.stringify([experiment.name, workload, arm]));
});
