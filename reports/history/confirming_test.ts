import { assertEquals, assertThrows } from "@std/assert";
import { Problem } from "../../problem.ts";
import type { History } from "./history.ts";
import { addResult, type NightChanges, sampleNight, withHistory } from "./testing/nights.ts";

const DRY_RUN = { fixture: "lab", recordedAt: "", recordedOn: "", synthetic: true };

/** A history of a first run in the night of number 1, and that run's id. */
function withFirst(test: (history: History, first: number) => void): Promise<void> {
  return withHistory((history) => test(history, addResult(history, sampleNight(1)).run.id));
}

Deno.test("add() keeps which run it confirms, also when that is said later", () =>
  withFirst((history, first) => {
    assertEquals(addResult(history, sampleNight(1.1), first).run.confirms, first);
    addResult(history, sampleNight(1.2));
    const { run, isNew } = addResult(history, sampleNight(1.2), first);
    assertEquals([run.confirms, isNew], [first, false]);
    assertEquals(addResult(history, sampleNight(1.2)).run.confirms, first);
  }));

Deno.test("add() keeps what an unfinished run confirms when its end is added", () =>
  withFirst((history, first) => {
    const unfinished = sampleNight(1.1, { run: { endedAt: null, durationSeconds: 1 } });
    addResult(history, unfinished, first);
    assertEquals(addResult(history, sampleNight(1.1)).run.confirms, first);
  }));

Deno.test("add() keeps what confirms an unfinished run when its end is added", () =>
  withHistory((history) => {
    const run = { endedAt: null, durationSeconds: 1 };
    const first = addResult(history, sampleNight(1, { run })).run.id;
    const second = addResult(history, sampleNight(1.1), first).run.id;
    assertEquals(addResult(history, sampleNight(1)).run.id, first);
    assertEquals(history.run(second)?.confirms, first);
  }));

const REFUSED: Record<string, [night: number, changes: NightChanges]> = {
  "it is of another machine": [1.1, { host: { hostname: "other" } }],
  "replays a recorded host": [1.1, { run: { dryRun: DRY_RUN } }],
  "it did not start before this one": [0.9, {}],
  "judged by other thresholds": [1.1, { run: { thresholds: { high: 0.6, medium: 0.2 } } }],
  "another version of cellproof": [1.1, { run: { version: "99.0.0" } }],
};
for (const [condition, [night, changes]] of Object.entries(REFUSED)) {
  Deno.test(`add() refuses to let a run confirm one when ${condition}`, () =>
    withFirst((history, first) => {
      const result = sampleNight(night, changes);
      assertThrows(() => addResult(history, result, first), Problem, condition);
      assertEquals(history.find(result), null);
    }));
}

Deno.test("add() refuses to let a run confirm one that is not there, or itself", () =>
  withFirst((history, first) => {
    assertThrows(() => addResult(history, sampleNight(2), first + 1), Problem, "no such run");
    assertThrows(() => addResult(history, sampleNight(1), first), Problem, "did not start before");
  }));

Deno.test("add() refuses chains of runs that confirm each other", () =>
  withFirst((history, first) => {
    const second = addResult(history, sampleNight(1.1), first).run.id;
    assertThrows(() => addResult(history, sampleNight(1.2), second), Problem, "another run itself");
    const earlier = addResult(history, sampleNight(0)).run.id;
    assertThrows(
      () => addResult(history, sampleNight(1), earlier),
      Problem,
      "confirmed by another",
    );
    assertThrows(
      () => addResult(history, sampleNight(1.1), earlier),
      Problem,
      "another run already",
    );
  }));

Deno.test("add() refuses to let a run confirm one when the machine's next night has begun", () =>
  withFirst((history, first) => {
    addResult(history, sampleNight(2));
    assertThrows(() => addResult(history, sampleNight(3), first), Problem, "next night began");
    assertEquals(addResult(history, sampleNight(1.9), first).run.confirms, first);
  }));

Deno.test("add() lets a run confirm one when what came between was no night of the machine", () =>
  withFirst((history, first) => {
    addResult(history, sampleNight(1.1, { run: { endedAt: null } }));
    addResult(history, sampleNight(1.2, { run: { dryRun: DRY_RUN } }));
    addResult(history, sampleNight(1.3, { host: { hostname: "other" } }));
    addResult(history, sampleNight(1.4), first);
    assertEquals(addResult(history, sampleNight(1.5), first).run.confirms, first);
  }));
