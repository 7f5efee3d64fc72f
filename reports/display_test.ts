import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { displayText, forDisplay, thinSamples } from "./display.ts";
import { hostileResult } from "./testing/hostile_result.ts";
import { sampleResult } from "./testing/sample_result.ts";

Deno.test("displayText() folds white space and replaces controls and marks that reorder text", () => {
  assertEquals(displayText(" a\n\tb "), "a b");
  assertEquals(displayText("\u001b[31m\u202ex\u0000"), "�[31m�x�");
  assertEquals(displayText("\ud800"), "�");
});

Deno.test("displayText() shows what nobody would see, so that no two names look alike", () => {
  const unseen = [
    "\u00ad",
    "\u200b",
    "\u200d",
    "\u2060",
    "\u3164",
    "\ufff9",
    "\u{e0041}",
    "\u180e",
  ];
  for (const mark of unseen) {
    assertEquals([displayText(`h${mark}`), displayText(`${mark}h`)], ["h�", "�h"]);
  }
  assertEquals(displayText("节点 é ñ 😀 gpu·1"), "节点 é ñ 😀 gpu·1");
});

Deno.test("displayText() never exceeds its limit, is well formed and stable", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 50 }), (text, longest) => {
      const shown = displayText(text, longest);
      assert(shown.length <= longest + 1);
      assert(shown.isWellFormed());
      assertEquals(displayText(shown, longest + 1), shown);
    }),
  );
});

Deno.test("forDisplay() leaves a harmless result's figures and texts as they are", () => {
  const [shown, result] = [forDisplay(sampleResult()), sampleResult()];
  assertEquals(shown.claims, result.claims);
  assertEquals(shown.host, result.host);
  assertEquals(shown.probes, result.probes);
  assertEquals(shown.coverage, result.coverage);
});

Deno.test("forDisplay() bounds texts and lists", () => {
  const limits = { longestText: 10, mostRows: 1, mostPoints: 1 };
  const shown = forDisplay(hostileResult(() => "x".repeat(100)), limits);
  assertEquals(shown.run.notes, ["xxxxxxxxxx…"]);
  assertEquals(shown.experiments.length, 1);
  const [probe] = shown.probes;
  assertEquals([probe?.observations.length, probe?.observations[0]?.controls.length], [1, 1]);
  assertEquals(shown.coverage.missing.length, 1);
});

Deno.test("thinSamples() keeps whole blocks", () => {
  const [experiment] = sampleResult().experiments;
  assert(experiment !== undefined);
  assertEquals(thinSamples(experiment, 1000), experiment.samples);
  const blocks = Map.groupBy(thinSamples(experiment, 100), ({ block }) => block);
  assertEquals([...blocks.keys()], [0, 4, 8]);
  assertEquals(new Set([...blocks.values()].map(({ length }) => length)), new Set([30]));
});
