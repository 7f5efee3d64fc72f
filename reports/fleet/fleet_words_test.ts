import { assertEquals, assertStringIncludes } from "@std/assert";
import { repeatedFleet, sampleFleet } from "../testing/sample_fleet.ts";
import { carriedInWords, failedFirst, noOutlierSaid } from "./fleet_words.ts";

const MANY = { ...repeatedFleet(200), outliers: [] };

Deno.test("noOutlierSaid() counts the hosts that were compared, however many are of one make", () => {
  assertEquals(
    noOutlierSaid({ ...MANY, mostCompared: 10 })?.en,
    "Not looked for: it takes 15 judged hosts of one make with usable ratios of the same work; " +
      "here are 10 at most.",
  );
  assertStringIncludes(noOutlierSaid({ ...MANY, mostCompared: 0 })?.en ?? "", "here are 0 at most");
  assertEquals(noOutlierSaid({ ...MANY, mostCompared: 15 }), null);
});

Deno.test("noOutlierSaid() counts the hosts of the largest make when nobody told what was compared", () => {
  assertEquals(noOutlierSaid(MANY), null);
  const few = noOutlierSaid({ ...sampleFleet(), outliers: [] });
  assertStringIncludes(few?.en ?? "", "here are 5 at most");
});

Deno.test("noOutlierSaid() is null when there is an outlier, or no host has figures", () => {
  assertEquals(noOutlierSaid({ ...sampleFleet(), mostCompared: 5 }), null);
  assertEquals(noOutlierSaid({ ...MANY, mostCompared: 0, claims: [] }), null);
});

Deno.test("failedFirst() puts links without figures before the others", () => {
  const { links } = sampleFleet();
  assertEquals(failedFirst(links).map(({ from }) => from), ["gpu-003", "gpu-001", "gpu-002"]);
  assertEquals(failedFirst(links).map(carriedInWords), [
    null,
    "46.1 GB/s – 46.4 GB/s",
    "45.9 GB/s – 46.3 GB/s",
  ]);
});
