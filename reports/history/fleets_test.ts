import { assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { DatabaseSync } from "node:sqlite";
import { Problem } from "../../problem.ts";
import type { FleetRequest, FleetResult } from "../../suites/fleet/fleet_result.ts";
import { ATTACKS } from "../testing/hostile_result.ts";
import { sampleFleet } from "../testing/sample_fleet.ts";
import type { History } from "./history.ts";
import type { FleetAddition } from "./stored.ts";
import { sampleNight, textOf, withHistory } from "./testing/nights.ts";

const SAMPLE = sampleFleet();
const NOW = new Date("2025-06-01T00:00:00Z");

/** What a merge differs in. */
interface MergeChanges extends Partial<Omit<FleetResult, "request">> {
  readonly request?: Partial<FleetRequest> | null;
}

function merge({ request = {}, ...changes }: MergeChanges = {}): FleetResult {
  const { request: sample } = SAMPLE;
  const requested = request === null || sample === null ? null : { ...sample, ...request };
  return { ...SAMPLE, ...changes, request: requested };
}

function add(history: History, fleet: FleetResult): FleetAddition {
  return history.addFleet(JSON.stringify(fleet), fleet, NOW);
}

Deno.test("addFleet() keeps what a fleet was, its hosts and its text", () =>
  withHistory((history) => {
    const { fleet, isNew } = add(history, merge());
    const { request, startedAt, endedAt, mergedAt, kind, states } = fleet;
    assertEquals([isNew, history.fleets()], [true, [fleet]]);
    assertEquals(request, { scheduler: "slurm", cluster: "example-cluster", partition: "gpu" });
    assertEquals([startedAt, endedAt, mergedAt, kind], [
      "2025-01-02T03:04:05.000Z",
      "2025-01-02T04:10:00.000Z",
      "2025-01-02T05:00:00.000Z",
      "synthetic",
    ]);
    assertEquals([states.measured, states.died, states.nothing, states.unavailable], [8, 1, 2, 1]);
    assertEquals(history.fleetText(fleet.id), JSON.stringify(merge()));
  }));

Deno.test("fleetHosts() tells of each host in order, and of those that returned nothing as of such", () =>
  withHistory((history) => {
    const hosts = history.fleetHosts(add(history, merge()).fleet.id);
    assertEquals(hosts.map(({ name }) => name), SAMPLE.hosts.map(({ name }) => name));
    const [first, died] = ["gpu-001", "gpu-017"].map((name) =>
      hosts.find((host) => host.name === name)
    );
    assertEquals(first?.run?.hostname, "gpu-001.example");
    assertEquals([died?.state, died?.run], ["died", null]);
    assertMatch(died?.because ?? "", /NODE_FAIL/);
    assertEquals(history.fleetHosts("another"), []);
  }));

const ENDED = { endedAt: "2025-01-02T04:10:00Z" };
const RUNNING = { endedAt: null };
const EARLY = "2025-01-02T05:00:00Z";
const LATE = "2025-01-02T06:00:00Z";

type Merge = [request: Partial<FleetRequest>, mergedAt: string];
const WAYS: Record<string, [there: Merge, then: Merge, replaced: boolean]> = {
  "a later merge": [[ENDED, EARLY], [ENDED, LATE], true],
  "a merge that knows the end, though it is earlier": [[RUNNING, LATE], [ENDED, EARLY], true],
  "an earlier merge": [[ENDED, LATE], [ENDED, EARLY], false],
  "a later merge that does not know the end": [[ENDED, EARLY], [RUNNING, LATE], false],
};
for (const [words, [there, then, replaced]] of Object.entries(WAYS)) {
  Deno.test(`addFleet() ${replaced ? "makes way for" : "is not impressed by"} ${words}`, () =>
    withHistory((history) => {
      const [before, after] = [there, then].map(([request, mergedAt], index) =>
        merge({ request, mergedAt, hosts: SAMPLE.hosts.slice(index) })
      );
      add(history, before ?? SAMPLE);
      const done = add(history, after ?? SAMPLE);
      assertEquals([done.isNew, done.replaced], [replaced, replaced]);
      const kept = replaced ? after : before;
      assertEquals(history.fleetText(done.fleet.id), JSON.stringify(kept));
      assertEquals(history.fleetHosts(done.fleet.id).length, kept?.hosts.length);
      assertEquals(history.fleets().length, 1);
    }));
}

Deno.test("addFleet() changes nothing when it has this very merge", () =>
  withHistory((history) => {
    add(history, merge());
    const { isNew, replaced } = add(history, merge());
    assertEquals([isNew, replaced, history.fleets().length], [false, false, 1]);
  }));

Deno.test("addFleet() knows a fleet that was merged by hand by its hosts' runs", () =>
  withHistory((history) => {
    const first = add(history, merge({ request: null })).fleet;
    const again = add(history, merge({ request: null, mergedAt: LATE }));
    assertEquals([again.fleet.id, again.replaced], [first.id, true]);
    const fewer = add(history, merge({ request: null, hosts: SAMPLE.hosts.slice(1) })).fleet;
    const live = { ...SAMPLE.common, kind: "live" as const } as FleetResult["common"];
    const measured = add(history, merge({ request: null, common: live })).fleet;
    assertEquals(new Set([first.id, fewer.id, measured.id]).size, 3);
    assertMatch(first.id, /^[0-9a-f]{16}$/);
    assertEquals([first.request, first.startedAt], [null, "2025-01-02T03:10:00.000Z"]);
  }));

Deno.test("fleets() goes by time, whatever the order of adding", () =>
  withHistory((history) => {
    const starts = ["2025-03-01T00:00:00.000Z", "2025-01-01T00:00:00.000Z"];
    for (const submittedAt of starts) {
      add(history, merge({ request: { id: submittedAt, submittedAt } }));
    }
    assertEquals(history.fleets().map(({ startedAt }) => startedAt), starts.toReversed());
  }));

const REFUSED: Record<string, [condition: string, changes: MergeChanges]> = {
  "was merged on a day to come": ["a day after now", { mergedAt: "2025-06-02T00:00:00.001Z" }],
  "does not tell when it was submitted": ["when it was", { request: { submittedAt: "soon" } }],
  "does not tell when it ended": ["when it was", { request: { endedAt: "" } }],
};
for (const [words, [condition, changes]] of Object.entries(REFUSED)) {
  Deno.test(`addFleet() refuses a fleet that ${words}, and keeps nothing of it`, () =>
    withHistory((history) => {
      assertThrows(() => add(history, merge(changes)), Problem, condition);
      assertEquals(history.fleets(), []);
    }));
}

Deno.test("addFleet() takes names for names when they are made to be something else", () =>
  withHistory((history) => {
    const texts = fc.oneof(fc.constantFrom(...ATTACKS, "\0", "\ud800"), fc.string());
    fc.assert(
      fc.property(texts, texts, (id, name) => {
        const hosts = SAMPLE.hosts.map((host, index) => ({ ...host, name: `${name}${index}` }));
        const { fleet } = add(history, merge({ request: { id, partition: name }, hosts }));
        assertEquals(fleet.id, id.toWellFormed().replaceAll("\0", "\ufffd"));
        assertEquals(history.fleetHosts(id).length, hosts.length);
      }),
      { numRuns: 40 },
    );
  }));

const DAMAGE: Record<string, string> = {
  "a state of a later version": "UPDATE fleet_hosts SET state = 'asleep' WHERE place = 0",
  "a kind of a later version": "UPDATE fleets SET kind = 'dreamt'",
  "a fleet that was not compressed": "UPDATE fleets SET gzip = x'00'",
};
for (const [words, sql] of Object.entries(DAMAGE)) {
  Deno.test(`History tells in a sentence that it holds ${words}`, () =>
    withHistory((history) => {
      const { fleet } = add(history, merge());
      using database = new DatabaseSync(history.path);
      database.exec(sql);
      assertThrows(() => [history.fleets(), history.fleetText(fleet.id)], Problem);
    }));
}

Deno.test("addAll() adds each result that can be, and tells why another cannot", () =>
  withHistory((history) => {
    const judgedAgain = sampleNight(1, { verdicts: { "11.3/latency/vm": "refuted" } });
    const noTime = sampleNight(2, { run: { startedAt: "tonight" } });
    const results = [sampleNight(0), sampleNight(1), judgedAgain, noTime, sampleNight(3)];
    const outcomes = history.addAll(results.map((result) => ({ text: textOf(result), result })));
    assertEquals(outcomes.map((one) => "done" in one), [true, true, false, false, true]);
    const [, , another, timeless] = outcomes.map((one) =>
      "problem" in one ? one.problem.message : ""
    );
    assertMatch(another ?? "", /another result of the same run/);
    assertMatch(timeless ?? "", /when its run was/);
    const [{ key = "" } = {}] = history.machines();
    assertEquals(history.runs(key).map(({ startedAt }) => startedAt), [
      ...[results[0], results[1], results[4]].map((result) => result?.run.startedAt ?? ""),
    ]);
    assertNotEquals(history.verdicts(key)[0]?.points.map(({ verdict }) => verdict), ["refuted"]);
  }));
