import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { assertSnapshot } from "@std/testing/snapshot";
import type { FleetFault } from "../../suites/fleet/fleet_result.ts";
import { coverageOf } from "../../suites/coverage.ts";
import { hostileFleet } from "../testing/hostile_fleet.ts";
import { repeatedFleet, sampleFleet } from "../testing/sample_fleet.ts";
import { fleetSummary } from "./terminal.ts";

Deno.test("fleetSummary() summarizes the sample", async (t) => {
  await assertSnapshot(t, fleetSummary(sampleFleet(), "fleets/x/fleet.html"));
});

Deno.test("fleetSummary() of 2,000 hosts is short, and counts whom it does not name", () => {
  const text = fleetSummary(repeatedFleet(2_000), null);
  assert(text.split("\n").length < 120);
  assertStringIncludes(text, "(95): gpu-[0017,0038,0059,0080,0101,0122,0143,0164] and 87 more");
});

Deno.test("fleetSummary() tells dead and drained nodes before anything that was measured", () => {
  const text = fleetSummary(sampleFleet(), null);
  const places = ["Dead: ", "Drained or down", "Claims:", "Refuted:", "Disagreements:", "Outliers:"]
    .map((one) => text.indexOf(one));
  assert(places.every((place, index) => place > (places[index - 1] ?? 0)));
});

Deno.test("fleetSummary() says what open claims need, and why no outlier was looked for", () => {
  const text = fleetSummary({ ...sampleFleet(), outliers: [] }, null);
  assertStringIncludes(text, "What open claims need:\n  an NVIDIA GPU: 225 claims need");
  assertStringIncludes(text, "Outliers:\n  Not looked for: it takes 15 judged hosts of one make ");
});

Deno.test("fleetSummary() without a judged result has no counts of claims", () => {
  const text = fleetSummary({ ...sampleFleet(), claims: [], coverage: coverageOf([]) }, null);
  for (const absent of ["Claims:", "0 of 0", "Refuted:", "What open claims need:"]) {
    assert(!text.includes(absent), absent);
  }
});

Deno.test("fleetSummary() counts hosts whose names and faults differ beyond what it shows", () => {
  const faults = [1, 2, 3].map((index): FleetFault => ({
    ...{ kind: "partial-result", host: `${"h".repeat(300)}${index}`, cure: null },
    because: `${"It broke off. ".repeat(20)} ${index % 2}`,
  }));
  const text = fleetSummary({ ...sampleFleet(), faults }, null);
  assertStringIncludes(text, "its run did not end (3): hhh");
  assertEquals(text.match(/It broke off\./g)?.length, 2 * Math.floor(220 / 14));
});

Deno.test("fleetSummary() lets no control character through", () => {
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  assert(!/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/.test(fleetSummary(hostileFleet(), null)));
});
