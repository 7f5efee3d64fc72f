import { assertEquals } from "@std/assert";
import { decidedInWords, neededInWords } from "./sentences.ts";
import { sampleResult } from "./testing/sample_result.ts";

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
