import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { compareResults, type RatioPair } from "./compare.ts";
import type { Experiment, Workload } from "./result.ts";
import type { Incomparable, Side } from "./statistics/two_runs.ts";
import { type ArmCase, storageExperiment } from "./testing/experiments.ts";
import { sampleFindings } from "./testing/findings.ts";
import { sampleRun } from "./testing/runs.ts";

function stored(cases: Readonly<Record<string, ArmCase>> = {}): Experiment {
  return storageExperiment(cases, { blocks: 40, noise: 0.001 });
}

/** What is found of the container's ratios in both orders; A and B stand as in the first. */
function containers(a: Experiment, b: Experiment): RatioPair[] {
  const found = [[a, b], [b, a]].map((experiments) => {
    const [first, second] = experiments.map((experiment) => (
      { host: sampleFindings().host, run: sampleRun(), claims: [], experiments: [experiment] }
    ));
    assert(first !== undefined && second !== undefined);
    return compareResults(first, second).ratios.pairs.filter(({ arm }) => arm === "container");
  });
  const [forth = [], back = []] = found;
  assert(forth.length > 0);
  assertEquals(forth.map(({ finding }) => finding.kind), back.map(({ finding }) => finding.kind));
  return forth;
}

/** Why the first pair cannot be compared; none of the pairs may be. */
function whyNot(a: Experiment, b: Experiment): Incomparable {
  const doubts = containers(a, b).map(({ finding }) => {
    assert(finding.kind === "cannot-tell" && "seen" in finding.why);
    return finding.why;
  });
  const [first] = doubts;
  assert(first !== undefined);
  return first;
}

function seenIn(side: Side, { seen }: Incomparable): string {
  return seen[side] ?? "";
}

function withWork(change: (workload: Workload) => Partial<Workload>): Experiment {
  const experiment = stored();
  const workloads = experiment.workloads.map((one) => ({ ...one, ...change(one) }));
  return { ...experiment, workloads };
}

const OTHER_WORK: readonly ((workload: Workload) => Partial<Workload>)[] = [
  () => ({ title: "else" }),
  ({ unit }) => ({ unit: unit === "s" ? "1/s" : "s" }),
  ({ better }) => ({ better: better === "smaller" ? "larger" : "smaller" }),
];

Deno.test("compareResults() compares ratios that nothing stands against", () => {
  const kinds = containers(stored(), stored()).map(({ finding }) => finding.kind);
  assertEquals(new Set(kinds), new Set(["alike"]));
});

Deno.test("compareResults() cannot tell where other work has the same name", () => {
  for (const change of OTHER_WORK) {
    const why = whyNot(stored(), withWork(change));
    assertEquals([why.reason, why.sides], ["other-work", ["a", "b"]]);
    assert(why.seen.a !== why.seen.b);
  }
});

Deno.test("compareResults() cannot tell where the ratios are to another arm", () => {
  const why = whyNot(stored(), { ...stored(), reference: "vm-virtio" });
  assertEquals(why.reason, "other-reference");
  assertEquals(why.seen, { a: "native", b: "vm-virtio" });
});

Deno.test("compareResults() cannot tell where the arm, its reference or the control does not count", () => {
  for (const name of ["container", "native", "native-again"]) {
    for (const state of ["missing", "broken", "degraded"]) {
      const other = stored();
      const arms = other.arms.map((arm) => arm.name === name ? { ...arm, [state]: "ill" } : arm);
      const why = whyNot(stored(), { ...other, arms });
      assertEquals([why.reason, why.sides, why.seen.a], ["obstacle", ["b"], null]);
      assertStringIncludes(seenIn("b", why), "ill");
    }
  }
});

Deno.test("compareResults() cannot tell where too many runs failed", () => {
  for (const name of ["container", "native", "native-again"]) {
    const why = whyNot(stored({ [name]: { failures: 5 } }), stored());
    assertEquals(why.sides, ["a"]);
    assertStringIncludes(seenIn("a", why), `5 of 40 runs of ${name} failed`);
  }
});

Deno.test("compareResults() cannot tell where blocks have no control beside them", () => {
  const other = stored();
  const samples = other.samples.filter(({ arm, block }) => arm !== other.control || block > 20);
  const why = whyNot(stored(), { ...other, samples });
  assertStringIncludes(seenIn("b", why), "the A/A control did not run in 21 of the 40 blocks");
});

Deno.test("compareResults() cannot tell where the blocks that were set aside flatter an arm", () => {
  const aside = Array.from({ length: 12 }, (_, block) => block);
  const why = whyNot(stored(), stored({ container: { aside } }));
  assertStringIncludes(seenIn("b", why), "container was disturbed alone in 12 blocks");
});

Deno.test("compareResults() tells the obstacles of both runs", () => {
  const why = whyNot(
    stored({ container: { degraded: "slow" } }),
    stored({ native: { degraded: "TCG" } }),
  );
  assertEquals(why.sides, ["a", "b"]);
  assertStringIncludes(seenIn("a", why), "slow");
  assertStringIncludes(seenIn("b", why), "TCG");
});

Deno.test("compareResults() says why a run has no figure of a ratio that the other measured", () => {
  const [first] = containers(stored(), stored({ container: { missing: "no Docker" } }));
  assert(first?.finding.kind === "cannot-tell" && "seen" in first.finding.why);
  assertEquals([first.b.ratio, first.finding.why.seen.b], [null, "no Docker"]);
});
