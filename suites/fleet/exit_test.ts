import { assertEquals } from "@std/assert";
import type { Verdict } from "../result.ts";
import { type FleetEnd, fleetExitStatus } from "./exit.ts";
import { ALL_TRUE } from "./control_fleets.ts";
import type { FaultKind, FleetRequest, HostLink, HostState } from "./fleet_result.ts";

const NONE = { confirmed: 0, refuted: 0, inconclusive: 0, untested: 0, error: 0, editorial: 0 };

const CASES: readonly [string, Verdict[], HostState[], FaultKind[], number][] = [
  ["all is settled and whole", ["confirmed", "editorial"], ["measured", "measured"], [], 0],
  ["a host is missing", ["confirmed"], ["measured", "unavailable"], [], 101],
  ["a judged host is faulty", ["confirmed"], ["measured"], ["wrong-clock"], 101],
  ["a claim is open", ["confirmed", "untested"], ["measured"], [], 101],
  ["a claim is refuted and a host is missing", ["refuted"], ["measured", "died"], [], 100],
  ["nothing was judged", [], ["unreadable"], ["unreadable-result"], 2],
  ["a host could not be put back", ["refuted"], ["measured"], ["not-restored"], 3],
];
for (const [when, verdicts, states, kinds, expected] of CASES) {
  Deno.test(`fleetExitStatus() is ${expected} when ${when}`, () => {
    assertEquals(fleetExitStatus(fleetOf(verdicts, states, kinds)), expected);
  });
}

const COUNTS: readonly [string, Partial<Record<Verdict, number>>, number][] = [
  ["some hosts lack what would decide it", { confirmed: 1, untested: 4 }, 0],
  ["its check broke on one", { confirmed: 4, error: 1 }, 101],
  ["one tried it and could not tell", { confirmed: 4, inconclusive: 1 }, 101],
  ["one was not asked for it", { confirmed: 4 }, 101],
];
for (const [when, counts, expected] of COUNTS) {
  Deno.test(`fleetExitStatus() is ${expected} for a confirmed claim of five hosts when ${when}`, () => {
    const fleet = fleetOf(["confirmed"], Array(5).fill("measured"), []);
    const claims = fleet.claims.map((claim) => ({ ...claim, counts: { ...NONE, ...counts } }));
    assertEquals(fleetExitStatus({ ...fleet, claims }), expected);
  });
}

const LINKS: readonly [string, Partial<HostLink>, number][] = [
  ["every link is measured", {}, 0],
  ["a link has a failure", { bytesPerSecond: [], failure: "It failed." }, 101],
  ["a link has fewer runs than it takes", { bytesPerSecond: [24e9] }, 101],
];
for (const [when, change, expected] of LINKS) {
  Deno.test(`fleetExitStatus() is ${expected} for a confirmed claim when ${when}`, () => {
    const fleet = fleetOf(["confirmed"], ["measured", "measured"], []);
    const links = [...ALL_TRUE.links, ...ALL_TRUE.links.map((link) => ({ ...link, ...change }))];
    assertEquals(fleetExitStatus({ ...fleet, links }), expected);
  });
}

Deno.test("fleetExitStatus() is 101 when the fleet has not come to its end", () => {
  const fleet = fleetOf(["confirmed"], ["measured"], []);
  const request: FleetRequest = {
    ...{ id: "1", scheduler: "slurm", cluster: null, partition: "gpu", nodesNotAsked: null },
    ...{ submittedAt: "2026-01-02T03:00:00.000Z", endedAt: "2026-01-02T04:00:00.000Z" },
  };
  assertEquals(fleetExitStatus({ ...fleet, request }), 0);
  assertEquals(fleetExitStatus({ ...fleet, request: { ...request, endedAt: null } }), 101);
});

function fleetOf(
  verdicts: readonly Verdict[],
  states: readonly HostState[],
  kinds: readonly FaultKind[],
): FleetEnd {
  const common = { because: "", reading: "", lacks: null };
  return {
    claims: verdicts.map((verdict, index) => (
      { ...common, id: String(index), verdict, counts: { ...NONE, [verdict]: states.length } }
    )),
    hosts: states.map((state, index) => (
      { name: String(index), state, because: null, source: null, told: null }
    )),
    faults: kinds.map((kind) => ({ kind, host: "0", because: "", cure: null })),
    links: [],
    request: null,
  };
}
