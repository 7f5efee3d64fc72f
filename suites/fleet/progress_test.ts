import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import {
  fewNames,
  type FleetProgress,
  nodesAre,
  progressInWords,
  progressKey,
} from "./progress.ts";

const NOW = new Date(2026, 0, 2, 16, 4, 30);
const NOTHING: FleetProgress = {
  all: 16,
  done: 14,
  running: new Map(),
  waiting: new Map(),
  ending: [],
};

function ago(seconds: number): Date {
  return new Date(NOW.getTime() - seconds * 1000);
}

function told(change: Partial<FleetProgress>): string {
  return progressInWords({ ...NOTHING, ...change }, NOW);
}

Deno.test("progressInWords() names what runs and what waits, and tells for how long and why", () => {
  const progress = {
    running: new Map([["gpu07", ago(12 * 60 + 59)]]),
    waiting: new Map([["gpu09", "Resources"]]),
  };
  const words = "16:04 fleet: 14 of 16 done, 1 running (gpu07, for 12 min), " +
    "1 waiting (gpu09: Resources)";
  assertEquals(told(progress), words);
  assertEquals(told({ done: 16 }), "16:04 fleet: 16 of 16 done");
});

Deno.test("progressInWords() puts nodes together that run as long, or wait for the same", () => {
  const running = new Map([["n1", ago(59)], ["n2", ago(11100)], ["n3", ago(59)]]);
  assertEquals(
    told({ running }),
    "16:04 fleet: 14 of 16 done, 3 running (n1, n3, for 59 s; n2, for 3 h 5 min)",
  );
  const waiting = new Map([["n4", "Priority"], ["n5", "Priority"], ["n6", null]]);
  assertEquals(told({ waiting }), "16:04 fleet: 14 of 16 done, 3 waiting (n4, n5: Priority; n6)");
});

Deno.test("progressInWords() says nothing of a time that nobody knows, nor of one to come", () => {
  const running = new Map([["n1", null], ["n2", ago(-5)]]);
  assertEquals(told({ running }), "16:04 fleet: 14 of 16 done, 2 running (n1; n2, for 0 s)");
  const unknown = new Map(["n1", "n2", "n3", "n4"].map((node) => [node, null]));
  assertEquals(
    told({ running: unknown, waiting: unknown }),
    "16:04 fleet: 14 of 16 done, 4 running, 4 waiting",
  );
  assertEquals(told({ ending: ["n7"] }), "16:04 fleet: 14 of 16 done, 1 ending (n7)");
});

Deno.test("progressInWords() counts thousands", () => {
  const names = Array.from({ length: 2000 }, (_, index) => `node-${index}`);
  const running = new Map(names.slice(0, 990).map((node, index) => [node, ago(index)]));
  const reasons = ["Priority", "Resources", "Resources", "Licenses", "Reservation", "Resources"];
  const waiting = new Map(names.slice(1000).map((node, i) => [node, reasons[i % 6] ?? null]));
  assertEquals(
    told({ all: 2000, done: 10, running, waiting }),
    "16:04 fleet: 10 of 2000 done, 990 running (for up to 16 min), " +
      "1000 waiting (Resources: 500, Priority: 167, Licenses: 167, others)",
  );
});

const entries = <T>(value: fc.Arbitrary<T>) =>
  fc.uniqueArray(fc.tuple(fc.stringMatching(/^node[0-9]{1,6}$/), value), {
    selector: ([name]) => name,
  }).map((pairs) => new Map(pairs));

Deno.test("progressInWords() stays in two lines of a terminal, however many nodes there are", () => {
  const reason = fc.option(fc.constantFrom("Resources", "Priority", "ReqNodeNotAvail", "None"));
  const begun = fc.option(fc.nat(1e6).map(ago));
  fc.assert(fc.property(entries(begun), entries(reason), fc.nat(), (running, waiting, all) => {
    const text = progressInWords({ ...NOTHING, all, done: 0, running, waiting }, NOW);
    assert(text.length < 240, text);
    assertMatch(text, /^16:04 fleet: 0 of \d+ done/);
  }));
});

Deno.test("progressKey() changes with what is done, runs or waits, and not with time", () => {
  const running = new Map([["n1", ago(5)]]);
  const key = progressKey({ ...NOTHING, running });
  assertEquals(progressKey({ ...NOTHING, running: new Map([["n1", ago(50)]]) }), key);
  const changes: Partial<FleetProgress>[] = [
    { done: 15 },
    { running: new Map() },
    { running: new Map([["n2", ago(5)]]) },
    { waiting: new Map([["n3", "Priority"]]) },
    { waiting: new Map([["n3", null]]) },
    { ending: ["n1"] },
  ];
  const keys = changes.map((change) => progressKey({ ...NOTHING, running, ...change }));
  assertEquals(new Set([key, ...keys]).size, keys.length + 1);
});

Deno.test("fewNames() names three, and counts the others", () => {
  assertEquals(fewNames(["n1"]), "n1");
  assertEquals(fewNames(["n1", "n2", "n3"]), "n1, n2, n3");
  assertEquals(fewNames(["n1", "n2", "n3", "n4", "n5"]), "n1, n2, n3 and 2 more");
});

Deno.test("nodesAre() knows one from many", () => {
  assertEquals([nodesAre(0), nodesAre(1), nodesAre(2)], [
    "0 nodes are",
    "1 node is",
    "2 nodes are",
  ]);
});
