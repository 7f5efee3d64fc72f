import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { assertSnapshot } from "@std/testing/snapshot";
import { CLAIMS } from "../../suites/claims/claims.ts";
import { VERDICTS } from "../../suites/result.ts";
import { sampleResult } from "../testing/sample_result.ts";
import { trimmed } from "../testing/trimmed.ts";
import { FACES } from "../verdicts.ts";
import { coverageChart } from "./coverage.ts";
import { heatmapChart } from "./heatmap.ts";
import { renderChart } from "./render.ts";

Deno.test("heatmapChart() draws the sample", async (t) => {
  await assertSnapshot(t, trimmed(heatmapChart(sampleResult())));
});

Deno.test("heatmapChart() has a square for every claim, each at a place of its own", () => {
  const { data } = heatmapChart(sampleResult());
  const { values } = data as { values: { id: string; line: string; place: number }[] };
  assertEquals(values.map(({ id }) => id), CLAIMS.map(({ id }) => id));
  assertEquals(new Set(values.map(({ line, place }) => `${line} ${place}`)).size, CLAIMS.length);
});

Deno.test("heatmapChart() shows each verdict by its symbol, also without its colour", async () => {
  const { svg } = await renderChart({ name: "", description: "" }, heatmapChart(sampleResult()));
  for (const { verdict } of sampleResult().claims) {
    assertStringIncludes(svg ?? "", `>${FACES[verdict].symbol}</text>`);
  }
});

Deno.test("heatmapChart() tells claims that were not asked for from untested ones", () => {
  const result = sampleResult();
  const text = JSON.stringify(heatmapChart({ ...result, claims: result.claims.slice(1) }));
  assertEquals(text.match(/"verdict":"not asked for"/g)?.length, 1);
});

Deno.test("coverageChart() draws the sample", async (t) => {
  await assertSnapshot(t, trimmed(coverageChart(sampleResult())));
});

Deno.test("coverageChart() has segments that add up to the claims of each matrix", () => {
  const { coverage } = sampleResult();
  const { data } = coverageChart(sampleResult());
  const { values } = data as { values: { from: number; to: number; claims: number }[] };
  assert(values.every(({ from, to, claims }) => to - from === claims && claims > 0));
  const counted = coverage.matrices.flatMap(({ verdicts }) => VERDICTS.map((one) => verdicts[one]));
  assertEquals(
    values.reduce((sum, { claims }) => sum + claims, 0),
    counted.reduce((sum, claims) => sum + claims, 0),
  );
});
