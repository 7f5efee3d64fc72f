import { assertEquals } from "@std/assert";
import type { Verdict } from "../result.ts";
import { fleetExitStatus } from "./exit.ts";
import type { FaultKind, FleetResult, HostState } from "./fleet_result.ts";

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

function fleetOf(
  verdicts: readonly Verdict[],
  states: readonly HostState[],
  kinds: readonly FaultKind[],
): Pick<FleetResult, "claims" | "hosts" | "faults"> {
  const counts = { confirmed: 0, refuted: 0, inconclusive: 0, untested: 0, error: 0, editorial: 0 };
  const common = { because: "", reading: "", counts, lacks: null };
  return {
    claims: verdicts.map((verdict, index) => ({ ...common, id: String(index), verdict })),
    hosts: states.map((state, index) => (
      { name: String(index), state, because: null, source: null, told: null }
    )),
    faults: kinds.map((kind) => ({ kind, host: "0", because: "", cure: null })),
  };
}
