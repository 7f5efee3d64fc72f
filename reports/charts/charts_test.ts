import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { assertSnapshot } from "@std/testing/snapshot";
import type { Experiment, Result } from "../../suites/result.ts";
import { forDisplay } from "../display.ts";
import { hostileResult } from "../testing/hostile_result.ts";
import { sampleResult } from "../testing/sample_result.ts";
import { chartList, renderCharts } from "./charts.ts";
import { ratiosChart } from "./ratios.ts";
import { samplesChart } from "./samples.ts";
import { logTicks, wrap } from "./shared.ts";

function sandbox(change: Partial<Experiment> = {}): [Result, Experiment] {
  const result = sampleResult();
  const experiment = result.experiments[1];
  assert(experiment !== undefined);
  return [result, { ...experiment, ...change }];
}

Deno.test("ratiosChart() draws the sample", async (t) => {
  await assertSnapshot(t, ratiosChart(...sandbox()));
});

Deno.test("samplesChart() counts failed samples and does not draw them", () => {
  const result = sampleResult();
  const [experiment] = result.experiments;
  assert(experiment !== undefined);
  const text = JSON.stringify(samplesChart(result, experiment, 800));
  assertStringIncludes(text, "3 failed and are not drawn");
  assertEquals(text.match(/"order":\d/g)?.length, 360 - 3);
  assert(!text.includes(`"value":null`));
});

Deno.test("renderCharts() names the charts and draws every arm that ran", async () => {
  const charts = chartList(await renderCharts(forDisplay(sampleResult()), 800));
  assertEquals(charts.map(({ name }) => name), [
    "storage-ratios",
    "storage-samples",
    "sandbox-storage-ratios",
    "sandbox-storage-samples",
    "contention-ratios",
    "contention-samples",
  ]);
  for (const arm of ["native-again", "container", "vm-ahci"]) {
    assertStringIncludes(charts[0]?.svg ?? "", `>${arm}</text>`);
  }
});

Deno.test("renderCharts() says on every chart of a dry run that it is one", async () => {
  for (const { svg, vega } of chartList(await renderCharts(forDisplay(sampleResult()), 800))) {
    assertStringIncludes(svg ?? JSON.stringify(vega), "SYNTHETIC");
  }
});

Deno.test("renderCharts() draws nothing when an experiment has no figures", async () => {
  const [result, experiment] = sandbox({ samples: [], ratios: [] });
  const { experiments } = await renderCharts({ ...result, experiments: [experiment] }, 800);
  assertEquals(experiments, [{ ratios: null, samples: null }]);
});

Deno.test("renderCharts() survives ratios without bounds, of zero and of one block", async () => {
  const one = { workload: "seq-read", arm: "sandbox", blocks: [] };
  const [result, experiment] = sandbox({
    ratios: [
      { ...one, n: 1, ratio: 3, low: null, high: null },
      { ...one, n: 2, ratio: 0.001, low: 0, high: 1 },
      { ...one, n: 0, ratio: null, low: null, high: null },
      { ...one, n: 4, ratio: 0, low: 0, high: 0 },
    ],
  });
  const { experiments } = await renderCharts({ ...result, experiments: [experiment] }, 800);
  assert(!/NaN|Infinity/.test(experiments[0]?.ratios?.svg ?? "NaN"));
});

Deno.test("renderCharts() gives a hostile experiment a harmless file name and text", async () => {
  for (const { name, svg } of chartList(await renderCharts(forDisplay(hostileResult()), 800))) {
    assert(/^[a-z0-9-]+$/.test(name), name);
    assert(!/<(script|img|b|i)\b/i.test(svg ?? ""));
  }
});

Deno.test("wrap() breaks between words and cuts what is longer than a line", () => {
  assertEquals(wrap("aa bb ccccccc", 5), ["aa bb", "ccccc"]);
});

Deno.test("logTicks() gives 1, 2 and 5 of every decade, inside the bounds only", () => {
  assertEquals(logTicks(0.05, 1.2), [0.05, 0.1, 0.2, 0.5, 1]);
  assertEquals(logTicks(3, 4), []);
  assertEquals(logTicks(90, 1000), [100, 200, 500, 1000]);
});

Deno.test("samplesChart() draws blocks that were set aside pale, in the unit of the workload", () => {
  const result = sampleResult();
  const [storage, , contention] = result.experiments;
  assert(storage !== undefined && contention !== undefined);
  const text = JSON.stringify(samplesChart(result, contention, 800));
  assertEquals(text.match(/"use":"set aside"/g)?.length, 3);
  assertStringIncludes(text, "3 are of blocks that were set aside: pale, and not used.");
  assertStringIncludes(text, `"title":"T/s"`);
  assert(!JSON.stringify(samplesChart(result, storage, 800)).includes("set aside"));
});
