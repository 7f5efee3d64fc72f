import { assert, assertStringIncludes } from "@std/assert";
import { assertSnapshot } from "@std/testing/snapshot";
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

Deno.test("fleetSummary() lets no control character through", () => {
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  assert(!/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/.test(fleetSummary(hostileFleet(), null)));
});
