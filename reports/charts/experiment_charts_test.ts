import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { assertSnapshot } from "@std/testing/snapshot";
import type { Experiment, Result } from "../../suites/result.ts";
import { sampleResult } from "../testing/sample_result.ts";
import { trimmed } from "../testing/trimmed.ts";
import { latencyChart } from "./latency.ts";
import { quantileDetails } from "./quantiles.ts";
import { ratiosChart } from "./ratios.ts";
import { samplesChart } from "./samples.ts";
import { wrap } from "./shared.ts";

const [STORAGE, SANDBOX, CONTENTION] = [0, 1, 2];

function sample(index: number, change: Partial<Experiment> = {}): [Result, Experiment] {
  const result = sampleResult();
  const experiment = result.experiments[index];
  assert(experiment !== undefined);
  return [result, { ...experiment, ...change }];
}

/** The sample whose processes tell what lies inside them. */
function withQuantiles(): [Result, Experiment] {
  const [result, experiment] = sample(STORAGE);
  const samples = experiment.samples.map((one) => ({
    ...one,
    details: { latencyMedianSeconds: 8e-5, latencyP99Seconds: 2e-4, latencyMaxSeconds: 0 },
  }));
  return [result, { ...experiment, samples }];
}

Deno.test("ratiosChart() draws the sample", async (t) => {
  await assertSnapshot(t, trimmed(ratiosChart(...sample(SANDBOX))));
});

Deno.test("samplesChart() draws the sample", async (t) => {
  await assertSnapshot(t, trimmed(samplesChart(...sample(CONTENTION), 800)));
});

Deno.test("samplesChart() counts failed samples and does not draw them", () => {
  const text = JSON.stringify(samplesChart(...sample(STORAGE), 800));
  assertStringIncludes(text, "3 failed and are not drawn");
  assertEquals(text.match(/"order":\d/g)?.length, 360 - 3);
  assert(!text.includes(`"value":null`));
});

Deno.test("samplesChart() draws blocks that were set aside pale, in the unit of the workload", () => {
  const text = JSON.stringify(samplesChart(...sample(CONTENTION), 800));
  assertEquals(text.match(/"use":"set aside"/g)?.length, 3);
  assertStringIncludes(text, "3 are of blocks that were set aside: pale, and not used.");
  assertStringIncludes(text, `"title":"T/s"`);
  assert(!JSON.stringify(samplesChart(...sample(STORAGE), 800)).includes("set aside"));
});

Deno.test("samplesChart() shades every other block, and joins the reference", () => {
  const text = JSON.stringify(samplesChart(...sample(CONTENTION), 800));
  assertEquals(text.match(/"from":/g)?.length, 20 / 2);
  // One block was set aside.
  const line = /\{"data":\{"values":\[[^\]]*\]\},"mark":\{"type":"line"/.exec(text)?.[0];
  assertEquals(line?.match(/"place":/g)?.length, 20 - 1);
});

Deno.test("samplesChart() says how many it draws when it thins", () => {
  assertStringIncludes(
    JSON.stringify(samplesChart(...sample(STORAGE), 100)),
    "of 357, whole blocks",
  );
});

Deno.test("latencyChart() draws the sample", async (t) => {
  await assertSnapshot(t, trimmed(latencyChart(...withQuantiles(), 800)));
});

Deno.test("latencyChart() draws nothing when no figure is a time, or none may be drawn", () => {
  assertEquals(latencyChart(...sample(SANDBOX), 800), null);
  assertEquals(latencyChart(...sample(STORAGE), 0), null);
  assertEquals(latencyChart(...sample(STORAGE, { samples: [] }), 800), null);
});

Deno.test("latencyChart() draws what lies inside a process where the tool tells it", () => {
  const text = JSON.stringify(latencyChart(...withQuantiles(), 800));
  assertEquals(text.match(/"inside":"99th percentile"/g)?.length, 2 * 6);
  // No latency is 0: that is none.
  assert(!text.includes(`"inside":"greatest"`));
  assert(!JSON.stringify(latencyChart(...sample(STORAGE), 800)).includes("Inside a process"));
});

Deno.test("quantileDetails() keeps what is drawn", () => {
  const kept = { minSeconds: 1, latencyP99Seconds: 3 };
  assertEquals(quantileDetails({ ...kept, bytes: 4, constructor: 5 }), kept);
});

Deno.test("wrap() breaks between words and cuts what is longer than a line", () => {
  assertEquals(wrap("aa bb ccccccc", 5), ["aa bb", "ccccc"]);
});
