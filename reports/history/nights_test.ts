import { assertEquals } from "@std/assert";
import { machineOf } from "../../suites/machine_identity.ts";
import { type Nights, nightsOf } from "./nights.ts";
import type { History } from "./history.ts";
import { addResult, sampleNight, sampleRatio, withHistory } from "./testing/nights.ts";

const KEY = machineOf(sampleNight(0).host).key;
const FACT = "03.2.2/fact/sysfs-procfs";
const CELL = "11.3/latency/vm";
const UNFINISHED = { endedAt: null, durationSeconds: 1 };

/** A night of one ratio and a cell's verdict. */
function night(number: number, ratio: number | null) {
  const interval = ratio === null ? {} : { low: ratio - 0.01, high: ratio + 0.01 };
  const n = ratio === null ? 0 : 12;
  return sampleNight(number, {
    ratios: [sampleRatio({ ratio, n, low: null, high: null, ...interval })],
  });
}

/** The medians of the only series, first and second of each night. */
function mediansOf({ series }: Nights): (number | undefined)[][] | undefined {
  return series[0]?.nights.map(({ first, second }) => [first?.ratio, second?.ratio]);
}

/** Adds a night's first run and, later in that night, what confirms it. */
function addPair(history: History, number: number, [first, second]: [number, number]): void {
  const { id } = addResult(history, night(number, first)).run;
  addResult(history, night(number + 0.1, second), id);
}

Deno.test("nightsOf() pairs each first run with the run that confirms it", () =>
  withHistory((history) => {
    addPair(history, 2, [0.8, 0.81]);
    addResult(history, night(0, 0.9));
    addResult(history, night(1, 0.91));
    const nights = nightsOf(history, KEY);
    assertEquals(mediansOf(nights), [[0.9, undefined], [0.91, undefined], [0.8, 0.81]]);
    assertEquals(nights.nights.map(({ first, second }) => second?.confirms === first.id), [
      ...[false, false, true],
    ]);
  }));

Deno.test("nightsOf() takes the first run that ended of those that confirm one", () =>
  withHistory((history) => {
    const { id } = addResult(history, night(0, 0.5)).run;
    const broken = { ...night(0.1, 0.9), run: { ...night(0.1, 0.9).run, ...UNFINISHED } };
    for (const result of [night(0.3, 0.7), broken, night(0.2, 0.6)]) addResult(history, result, id);
    assertEquals(mediansOf(nightsOf(history, KEY)), [[0.5, 0.6]]);
  }));

Deno.test("nightsOf() leaves out a first run that did not end, and what confirms it", () =>
  withHistory((history) => {
    const { id } = addResult(history, sampleNight(0, { run: UNFINISHED })).run;
    addResult(history, night(0.1, 0.7), id);
    addResult(history, night(1, 0.8));
    assertEquals(mediansOf(nightsOf(history, KEY)), [[0.8, undefined]]);
  }));

Deno.test("nightsOf() gives every list one place for each night, null where there is nothing", () =>
  withHistory((history) => {
    addResult(history, sampleNight(0, { verdicts: { [FACT]: "refuted" } }));
    addResult(history, sampleNight(1, { verdicts: { [CELL]: "confirmed" }, ratios: [] }));
    addResult(history, night(2, null));
    const { series, claims } = nightsOf(history, KEY);
    const firsts = [...series, ...claims].map(({ nights }) => nights.map(({ first }) => first));
    assertEquals(firsts.map((list) => list.map((first) => first !== null)), [
      ...[[true, false, false], [true, false, true], [false, true, true]],
    ]);
    assertEquals(claims[0]?.nights[0], { first: "refuted", second: null, byRatio: false });
    assertEquals(claims[1]?.nights[1], { first: "confirmed", second: null, byRatio: true });
  }));

Deno.test("nightsOf() takes a ratio without an interval for none", () =>
  withHistory((history) => {
    const ratios = [sampleRatio({ n: 2, low: null, high: null })];
    addResult(history, sampleNight(0, { ratios }));
    assertEquals(mediansOf(nightsOf(history, KEY)), [[undefined, undefined]]);
  }));

Deno.test("nightsOf() counts replays where a machine has nothing else", () =>
  withHistory((history) => {
    const dryRun = { fixture: "lab", recordedAt: "", recordedOn: "", synthetic: true };
    addResult(history, sampleNight(0, { run: { dryRun } }));
    assertEquals(nightsOf(history, KEY).nights.map(({ first }) => first.dryRun), ["lab"]);
    addResult(history, sampleNight(0));
    assertEquals(nightsOf(history, KEY).nights.map(({ first }) => first.dryRun), [null]);
  }));

Deno.test("nightsOf() has no nights when the machine has no runs", () =>
  withHistory((history) => {
    assertEquals(nightsOf(history, KEY), { nights: [], series: [], claims: [] });
  }));
