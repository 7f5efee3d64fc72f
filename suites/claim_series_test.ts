import { assert, assertEquals } from "@std/assert";
import { CLAIMS } from "./claims/claims.ts";
import { seriesKey, seriesOfClaim } from "./claim_series.ts";

Deno.test("seriesOfClaim() names the arm and workloads of a claim on speed", () => {
  const names = seriesOfClaim("11.3/latency/container");
  assert(names.some((name) =>
    seriesKey(name) ===
      seriesKey({ experiment: "network", workload: "round-trip", arm: "container" })
  ));
});

Deno.test("seriesOfClaim() names both sides of an order, and nothing for an observation", () => {
  assertEquals(seriesOfClaim("11.4/isolation-strength/vm"), []);
  assertEquals(seriesOfClaim("no/such/claim"), []);
  assert(CLAIMS.some(({ id }) => new Set(seriesOfClaim(id).map(({ arm }) => arm)).size > 1));
});
