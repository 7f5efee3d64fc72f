import { assertEquals } from "@std/assert";
import { VERDICTS } from "../../suites/result.ts";
import { sampleFleet } from "../testing/sample_fleet.ts";
import { countsOf, faultGroups, hasTold, hostCounts, makesOf } from "./tallies.ts";

Deno.test("hostCounts() counts each host in one way", () => {
  const { all, measured, leftOut, missing } = hostCounts(sampleFleet());
  assertEquals([all, measured, leftOut, missing], [21, 8, 4, 9]);
});

Deno.test("countsOf() leaves out what was not judged, and letters that stand for nothing", () => {
  assertEquals(countsOf({ verdicts: "ccr--iuedx" }), {
    confirmed: 2,
    refuted: 1,
    inconclusive: 1,
    untested: 1,
    error: 1,
    editorial: 1,
  });
});

Deno.test("countsOf() adds up to the fleet's own counts over the hosts that are judged", () => {
  const { hosts, claims } = sampleFleet();
  const told = hosts.filter(hasTold).filter(({ state }) => state === "measured");
  for (const verdict of VERDICTS) {
    const byHost = told.reduce((sum, one) => sum + countsOf(one.told)[verdict], 0);
    assertEquals(byHost, claims.reduce((sum, { counts }) => sum + counts[verdict], 0));
  }
});

Deno.test("faultGroups() puts faults together that differ in the host's name alone", () => {
  const fault = (host: string, because: string) => (
    { kind: "dead-node", host, because, cure: `Look at ${host}.` } as const
  );
  assertEquals(
    faultGroups([fault("n1", "n1 is lost"), fault("n3", "It burns."), fault("n2", "n2 is lost")]),
    [
      { because: "HOST is lost", cure: "Look at HOST.", hosts: ["n1", "n2"] },
      { because: "It burns.", cure: "Look at n3.", hosts: ["n3"] },
    ],
  );
});

Deno.test("faultGroups() takes no part of a longer name for the host's own", () => {
  for (const longer of ["0", "-a", "_a", ".example", "é"]) {
    const fault = (host: string) => (
      { kind: "duplicate-host", host, because: `It is ${host}${longer}.`, cure: null } as const
    );
    assertEquals(
      faultGroups(["gpu1", "gpu2"].map(fault)).map(({ because }) => because),
      [`It is gpu1${longer}.`, `It is gpu2${longer}.`],
    );
  }
});

Deno.test("faultGroups() finds the host's name in paths and at the end of sentences", () => {
  const fault = (host: string) =>
    (
      {
        kind: "no-result",
        host,
        because: `See nodes/${host}/log.txt of (${host}).`,
        cure: `${host}.`,
      }
    ) as const;
  const [group, ...others] = faultGroups(["a+b", "a.c"].map(fault));
  assertEquals([group?.because, group?.cure], ["See nodes/HOST/log.txt of (HOST).", "HOST."]);
  assertEquals(others, []);
});

Deno.test("faultGroups() tells what is alike before it cuts a text", () => {
  const fault = (host: string, because: string) => (
    { kind: "no-result", host, because, cure: null } as const
  );
  const groups = faultGroups([fault("n1", "It broke: 1."), fault("n2", "It broke: 2.")], 9);
  assertEquals(groups.map(({ because, hosts }) => [because, hosts]), [
    ["It broke:…", ["n1"]],
    ["It broke:…", ["n2"]],
  ]);
});

Deno.test("makesOf() numbers the makes, the largest first", () => {
  const makes = [...makesOf(sampleFleet().hosts.filter(hasTold)).values()];
  assertEquals(makes.map(({ number, hosts }) => [number, hosts.length]), [[1, 10], [2, 2], [3, 1]]);
});
