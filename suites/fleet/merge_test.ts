import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { VERDICTS } from "../result.ts";
import type { HostArrival } from "./arrival.ts";
import { ALL_TRUE } from "./control_fleets.ts";
import type { FleetResult } from "./fleet_result.ts";
import { mergeFleet } from "./merge.ts";
import type { TiedLink } from "./tied_links.ts";
import { CLAIM, type DigestCase, OTHER_CLAIM, sampleArrival } from "./testing/sample_digests.ts";

const OPTIONS = {
  own: { version: "1.2.3", thresholds: { high: 0.95, medium: 0.5 } },
  now: new Date("2026-01-02T04:00:00.000Z"),
  request: null,
  links: [],
};

function merge(...arrivals: readonly HostArrival[]): FleetResult {
  return mergeFleet(arrivals, OPTIONS);
}

/** A host whose result says something of two claims, or of which there is none to judge. */
const anyArrival = fc.record({
  hostname: fc.constantFrom("a", "b", "c", "d", "e", "f"),
  verdict: fc.constantFrom(...VERDICTS),
  other: fc.constantFrom(...VERDICTS),
  byChance: fc.boolean(),
  version: fc.constantFrom("1.2.3", "1.2.4"),
  model: fc.constantFrom("0123", "4567"),
  end: fc.constantFrom("whole", "unfinished"),
  startedAt: fc.constantFrom("2026-01-02T03:00:00.000Z", "2026-01-01T03:00:00.000Z"),
  source: fc.string(),
}).map(({ hostname, verdict, other, byChance, version, model, end, startedAt, source }) =>
  sampleArrival({
    ...{ hostname, end, told: { model, startedAt } },
    claims: { [CLAIM]: { verdict, byChance }, [OTHER_CLAIM]: other },
    ground: { version, thresholds: OPTIONS.own.thresholds, kind: "live" },
  }, { source })
);

Deno.test("mergeFleet() gives the same fleet in whichever order hosts come", () => {
  fc.assert(fc.property(fc.array(anyArrival), fc.nat(), (arrivals, by) => {
    const at = arrivals.length === 0 ? 0 : by % arrivals.length;
    const turned = [...arrivals.slice(at), ...arrivals.slice(0, at)];
    assertEquals(merge(...turned), merge(...arrivals));
    assertEquals(merge(...arrivals.toReversed()), merge(...arrivals));
  }));
});

Deno.test("mergeFleet() says of a fleet of one what its host says", () => {
  fc.assert(fc.property(anyArrival, (arrival) => {
    fc.pre(arrival.outcome.kind === "result" && arrival.outcome.digest.end === "whole");
    const { claims, hosts } = merge(arrival);
    const digest = arrival.outcome.kind === "result" ? arrival.outcome.digest : null;
    const said = new Map(digest?.claims.map(({ id, verdict }) => [id, verdict]));
    assertEquals(new Map(claims.map(({ id, verdict }) => [id, verdict])), said);
    assertEquals(hosts[0]?.state, "measured");
  }));
});

Deno.test("mergeFleet() tells of every host that came, judged or not", () => {
  fc.assert(fc.property(fc.array(anyArrival), (arrivals) => {
    const { hosts, faults } = merge(...arrivals);
    assertEquals(hosts.length, arrivals.length);
    const unsound = hosts.filter(({ state }) => state !== "measured").map(({ name }) => name);
    const named = new Set(faults.map(({ host }) => host));
    assertEquals(unsound.filter((name) => !named.has(name)), []);
  }));
});

Deno.test("mergeFleet() judges nothing of hosts that left nothing", () => {
  const nothing = sampleArrival({ hostname: "x" }, { outcome: { kind: "nothing" } });
  const { common, claims, hosts, coverage } = merge(nothing);
  assertEquals([common, claims.length, hosts.length], [null, 0, 1]);
  assertEquals(coverage.matrices.every(({ total }) => total === 0), true);
});

Deno.test("mergeFleet() keeps a letter for each claim, also of hosts that are not judged", () => {
  const judged = sampleArrival({
    hostname: "a",
    claims: { [CLAIM]: "refuted", [OTHER_CLAIM]: "editorial" },
  });
  const partial = sampleArrival({
    ...{ hostname: "b", end: "unfinished" },
    claims: { [OTHER_CLAIM]: "confirmed" },
  });
  const { hosts, claims } = merge(judged, partial);
  assertEquals(claims.map(({ id }) => id), [OTHER_CLAIM, CLAIM]);
  assertEquals(hosts.map(({ told }) => told?.verdicts), ["dr", "c-"]);
});

Deno.test("mergeFleet() counts the hosts that it judges alone", () => {
  const hosts = ["a", "b"].map((hostname) =>
    sampleArrival({ hostname, claims: { [CLAIM]: "confirmed" } })
  );
  const ground = { version: "9", thresholds: OPTIONS.own.thresholds, kind: "live" } as const;
  const other = sampleArrival({ hostname: "c", ground, claims: { [CLAIM]: "refuted" } });
  const [claim] = merge(...hosts, other).claims;
  assertEquals([claim?.verdict, claim?.counts.confirmed, claim?.counts.refuted], [
    "confirmed",
    2,
    0,
  ]);
});

/** What came of two linked hosts of a fleet on one night. */
function nightOf(day: number, digest: Partial<DigestCase> = {}): HostArrival[] {
  return ["gpu-0", "gpu-1"].map((name) => {
    const told = {
      startedAt: `2026-01-0${day}T03:00:00.000Z`,
      endedAt: `2026-01-0${day}T03:10:00.000Z`,
    };
    const { infiniband = [] } = ALL_TRUE.hosts[0] ?? {};
    return sampleArrival(
      { hostname: name, bootId: `${name} of ${day}`, infiniband, told, ...digest },
      { name, source: `${day}/${name}` },
    );
  });
}

function linkBetween([from, to]: readonly HostArrival[]): TiedLink[] {
  return from === undefined || to === undefined
    ? []
    : ALL_TRUE.links.map((link) => ({ ...link, from, to }));
}

function observed({ observations }: FleetResult, name: string) {
  return observations.find((one) => one.name === name);
}

Deno.test("mergeFleet() leaves each night its links, whatever its hosts are called in the end", () => {
  const nights = [1, 2].map((day) => nightOf(day));
  const merged = mergeFleet(nights.flat(), { ...OPTIONS, links: nights.flatMap(linkBetween) });
  const names = new Map(merged.hosts.map(({ name, source }) => [source, name]));
  assertEquals(
    merged.links.map(({ from, to }) => [from, to]),
    [1, 2].map((day) => [names.get(`${day}/gpu-0`), names.get(`${day}/gpu-1`)]),
  );
  assertEquals(observed(merged, "fleet/infiniband-carries")?.value, true);
});

Deno.test("mergeFleet() lets a host that is left out be a counterexample, and no host of another kind", () => {
  const fabric = {
    ...{ state: "Completed", status: "Success", cliqueId: 1 },
    clusterUuid: "9c000000-0000-4000-8000-000000000001",
  };
  const gpusOf = (uuidHash: string) => [
    { name: "X9000", uuidHash, virtualizationMode: "none", lost: null, fabric },
  ];
  const judged = sampleArrival({ hostname: "a", gpus: gpusOf("a") });
  const left = (kind: "live" | "synthetic") =>
    sampleArrival({
      ...{ hostname: "left", gpus: gpusOf("left") },
      ground: { version: "9", thresholds: OPTIONS.own.thresholds, kind },
    });
  const value = (...arrivals: readonly HostArrival[]) =>
    observed(merge(...arrivals), "fleet/no-memory-shared-between-hosts")?.value;
  assertEquals(value(judged, left("live")), false);
  assertEquals(value(judged, left("synthetic")), null);
});
