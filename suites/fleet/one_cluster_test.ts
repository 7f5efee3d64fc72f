import { assertEquals } from "@std/assert";
import type { FleetRequest } from "./fleet_result.ts";
import { type AskedFleet, requestOfAll } from "./one_cluster.ts";

const EARLIER: FleetRequest = {
  ...{ id: "1", scheduler: "slurm", cluster: "c", partition: "gpu", nodesNotAsked: 2 },
  ...{ submittedAt: "2026-01-02T03:00:00.000Z", endedAt: "2026-01-02T04:00:00.000Z" },
};
const LATER: FleetRequest = {
  ...{ ...EARLIER, id: "2", nodesNotAsked: 5 },
  ...{ submittedAt: "2026-01-03T03:00:00.000Z", endedAt: "2026-01-03T04:00:00.000Z" },
};
const NODES = ["n1", "n2", "n3", "n4"];

function together(earlier: Partial<FleetRequest>, later: Partial<FleetRequest>, nodes = ["n3"]) {
  const fleets: AskedFleet[] = [
    { request: { ...LATER, ...later }, nodes },
    { request: { ...EARLIER, ...earlier }, nodes: NODES },
  ];
  const request = requestOfAll(fleets);
  assertEquals(requestOfAll(fleets.toReversed()), request);
  return request;
}

Deno.test("requestOfAll() spans all fleets of one cluster when they come in any order", () => {
  const { submittedAt } = EARLIER;
  assertEquals(together({}, {}), { ...LATER, submittedAt, nodesNotAsked: 2 });
  assertEquals(together({}, { partition: "debug" })?.partition, "gpu, debug");
});

Deno.test("requestOfAll() takes what fleets made together for newer than the first of them", () => {
  const { submittedAt } = EARLIER;
  assertEquals(together({}, { submittedAt })?.id, "2");
  assertEquals(together({}, { submittedAt, endedAt: null })?.id, "2");
});

Deno.test("requestOfAll() has not ended when one of them has not", () => {
  assertEquals(together({ endedAt: null }, {})?.endedAt, null);
  assertEquals(together({}, { endedAt: null })?.endedAt, null);
});

Deno.test("requestOfAll() counts what is not asked from the largest that the cluster was", () => {
  assertEquals(together({}, {}, ["n3", "n5"])?.nodesNotAsked, 2);
  assertEquals(together({ nodesNotAsked: null }, {})?.nodesNotAsked, 2);
  assertEquals(together({ nodesNotAsked: null }, { nodesNotAsked: null })?.nodesNotAsked, null);
  assertEquals(together({ nodesNotAsked: 0 }, { nodesNotAsked: 0 }, ["n5"])?.nodesNotAsked, 0);
});

Deno.test("requestOfAll() tells of no request when nothing shows that it is one cluster", () => {
  assertEquals(together({ cluster: "d" }, {}), null);
  assertEquals(together({ cluster: null }, { cluster: null }), null);
  assertEquals(requestOfAll([]), null);
});

Deno.test("requestOfAll() leaves a single fleet as it is", () => {
  for (const request of [EARLIER, { ...LATER, cluster: null, endedAt: null }]) {
    assertEquals(requestOfAll([{ request, nodes: NODES }]), request);
  }
});
