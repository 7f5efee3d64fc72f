import { assertEquals } from "@std/assert";
import { type History } from "../history/history.ts";
import { nightsOf } from "../history/nights.ts";
import {
  addResult,
  type NightChanges,
  sampleNight,
  sampleRatio,
  withHistory,
} from "../history/testing/nights.ts";
import { type HostState, stateOf, summaryOf } from "./host_summary.ts";
import { suspectsInWords } from "./parts.ts";

const FACT = "03.2.2/fact/sysfs-procfs";
const SPEED = "11.3/io-performance/container";

const NIGHTS = 30;

function night(number: number, fact: "confirmed" | "refuted", fall: number): NightChanges {
  const ratio = fall * 0.97 * (1 + 0.004 * ((number * 7) % 5 - 2));
  const figures = { ratio, low: ratio * 0.99, high: ratio * 1.01 };
  return {
    verdicts: { [FACT]: fact, [SPEED]: fall < 1 ? "refuted" : "confirmed" },
    ratios: [sampleRatio({ arm: "container", ...figures })],
  };
}

/** The state after quiet nights, and one whose runs are given: the fact's verdict, and by what ratios fall. */
function stateAfter(
  history: History,
  runs: readonly (readonly [fact: "confirmed" | "refuted", fall: number])[],
): HostState {
  for (let number = 0; number < NIGHTS; number++) {
    addResult(history, sampleNight(number, night(number, "confirmed", 1)));
  }
  let first: number | null = null;
  let machine = "";
  for (const [index, [fact, fall]] of runs.entries()) {
    const number = NIGHTS + index / 10;
    const { run } = addResult(history, sampleNight(number, night(NIGHTS, fact, fall)), first);
    first ??= run.id;
    machine = run.machine;
  }
  const summary = summaryOf(nightsOf(history, machine), history.runs(machine));
  return stateOf({ summary, fleets: [] }, new Date(Date.UTC(2026, 0, 1 + NIGHTS, 12)));
}

const UNSETTLED: Record<string, [runs: Parameters<typeof stateAfter>[1], claims: string[]]> = {
  "one run alone looks otherwise": [[["refuted", 1]], [FACT]],
  "both runs of a night find a fall that is not shown yet": [
    [["confirmed", 0.5], ["confirmed", 0.5]],
    [SPEED],
  ],
  "a fact came out in two ways": [[["refuted", 1], ["confirmed", 1]], [FACT]],
  "a fact came out in two ways, the other one last": [[["confirmed", 1], ["refuted", 1]], [FACT]],
};
for (const [words, [runs, claims]] of Object.entries(UNSETTLED)) {
  Deno.test(`stateOf() calls claims suspected, not unchanged, when ${words}`, () =>
    withHistory((history) => {
      const state = stateAfter(history, runs);
      const suspects = { claims, series: [], repeated: runs.length > 1 };
      assertEquals(state, { kind: "suspect", suspects });
    }));
}

Deno.test("stateOf() finds no change when two runs agree with the nights before", () =>
  withHistory((history) => {
    assertEquals(stateAfter(history, [["confirmed", 1], ["confirmed", 1]]).kind, "no-change");
  }));

Deno.test("stateOf() tells a change when both runs of a night bear it out", () =>
  withHistory((history) => {
    assertEquals(stateAfter(history, [["refuted", 1], ["refuted", 1]]).kind, "changed");
  }));

Deno.test("suspectsInWords() counts claims and ratios, and says what a second run did", () => {
  const series = [{ experiment: "storage", workload: "rand-read", arm: "native-again" }];
  const words = [[["a"], []], [[], series], [["a", "b"], series]] as const;
  const texts = words.flatMap(([claims, series]) =>
    [false, true].map((repeated) => suspectsInWords({ claims, series, repeated }).en)
  );
  assertEquals(texts, [
    ...[
      "1 claim looks otherwise, not measured a second time that night",
      "1 claim not settled by both runs",
    ],
    ...[
      "1 ratio looks otherwise, not measured a second time that night",
      "1 ratio not settled by both runs",
    ],
    ...[
      "2 claims, 1 ratio look otherwise, not measured a second time that night",
      "2 claims, 1 ratio not settled by both runs",
    ],
  ]);
});
