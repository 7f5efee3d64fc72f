import { assert, assertEquals } from "@std/assert";
import { forDisplay } from "../display.ts";
import { hostileResult } from "../testing/hostile_result.ts";
import { sampleResult } from "../testing/sample_result.ts";
import { panelData } from "./panel_data.ts";

Deno.test("panelData() names the arms and workloads of a claim on speed", () => {
  const { claims } = panelData(sampleResult(), 100);
  const subjects = claims["11.3/io-performance/container"]?.subjects ?? [];
  assert(
    subjects.some(({ experiment, arms, workloads }) =>
      experiment === "storage" && arms.includes("container") && workloads.length > 0
    ),
  );
  assertEquals(claims["11.4/isolation-strength/vm"]?.subjects, []);
});

Deno.test("panelData() keeps every sample's texts, and says how many it left out", () => {
  const result = sampleResult();
  const [first] = result.experiments;
  assert(first !== undefined);
  const all = panelData(result, 1000).experiments[first.name];
  const few = panelData(result, 5).experiments[first.name];
  const counted = Object.values(few?.counts ?? {}).reduce((sum, count) => sum + count, 0);
  assertEquals([all?.samples.length, counted], [first.samples.length, first.samples.length]);
  assert((few?.samples.length ?? 99) <= 5);
  const [order, block, ...places] = all?.samples[0] ?? [];
  const [sample] = first.samples;
  assertEquals([order, block], [sample?.order, sample?.block]);
  const [workload, arm] = places.map((place) => all?.texts[place]);
  assertEquals([workload, arm], [sample?.workload, sample?.arm]);
});

Deno.test("panelData() escapes what becomes markup", () => {
  const { claims } = panelData(forDisplay(hostileResult()), 100);
  for (const { more } of Object.values(claims)) assert(!/<(script|img|style)/i.test(more));
});
