import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CLAIMS } from "../claims/claims.ts";
import type { Observation } from "../result.ts";
import { partsOf } from "../rules/rule.ts";
import { ruleOf } from "../rules/rules.ts";
import { ALL_TRUE, NONE_TRUE } from "./control_fleets.ts";
import { fleetObservationsOf, judgeFleetClaim } from "./fleet_rules.ts";
import { observeMembers } from "./observations.ts";

const OF_A_FLEET = ["gpu-count", "unified-memory", "link-bandwidth"].map((row) =>
  `02.1.2/${row}/gpu-cluster`
);

function verdictsOn(observations: readonly Observation[]) {
  return OF_A_FLEET.map((id) => judgeFleetClaim(id, observations)?.verdict);
}

Deno.test("judgeFleetClaim() judges the cluster's column, and leaves the rest to the hosts", () => {
  const judged = CLAIMS.map(({ id }) => id).filter((id) => judgeFleetClaim(id, []) !== null);
  assertEquals(judged.sort(), OF_A_FLEET.toSorted());
  for (const id of judged) {
    const rule = ruleOf(id);
    assert(rule !== undefined && partsOf(rule).every(({ kind }) => kind === "fleet"));
  }
});

Deno.test("judgeFleetClaim() confirms what is observed, and refutes what is not so", () => {
  assertEquals(verdictsOn(observeMembers(ALL_TRUE)), ["confirmed", "confirmed", "confirmed"]);
  assertEquals(verdictsOn(observeMembers(NONE_TRUE)), ["refuted", "refuted", "inconclusive"]);
});

Deno.test("judgeFleetClaim() says what is lacking where nothing is observed", () => {
  const nothing = { ...ALL_TRUE, hosts: [], links: [] };
  const [count = ""] = OF_A_FLEET;
  const found = judgeFleetClaim(count, observeMembers(nothing));
  assertEquals([found?.verdict, found?.lacks], ["untested", "gpu"]);
  assertEquals(verdictsOn([]), ["untested", "untested", "untested"]);
});

Deno.test("judgeFleetClaim() never lacks the results of many hosts, which is what a fleet is", () => {
  const few = { ...ALL_TRUE, hosts: ALL_TRUE.hosts.slice(0, 1) };
  const apart = { ...ALL_TRUE, request: null, links: [] };
  const lacks = [few, apart, { ...ALL_TRUE, hosts: [] }].flatMap((reading) =>
    OF_A_FLEET.map((id) => judgeFleetClaim(id, observeMembers(reading))?.lacks)
  );
  assert(!lacks.includes("fleet"));
  assert(lacks.includes("gpu-hosts") && lacks.includes("gpu-cluster"));
});

Deno.test("fleetObservationsOf() names what the claims rest on, and nothing for others", () => {
  assertEquals([...fleetObservationsOf(OF_A_FLEET.slice(0, 1))], ["fleet/twenty-gpus-or-more"]);
  assertEquals(fleetObservationsOf(["11.3/latency/container", "no/such/claim"]).size, 0);
});

Deno.test("judgeFleetClaim() decides nothing by a value without controls, or with one that failed", () => {
  const [found] = observeMembers(ALL_TRUE);
  const [count = ""] = OF_A_FLEET;
  assert(found !== undefined);
  const failed = found.controls.map((control) => ({ ...control, held: false }));
  for (const controls of [[], failed]) {
    const judged = judgeFleetClaim(count, [{ ...found, controls }]);
    assertEquals(judged?.verdict, "inconclusive");
    assertStringIncludes(judged?.because ?? "", "control");
  }
});
