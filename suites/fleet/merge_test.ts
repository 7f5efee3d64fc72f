import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { type Verdict, VERDICTS } from "../result.ts";
import type { HostArrival } from "./arrival.ts";
import { ALL_TRUE } from "./control_fleets.ts";
import type { FleetResult } from "./fleet_result.ts";
import { mergeFleet } from "./merge.ts";
import type { ComparableRatio } from "./outliers.ts";
import type { TiedLink } from "./tied_links.ts";
import {
  CLAIM,
  type DigestCase,
  OTHER_CLAIM,
  sampleArrival,
  sampleDigest,
} from "./testing/sample_digests.ts";

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

const NODES = Array.from({ length: 6 }, (_, index) => `gpu-${index}`);
const anyNode = fc.constantFrom(...NODES.keys());

/** Six hosts, some of 8 GPUs and some of 16, and links between them, some of which failed. */
const anyLinkedFleet = fc.record({
  sizes: fc.array(fc.constantFrom(8, 16), { minLength: NODES.length, maxLength: NODES.length }),
  ends: fc.array(fc.record({ from: anyNode, to: anyNode, isMeasured: fc.boolean() }), {
    maxLength: 6,
  }),
}).map(({ sizes, ends }) => {
  const { infiniband = [], gpus = [] } = ALL_TRUE.hosts[0] ?? {};
  const arrivals = NODES.map((hostname, host) =>
    sampleArrival({
      ...{ hostname, infiniband },
      gpus: Array.from({ length: sizes[host] ?? 0 }, (_, gpu) =>
        gpus?.slice(0, 1).map((one) => (
          { ...one, uuidHash: `${hostname}/${gpu}` }
        )) ?? []).flat(),
    }, { name: hostname })
  );
  const links = ends.flatMap(({ from, to, isMeasured }) => {
    const [one, other] = [arrivals[from], arrivals[to]];
    const tied = one === undefined || other === undefined ? [] : linkBetween([one, other]);
    return tied.map((link) => isMeasured ? link : { ...link, failure: "It failed." });
  });
  return { arrivals, links };
});

Deno.test("mergeFleet() gives the same fleet in whichever order hosts and links come", () => {
  const ordered = anyLinkedFleet.chain((fleet) => {
    const whole = <T>(all: T[]) => fc.shuffledSubarray(all, { minLength: all.length });
    const other = fc.record({ arrivals: whole(fleet.arrivals), links: whole(fleet.links) });
    return fc.tuple(fc.constant(fleet), other);
  });
  fc.assert(fc.property(ordered, (fleets) => {
    const [one, other] = fleets.map(({ arrivals, links }) =>
      mergeFleet(arrivals, { ...OPTIONS, links })
    );
    assertEquals(other, one);
  }));
});

Deno.test("mergeFleet() tells how many hosts it compared for outliers", () => {
  const ratios: ComparableRatio[] = [{
    ...{ experiment: "storage", workload: "seq-read", arm: "container", work: "reads" },
    ...{ n: 12, ratio: 0.97, low: 0.96, high: 0.98, reach: 0.99 },
  }];
  const hosts = ["a", "b", "c"].map((hostname) =>
    sampleArrival({ hostname, ratios: hostname === "c" ? [] : ratios })
  );
  assertEquals([merge(...hosts).mostCompared, merge().mostCompared], [2, 0]);
});

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

Deno.test("mergeFleet() hears what a machine's earlier result refutes and a later one did not try", () => {
  const of = (hostname: string, day: number, claims: DigestCase["claims"] = {}) =>
    sampleArrival({
      ...{ hostname, bootId: `${hostname} of ${day}`, claims },
      told: {
        kernel: `6.${day}`,
        startedAt: `2026-01-0${day}T03:00:00.000Z`,
        endedAt: `2026-01-0${day}T03:10:00.000Z`,
      },
      software: { ...sampleDigest({ hostname }).software, kernel: `6.${day}` },
    }, { source: `${hostname}-${day}` });
  const full = of("a", 1, { [CLAIM]: "refuted", [OTHER_CLAIM]: "confirmed" });
  const narrow = of("a", 2, { [OTHER_CLAIM]: "confirmed" });
  const { claims, hosts, disagreements, faults } = merge(
    ...[full, narrow, of("b", 2, { [CLAIM]: "confirmed", [OTHER_CLAIM]: "confirmed" })],
  );
  assertEquals(claims.map(({ id, verdict, counts }) => [id, verdict, counts.confirmed]), [
    [OTHER_CLAIM, "confirmed", 2],
    [CLAIM, "refuted", 1],
  ]);
  assertStringIncludes(claims[1]?.because ?? "", "a (a-1): it is refuted here");
  assertEquals(hosts.map(({ name, state, told }) => [name, state, told?.verdicts]), [
    ["a (a-1)", "left-out", "cr"],
    ["a (a-2)", "measured", "c-"],
    ["b", "measured", "cc"],
  ]);
  assertMatch(faults[0]?.because ?? "", /the later one\. On 1 claim it is still heard\.$/);
  assertEquals(disagreements.map(({ refuted }) => refuted), [["a (a-1)"]]);
  assertStringIncludes(disagreements[0]?.differ.join() ?? "", "kernel 6.1 where it is refuted");
});

Deno.test("mergeFleet() tells of a host that has another's name and other hardware, and hears it", () => {
  const of = (source: string, verdict: Verdict, day: number) =>
    sampleArrival({
      ...{ hostname: "localhost", bootId: source, claims: { [CLAIM]: verdict }, gpus: [] },
      told: {
        ...{ machine: source, startedAt: `2026-01-0${day}T03:00:00.000Z` },
        endedAt: `2026-01-0${day}T03:10:00.000Z`,
      },
    }, { source });
  const { hosts, faults, claims } = merge(of("one", "refuted", 1), of("other", "confirmed", 2));
  assertEquals(hosts.map(({ state }) => state), ["left-out", "measured"]);
  assertEquals(faults.map(({ kind }) => kind), ["duplicate-host"]);
  assertMatch(
    faults[0]?.because ?? "",
    /^It has the hostname of localhost \(other\) and other hard/,
  );
  assertEquals(claims.map(({ verdict }) => verdict), ["refuted"]);
});
