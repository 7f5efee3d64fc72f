import { assert, assertEquals } from "@std/assert";
import { CLAIMS } from "./claims/claims.ts";
import { restsOnFigures, seriesKey, seriesOfClaim } from "./claim_series.ts";

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

Deno.test("restsOnFigures() is so where a part with figures decided, be they a ratio or not", () => {
  const common = { id: "a", because: "So it was.", reading: "Literally.", evidence: [] };
  const level = { name: "host-to-device", because: "0.6 of the link.", n: 12 };
  const observed = { name: "alone", verdict: "refuted", because: "It was not." } as const;
  const refuted = { ...common, verdict: "refuted" } as const;
  assert(restsOnFigures({ ...refuted, ratio: 0.5, low: 0.4, high: 0.6, n: 12 }));
  assert(restsOnFigures({ ...refuted, parts: [{ ...level, verdict: "refuted" }] }));
  assert(!restsOnFigures({ ...refuted, parts: [{ ...level, verdict: "confirmed" }, observed] }));
  assert(!restsOnFigures(refuted));
});
