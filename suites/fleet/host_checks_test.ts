import { assertEquals, assertMatch } from "@std/assert";
import { inspectHosts } from "./faults.ts";
import { nameHosts } from "./host_names.ts";
import { sampleArrival } from "./testing/sample_digests.ts";

const [EARLY, LATE] = [new Date("2026-01-02T03:00:00Z"), new Date("2026-01-02T04:00:00Z")];

Deno.test("HOST_CHECKS name the login node's clock, and judge the result, where that clock went back", () => {
  const window = { from: LATE, until: EARLY, begun: new Date("2026-01-02T03:30:00Z") };
  const told = { startedAt: "2026-01-02T03:30:10.000Z", endedAt: "2026-01-02T03:50:00.000Z" };
  const arrivals = nameHosts([sampleArrival({ hostname: "n1", told }, { window })]);
  const own = { version: "1.2.3", thresholds: { high: 0.95, medium: 0.5 } };
  const { hosts: [host], faults } = inspectHosts(arrivals, { own, now: LATE });
  assertEquals([host?.state, faults.map(({ kind }) => kind)], ["measured", ["wrong-clock"]]);
  assertMatch(faults[0]?.cure ?? "", /^Set the login node's clock/);
});
