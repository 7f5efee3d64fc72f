import { assertEquals } from "@std/assert";
import type { HostArrival } from "./arrival.ts";
import type { FleetRequest } from "./fleet_result.ts";
import { type FleetArrival, remeasured } from "./remeasured.ts";
import { sampleArrival, sampleDigest } from "./testing/sample_digests.ts";

const REQUEST: FleetRequest = {
  ...{ id: "1", scheduler: "slurm", cluster: "c", partition: "gpu", nodesNotAsked: 0 },
  ...{ submittedAt: "2026-01-02T03:00:00.000Z", endedAt: null },
};
const WHOLE = sampleArrival({ hostname: "n3" }, {
  ...{ name: "n3", source: "r2/nodes/n3/result", node: '["slurm","c","n3"]' },
});
const NONE: HostArrival = { ...WHOLE, source: null, outcome: { kind: "nothing" } };
const DRAINED: HostArrival = { ...NONE, fate: { state: "unavailable", because: "Drained." } };
const PARTIAL = { ...WHOLE, outcome: outcome("unfinished") };
const STALE = { kind: "stale-result", because: "It is old.", cure: null } as const;

function outcome(end: "unfinished" | "whole") {
  return { kind: "result", digest: sampleDigest({ hostname: "n3", end }) } as const;
}

/** What arrives of the fleet of a day. */
function ofDay(day: number, arrival: HostArrival, cluster: string | null = "c"): FleetArrival {
  const request = { ...REQUEST, id: String(day), cluster };
  return { arrival, request, knownAt: `2026-01-0${day}T04:00:00.000Z` };
}

function left(...given: readonly FleetArrival[]): readonly HostArrival[] {
  return remeasured(given).arrivals;
}

for (
  const [what, earlier] of Object.entries({
    ...{ "it was drained": DRAINED, "its run left nothing": NONE, "its run did not end": PARTIAL },
    "its result was an old one": { ...WHOLE, faults: [STALE] },
  })
) {
  Deno.test(`remeasured() keeps a node's later whole result when ${what} before`, () => {
    assertEquals(left(ofDay(1, earlier), ofDay(2, WHOLE)), [WHOLE]);
    assertEquals(left(ofDay(2, WHOLE), ofDay(1, earlier)), [WHOLE]);
  });
}

Deno.test("remeasured() keeps both when the later one has no whole result of its fleet", () => {
  const old = { ...WHOLE, faults: [STALE] };
  for (const later of [DRAINED, PARTIAL, old]) {
    assertEquals(left(ofDay(1, DRAINED), ofDay(2, later)), [DRAINED, later]);
    assertEquals(left(ofDay(1, WHOLE), ofDay(2, later)), [WHOLE, later]);
  }
  assertEquals(left(ofDay(1, WHOLE), ofDay(2, WHOLE)).length, 2);
});

Deno.test("remeasured() keeps both when nothing shows that they are of one node", () => {
  const other = { ...WHOLE, name: "n4", node: '["slurm","c","n4"]' };
  assertEquals(left(ofDay(1, DRAINED), ofDay(2, other)), [DRAINED, other]);
  for (const cluster of [null, "d"]) {
    assertEquals(left(ofDay(1, DRAINED, cluster), ofDay(2, WHOLE, cluster && "c")).length, 2);
  }
  const byHand = { ...ofDay(2, WHOLE), request: null };
  assertEquals(left(ofDay(1, DRAINED), byHand).length, 2);
  assertEquals(left(ofDay(1, { ...NONE, name: null }), ofDay(2, WHOLE)).length, 2);
});

Deno.test("remeasured() says of which node a result is, whatever a fleet calls it", () => {
  const nodeOf = (name: string, cluster: string | null) => {
    const { node: _, ...arrival } = WHOLE;
    return left(ofDay(1, { ...arrival, name }, cluster))[0]?.node;
  };
  assertEquals(nodeOf("n3", "c"), WHOLE.node);
  assertEquals(nodeOf("n3 (../r1/nodes/n3/result)", "c"), WHOLE.node);
  assertEquals([nodeOf("n3", null), nodeOf("no node", "c")], [undefined, undefined]);
});

Deno.test("remeasured() goes on telling what was left on the node, and nothing else", () => {
  const faults = (["dead-node", "not-restored", "left-files"] as const).map((kind) => ({
    ...{ kind, because: "So it was.", cure: null },
  }));
  const { arrivals, standing } = remeasured([ofDay(1, { ...NONE, faults }), ofDay(2, WHOLE)]);
  assertEquals(arrivals[0]?.faults.map(({ kind }) => kind), ["not-restored", "left-files"]);
  assertEquals(standing.map((one) => one === arrivals[0]), [true, true]);
});
