import { assertEquals } from "@std/assert";
import type { FleetHost } from "../../suites/fleet/fleet_result.ts";
import { restInWords } from "./end.ts";

/** Hosts by their names, in these states. */
function hosts(states: Readonly<Record<string, FleetHost["state"]>>): FleetHost[] {
  return Object.entries(states).map(([name, state]) => ({
    name,
    state,
    because: null,
    source: null,
    told: null,
  }));
}

Deno.test("restInWords() names the nodes without a whole result, as Slurm takes them", () => {
  const fleet = {
    hosts: hosts({
      gpu01: "measured",
      gpu02: "cancelled",
      gpu03: "partial",
      gpu05: "left-out",
      gpu06: "waited",
      login: "cancelled",
    }),
  };
  assertEquals(
    restInWords(fleet),
    "4 nodes gave no whole result: to measure the rest, start another fleet with " +
      "--nodes 'gpu[02-03,06],login' and another --out.",
  );
});

Deno.test("restInWords() has nothing to say where no node was cancelled", () => {
  assertEquals(restInWords({ hosts: hosts({ n1: "measured", n2: "died" }) }), null);
  assertEquals(restInWords({ hosts: [] }), null);
});
