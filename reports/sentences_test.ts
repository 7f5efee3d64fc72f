import { assertEquals } from "@std/assert";
import { INTERRUPTED_NOTE } from "../suites/cut_short.ts";
import { decidedInWords, neededInWords, tookInWords, warnings } from "./sentences.ts";
import { sampleResult } from "./testing/sample_result.ts";
import { duration } from "./units.ts";

Deno.test("decidedInWords() counts cells and facts apart", () => {
  const { en, zh } = decidedInWords(sampleResult().coverage);
  assertEquals(en, "10 of 227 cells and 2 of 32 facts are decided.");
  assertEquals(zh, "227 个单元格中已判定 10 个，32 条事实中已判定 2 条。");
});

const CASES: Record<string, [decides: number, needed: number]> = {
  "14 claims need nothing else that is known": [14, 14],
  "1 claim needs nothing else that is known, 2 more among other things": [1, 3],
  "2 claims need it among other things": [0, 2],
};
for (const [words, [decides, needed]] of Object.entries(CASES)) {
  Deno.test(`neededInWords() says "${words}"`, () => {
    const thing = { requirement: "iommu", decides, needed } as const;
    assertEquals(neededInWords(thing).en, words);
  });
}

Deno.test("tookInWords() tells of a run that was resumed, and does not count the time between", () => {
  const run = { startedAt: "2026-01-01T19:08:04Z", durationSeconds: 120 };
  const enOf = (endedAt: string | null) => tookInWords({ ...run, endedAt }).en;
  assertEquals(enOf("2026-01-01T19:10:05Z"), duration(120));
  assertEquals(enOf("2026-01-01T19:15:14Z"), `${duration(120)} in several parts`);
  assertEquals(enOf(null), duration(120));
});

Deno.test("warnings() tells of a run that did not come to its end, also where Ctrl-C ended it", () => {
  const { run } = sampleResult();
  const countOf = (changes: Partial<typeof run>) =>
    warnings({ run: { ...run, dryRun: null, ...changes }, baseline: null }).length;
  const counts = [{}, { endedAt: null }, { notes: [INTERRUPTED_NOTE] }].map(countOf);
  assertEquals(counts, [0, 1, 1]);
});
