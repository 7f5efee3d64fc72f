import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { gunzipSync } from "node:zlib";
import { Problem } from "../../problem.ts";
import { INTERRUPTED_NOTE } from "../../suites/cut_short.ts";
import type { Result } from "../../suites/result.ts";
import { machineOf } from "../../suites/machine_identity.ts";
import { History } from "./history.ts";
import {
  addResult,
  sampleNight,
  sampleRatio,
  textOf,
  withFolder,
  withHistory,
} from "./testing/nights.ts";

const KEY = machineOf(sampleNight(0).host).key;
const RUN = sampleNight(0).run;

/** Everything that a history tells, but for the ids that it gave. */
function told(history: History): unknown {
  return history.machines().map(({ key, ...machine }) => {
    const runs = new Map(history.runs(key).map(({ id, ...run }) => [id, run]));
    const startOf = ({ run, ...point }: { run: number }) => [runs.get(run)?.startedAt, point];
    return {
      ...{ key, ...machine, runs: [...runs.values()] },
      texts: [...runs.keys()].map((id) => history.resultText(id)),
      verdicts: history.verdicts(key).map(({ claim, points }) => [claim, points.map(startOf)])
        .sort(),
      series: history.series(key).map(({ points, ...names }) => [names, points.map(startOf)]),
    };
  });
}

Deno.test("add() keeps what a night was, and what came out", () =>
  withHistory((history) => {
    const result = sampleNight(3);
    const { run, isNew } = addResult(history, result);
    const { version, startedAt, endedAt, durationSeconds, thresholds } = result.run;
    const { firmware, gpuDriver, kernel, os } = result.host;
    assertEquals([run, isNew], [{
      ...{ id: run.id, machine: KEY, startedAt, endedAt, durationSeconds, version, thresholds },
      configuration: { firmware, gpuDriver, kernel, os },
      ...{ selection: [], confirms: null, dryRun: null, synthetic: false },
      counts: { confirmed: 1, refuted: 0, inconclusive: 0, untested: 1, error: 0, editorial: 0 },
    }, true]);
    assertEquals(history.run(run.id), run);
  }));

Deno.test("resultText() gives the text to the last byte, and compressed() its gzip", () =>
  withHistory((history) => {
    const text = `${JSON.stringify(sampleNight(0))}   \n\u{1f600}`;
    const { run } = history.add(text, sampleNight(0), { confirms: null });
    assertEquals(history.resultText(run.id), text);
    assertEquals(gunzipSync(history.compressed(run.id)).toString(), text);
    assertThrows(() => history.resultText(run.id + 1), Problem, "no such run");
  }));

Deno.test("verdicts() and series() go by time, whatever the order of adding", () =>
  withHistory((history) => {
    const ids = [2, 0, 1].map((night) => addResult(history, sampleNight(night)).run.id);
    const inTime = [ids[1], ids[2], ids[0]];
    const [latency, fact] = history.verdicts(KEY);
    assertEquals(latency?.points.map(({ run }) => run), inTime);
    assertEquals(fact?.points[0], { run: ids[1] ?? 0, verdict: "untested", byRatio: false });
    assertEquals(latency?.points[0]?.byRatio, true);
    const [series] = history.series(KEY);
    assertEquals(series?.points.map(({ run }) => run), inTime);
    assertEquals(history.runs(KEY).map(({ id }) => id), inTime);
  }));

Deno.test("series() leaves out a ratio that there is not, and keeps one without an interval", () =>
  withHistory((history) => {
    const none = sampleRatio({ arm: "container", n: 0, ratio: null, low: null, high: null });
    const short = sampleRatio({ n: 2, low: null, high: null });
    const { run } = addResult(history, sampleNight(0, { ratios: [none, short] }));
    assertEquals(history.series(KEY), [{
      ...{ experiment: "storage", workload: "rand-read", arm: "vm-virtio" },
      points: [{ run: run.id, ratio: 0.97, low: null, high: null, n: 2 }],
    }]);
  }));

Deno.test("add() tells the same when results come in another order, and twice", () =>
  withFolder((folder) => {
    const nights = Array.from({ length: 3 }, (_, night) => [
      sampleNight(night, { run: { endedAt: null, durationSeconds: 5 } }),
      sampleNight(night, { host: { hostname: "b", kernel: `6.${night}` } }),
      sampleNight(night),
    ]).flat();
    using inOrder = History.open(`${folder}/in-order`, { create: true });
    for (const result of nights) addResult(inOrder, result);
    const orders = fc.shuffledSubarray([...nights, ...nights], { minLength: nights.length * 2 });
    let count = 0;
    fc.assert(
      fc.property(orders, (results) => {
        using history = History.open(`${folder}/${count++}`, { create: true });
        for (const result of results) addResult(history, result);
        assertEquals(told(history), told(inOrder));
      }),
      { numRuns: 5 },
    );
  }));

const UNFINISHED = { endedAt: null, durationSeconds: 60 };

Deno.test("add() puts a finished result in the place of an unfinished one of the run", () =>
  withHistory((history) => {
    const before = sampleNight(0, { run: UNFINISHED, verdicts: { "11.3/latency/vm": "error" } });
    const { run: { id } } = addResult(history, before);
    const { run, isNew, replaced } = addResult(history, sampleNight(0));
    assertEquals([run.id, run.endedAt, isNew, replaced], [id, RUN.endedAt, true, true]);
    assertEquals(history.resultText(id), textOf(sampleNight(0)));
    assertEquals(history.verdicts(KEY).map(({ points }) => points.length), [1, 1]);
  }));

const INTERRUPTED = {
  endedAt: new Date(Date.parse(RUN.startedAt) + 60_000).toISOString(),
  durationSeconds: 60,
  notes: [INTERRUPTED_NOTE],
};
const SHORTER: Record<string, [run: Partial<Result["run"]>, endedAt: string | null]> = {
  "was interrupted": [INTERRUPTED, null],
  "its budget cut": [{ ...INTERRUPTED, notes: [] }, INTERRUPTED.endedAt],
};
for (const [words, [run, endedAt]] of Object.entries(SHORTER)) {
  Deno.test(`add() puts a resumed result in the place of one that ${words}, whichever comes first`, () =>
    withHistory((history) => {
      const [short, whole] = [sampleNight(0, { run }), sampleNight(0)];
      assertEquals(addResult(history, short).run.endedAt, endedAt);
      assertEquals(addResult(history, whole).replaced, true);
      assertEquals(addResult(history, short).isNew, false);
      assertEquals(history.resultText(1), textOf(whole));
    }));
}

const LESS: Record<string, [there: Partial<Result["run"]>, then: Partial<Result["run"]>]> = {
  "an unfinished result after the finished one": [{}, UNFINISHED],
  "an unfinished result after a longer one": [
    UNFINISHED,
    { endedAt: null, durationSeconds: 30 },
  ],
};
for (const [words, [there, then]] of Object.entries(LESS)) {
  Deno.test(`add() changes nothing when it is given ${words}`, () =>
    withHistory((history) => {
      addResult(history, sampleNight(0, { run: there }));
      const before = told(history);
      const { isNew, replaced } = addResult(history, sampleNight(0, { run: then }));
      assertEquals([isNew, replaced, told(history)], [false, false, before]);
    }));
}

Deno.test("add() refuses a second end of one run, such as one that was judged again", () =>
  withHistory((history) => {
    addResult(history, sampleNight(0));
    const before = told(history);
    const again = sampleNight(0, { verdicts: { "11.3/latency/vm": "refuted" } });
    assertThrows(() => addResult(history, again), Problem, "another result of the same run");
    assertEquals(told(history), before);
  }));

Deno.test("add() takes a replay for a run of its own, and marks it", () =>
  withHistory((history) => {
    const dryRun = { fixture: "lab", recordedAt: "", recordedOn: "", synthetic: true };
    addResult(history, sampleNight(0));
    const { run } = addResult(history, sampleNight(0, { run: { dryRun } }));
    assertEquals([run.dryRun, run.synthetic, history.runs(KEY).length], ["lab", true, 2]);
  }));

const IMPOSSIBLE: Record<string, [condition: string, Result]> = {
  "a claim twice": [
    "stands twice",
    { ...sampleNight(1), claims: [...sampleNight(1).claims, ...sampleNight(1).claims] },
  ],
  "a ratio twice": ["stands twice", sampleNight(1, { ratios: [sampleRatio(), sampleRatio()] })],
  "no time": ["when its run was", sampleNight(1, { run: { startedAt: "tonight" } })],
};
for (const [words, [condition, result]] of Object.entries(IMPOSSIBLE)) {
  Deno.test(`add() refuses a result that has ${words}, and keeps nothing of it`, () =>
    withHistory((history) => {
      addResult(history, sampleNight(0));
      const before = told(history);
      assertThrows(() => addResult(history, result), Problem, condition);
      assertEquals(told(history), before);
    }));
}

const NOW = new Date("2026-01-05T00:00:00Z");

Deno.test("add() refuses a run that starts more than a day after now, and keeps nothing of it", () =>
  withHistory((history) => {
    const add = (startedAt: string) => {
      const result = sampleNight(0, { run: { startedAt, endedAt: null } });
      return history.add(textOf(result), result, { confirms: null, now: NOW });
    };
    const error = assertThrows(() => add("2026-01-06T00:00:00.001Z"), Problem, "a day after now");
    assertStringIncludes(error.message, "Set the clock");
    assertThrows(() => add("2099-01-01T00:00:00Z"), Problem);
    assertEquals(history.machines(), []);
    assertEquals(add("2026-01-06T00:00:00.000Z").isNew, true);
  }));

Deno.test("add() takes names for names when they are made to be something else", () =>
  withHistory((history) => {
    const nasty = `'; DROP TABLE runs; --\0\ud800`;
    const result = sampleNight(0, {
      host: { hostname: nasty, kernel: nasty, gpus: null },
      run: { selection: [nasty] },
      verdicts: { [nasty]: "refuted" },
      ratios: [sampleRatio({ workload: nasty })],
    });
    const { run } = addResult(history, result);
    const kept = `'; DROP TABLE runs; --\ufffd\ufffd`;
    const [{ claim } = {}] = history.verdicts(run.machine);
    const [{ workload } = {}] = history.series(run.machine);
    const [{ hostname } = {}] = history.machines();
    assertEquals([claim, workload, hostname, run.configuration.kernel], Array(4).fill(kept));
    assertEquals(history.find(result)?.id, run.id);
  }));

Deno.test("find() finds a run by any of its results, and none that was never added", () =>
  withHistory((history) => {
    const { run } = addResult(history, sampleNight(0));
    assertEquals(history.find(sampleNight(0, { run: UNFINISHED }))?.id, run.id);
    assertEquals(history.find(sampleNight(1)), null);
    assertEquals(history.run(run.id + 1), null);
  }));

Deno.test("machines() names the machine that had the hostname before the hardware changed", () =>
  withHistory((history) => {
    const hosts = {
      old: { cpuModel: "Old" },
      other: { hostname: "other" },
      now: { cpuModel: "New", cpuCount: 8 },
    };
    const keys = Object.values(hosts).map((host, night) =>
      addResult(history, sampleNight(night, { host })).run.machine
    );
    addResult(history, sampleNight(9, { host: hosts.old }));
    const [old, other, now] = keys;
    const machines = history.machines();
    const found = machines.map(({ key, runs, predecessor }) => [key, runs, predecessor]);
    assertEquals(found, [[other, 1, null], [old, 2, null], [now, 1, old]]);
    const changes = ["processor Old -> New", "processors 16 -> 8"];
    assertEquals(machines.map(({ hardwareChanges }) => hardwareChanges), [[], [], changes]);
  }));

Deno.test("machines() tells of none when nothing was added", () =>
  withHistory((history) => {
    assertEquals([history.machines(), history.runs(KEY), history.verdicts(KEY)], [[], [], []]);
    assert(history.series(KEY).length === 0);
  }));

Deno.test("fingerprints() changes with what a run tells, and with nothing else", () =>
  withHistory((history) => {
    const first = addResult(history, sampleNight(0)).run.id;
    const second = addResult(history, sampleNight(1, { run: UNFINISHED })).run.id;
    const before = history.fingerprints(KEY);
    addResult(history, sampleNight(0));
    assertEquals(history.fingerprints(KEY), before);
    addResult(history, sampleNight(1));
    const ended = history.fingerprints(KEY);
    addResult(history, sampleNight(1), first);
    const linked = history.fingerprints(KEY);
    assertEquals(
      [ended, linked].map((prints) => prints.get(first)),
      Array(2).fill(before.get(first)),
    );
    assertEquals(new Set([before, ended, linked].map((prints) => prints.get(second))).size, 3);
  }));
