import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Experiment, Result } from "../../suites/result.ts";
import { hostileResult } from "../testing/hostile_result.ts";
import { sampleResult } from "../testing/sample_result.ts";
import { comparedForDisplay } from "./compared.ts";
import { comparisonJson } from "./json.ts";
import { comparisonPage } from "./page.ts";
import { comparisonText } from "./terminal.ts";

const FLIPPED = "11.3/io-performance/container";

/** The sample, another night: one claim flipped, another kernel, other thresholds. */
function otherNight(): Result {
  const { host, run, claims, ...rest } = sampleResult();
  return {
    ...rest,
    host: { ...host, kernel: "6.2.0-test" },
    run: { ...run, startedAt: "2025-01-03T03:04:05.000Z", thresholds: { high: 0.9, medium: 0.5 } },
    claims: claims.map((claim) => claim.id === FLIPPED ? { ...claim, verdict: "refuted" } : claim),
  };
}

const compared = () => comparedForDisplay(sampleResult(), otherNight());

Deno.test("comparisonText() puts what was decided both ways, and what differs around, into words", () => {
  const text = comparisonText(compared(), "x/compare.html");
  assertStringIncludes(text, `✔ → ✘  ${FLIPPED}  IO performance, Containers: “High`);
  assertStringIncludes(text, "kernel      6.1.0-test");
  assertStringIncludes(text, "THE THRESHOLDS DIFFER");
  assertStringIncludes(text, "B: SYNTHETIC");
  assertStringIncludes(text, "Two runs of one host");
  assert(text.endsWith("Page: x/compare.html\n"));
});

Deno.test("the reports count what is decided alike apart from what is open in both", () => {
  const { same } = compared().comparison.verdicts;
  const counts = `1 differ, ${same.decided} are decided alike, ${same.open} are open in both, `;
  assert(same.decided > 0 && same.open > 0);
  assertStringIncludes(comparisonText(compared(), null), `Verdicts: ${counts}`);
  assertStringIncludes(comparisonPage(compared()), counts);
  assertEquals(JSON.parse(comparisonJson(compared(), ["", ""])).verdicts.same, same);
});

/** Results in which nothing is decided and nothing measured. */
const NOTHING: Record<string, Partial<Result>> = {
  "all claims are open": {
    experiments: [],
    claims: sampleResult().claims.map((claim) => ({ ...claim, verdict: "untested" })),
  },
  "there are no claims": { experiments: [], claims: [] },
};
for (const [words, nothing] of Object.entries(NOTHING)) {
  Deno.test(`the reports say that nothing can be compared when ${words}`, () => {
    for (const other of [otherNight(), { ...otherNight(), ...nothing }]) {
      const empty = comparedForDisplay({ ...sampleResult(), ...nothing }, other);
      assertStringIncludes(comparisonText(empty, null), "NOTHING CAN BE COMPARED");
      assertStringIncludes(comparisonPage(empty), "NOTHING CAN BE COMPARED");
    }
    assert(!comparisonText(compared(), null).includes("NOTHING CAN BE COMPARED"));
  });
}

Deno.test("the reports say that A and B are one run, also when that was judged again", () => {
  const { run, ...rest } = sampleResult();
  const again = { ...rest, run: { ...run, thresholds: { high: 0.9, medium: 0.5 } } };
  for (const other of [sampleResult(), again]) {
    const one = comparedForDisplay(sampleResult(), other);
    assertStringIncludes(comparisonText(one, null), "A and B are one run");
    assertStringIncludes(comparisonPage(one), "A and B are one run");
  }
});

Deno.test("comparisonText() says of each ratio one of three things", () => {
  const lines = comparisonText(compared(), null).split("\n")
    .filter((line) => / (parted: [AB] higher|alike: B\/A|cannot tell: \S)/.test(line));
  assertEquals(lines.length, compared().comparison.ratios.pairs.length);
});

Deno.test("comparisonText() says of two hosts that one pair of runs may mislead", () => {
  const { host, ...rest } = otherNight();
  const other = { ...rest, host: { ...host, hostname: "other" } };
  const text = comparisonText(comparedForDisplay(sampleResult(), other), null);
  assertStringIncludes(text, "for this pair of runs alone");
});

Deno.test("the reports say why ratios cannot be compared, and draw none that is not there", () => {
  const { pairs } = compared().comparison.ratios;
  const [first] = pairs;
  assert(first !== undefined);
  const { experiment: name, workload, arm } = first;
  const other = otherNight();
  const experiments = other.experiments.map((experiment) => ({
    ...experiment,
    arms: experiment.arms.map((one) =>
      experiment.name === name && one.name === arm ? { ...one, missing: "<no> QEMU" } : one
    ),
    ratios: experiment.ratios.map((ratio) =>
      experiment.name === name && ratio.workload === workload && ratio.arm === arm
        ? { ...ratio, n: 0, ratio: null, low: null, high: null }
        : ratio
    ),
  }));
  const without = comparedForDisplay(sampleResult(), { ...other, experiments });
  assertMatch(comparisonText(without, null), / – +cannot tell: .*B: <no> QEMU/);
  assertStringIncludes(comparisonJson(without, ["", ""]), `"b":"<no> QEMU"`);
  const page = comparisonPage(without);
  assertStringIncludes(page, "B: &#60;no&#62; QEMU");
  assertEquals(page.match(/<svg class="interval"/g)?.length, pairs.length - 1);
});

Deno.test("comparisonText() names other work and another reference", () => {
  const { experiments, ...rest } = otherNight();
  const workloads = (experiment: Experiment) =>
    experiment.workloads.map((one) => ({ ...one, title: "else" }));
  const work = experiments.map((one) => ({ ...one, workloads: workloads(one) }));
  const reference = experiments.map((one) => ({ ...one, reference: "else" }));
  const textOf = (experiments: Experiment[]) =>
    comparisonText(comparedForDisplay(sampleResult(), { ...rest, experiments }), null);
  assertMatch(textOf(work), /cannot tell: other work: A: .*; B: else, in /);
  assertMatch(textOf(reference), /cannot tell: other references: A: native; B: else/);
});

Deno.test("comparisonJson() tells where each result comes from", () => {
  const { schema, a, b, verdicts } = JSON.parse(comparisonJson(compared(), ["one", "two"]));
  assertEquals([schema, a.source, b.source], [3, "one", "two"]);
  assertEquals(verdicts.different.map(({ id }: { readonly id: string }) => id), [FLIPPED]);
});

Deno.test("comparisonPage() shows both verdicts and both intervals, and forbids all but its style", () => {
  const page = comparisonPage(compared());
  assertStringIncludes(page, `id="${FLIPPED}"`);
  assertStringIncludes(page, `content="default-src &#39;none&#39;; style-src &#39;sha256-`);
  const { pairs } = compared().comparison.ratios;
  assertEquals(page.match(/<svg class="interval"/g)?.length, pairs.length);
  assertEquals(page.match(/<script|https?:|style="/g), null);
});

Deno.test("comparisonPage() and comparisonText() let no hostile text through", () => {
  const hostile = comparedForDisplay(
    hostileResult(),
    hostileResult((index) => `${index}\u202e<b>`),
  );
  assertEquals(comparisonPage(hostile).match(/<script|<img|\u202e/g), null);
  const text = comparisonText(hostile, null);
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  assertEquals(text.match(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/), null);
});
