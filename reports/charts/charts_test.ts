import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { SaxesParser } from "saxes";
import type { Experiment, Result } from "../../suites/result.ts";
import { forDisplay } from "../display.ts";
import { hostileResult } from "../testing/hostile_result.ts";
import { sampleResult } from "../testing/sample_result.ts";
import { chartList, type ChartOptions, type ExperimentCharts, renderCharts } from "./charts.ts";
import { type RenderedChart, standaloneSvg } from "./render.ts";

const ALL: ChartOptions = { mostPoints: 800 };

async function chartsOf(result: Result, options = ALL): Promise<RenderedChart[]> {
  return chartList(await renderCharts(forDisplay(result), options));
}

const SAMPLE = chartsOf(sampleResult());
const HOSTILE = chartsOf(hostileResult());

/** The charts of the sample's experiment on the sandbox with something changed. */
async function sandboxCharts(change: Partial<Experiment>): Promise<ExperimentCharts> {
  const result = sampleResult();
  const experiment = result.experiments[1];
  assert(experiment !== undefined);
  const changed = { ...result, experiments: [{ ...experiment, ...change }] };
  const [charts] = (await renderCharts(changed, ALL)).experiments;
  assert(charts !== undefined);
  return charts;
}

Deno.test("renderCharts() names the charts and draws every arm that ran", async () => {
  const charts = await SAMPLE;
  assertEquals(charts.map(({ name }) => name), [
    "verdicts",
    "coverage",
    "topology",
    "storage-ratios",
    "storage-samples",
    "storage-latency",
    "sandbox-storage-ratios",
    "sandbox-storage-samples",
    "contention-ratios",
    "contention-samples",
  ]);
  const ratios = charts.find(({ name }) => name === "storage-ratios");
  for (const arm of ["native-again", "container", "vm-ahci"]) {
    assertStringIncludes(ratios?.svg ?? "", `>${arm}</text>`);
  }
});

Deno.test("renderCharts() says on every chart of a dry run that it is one", async () => {
  for (const { svg } of await SAMPLE) {
    assertStringIncludes(svg ?? "", "SYNTHETIC");
  }
});

Deno.test("renderCharts() only compiles what the page does not hold when it is for the page", async () => {
  for (const { svg, inline } of await chartsOf(sampleResult(), { ...ALL, pageOnly: true })) {
    assertEquals(svg !== null, inline);
  }
});

Deno.test("renderCharts() draws nothing when an experiment has no figures", async () => {
  const charts = await sandboxCharts({ samples: [], ratios: [] });
  assertEquals(charts, { ratios: null, samples: null, latency: null });
});

Deno.test("renderCharts() survives ratios without bounds, of zero and of one block", async () => {
  const one = { workload: "seq-read", arm: "sandbox", blocks: [] };
  const { ratios } = await sandboxCharts({
    ratios: [
      { ...one, n: 1, ratio: 3, low: null, high: null },
      { ...one, n: 2, ratio: 0.001, low: 0, high: 1 },
      { ...one, n: 0, ratio: null, low: null, high: null },
      { ...one, n: 4, ratio: 0, low: 0, high: 0 },
    ],
  });
  assert(!/NaN|Infinity/.test(ratios?.svg ?? "NaN"));
});

Deno.test("renderCharts() gives a hostile experiment a harmless file name and text", async () => {
  for (const { name, svg } of await HOSTILE) {
    assert(/^[a-z0-9-]+$/.test(name), name);
    assert(!/<(script|img|b|i)\b/i.test(svg ?? ""));
  }
});

Deno.test("renderCharts() draws well-formed XML of a bounded size, whatever the host wrote", async () => {
  const long = hostileResult((index) => `${index} \u202e\u0000<b>&\ud800${"名".repeat(1e5)}`);
  for (const { svg } of [...await HOSTILE, ...await chartsOf(long)]) {
    const parser = new SaxesParser();
    parser.on("error", (error) => {
      throw error;
    });
    parser.write(standaloneSvg(svg ?? "")).close();
    assert((svg ?? "").length < 400_000);
  }
});

Deno.test("standaloneSvg() puts a white background behind everything", async () => {
  const [heatmap] = await SAMPLE;
  const file = standaloneSvg(heatmap?.svg ?? "");
  assert(/^<svg [^>]*><rect width="100%" height="100%" fill="#fff"\/><g/.test(file));
});
