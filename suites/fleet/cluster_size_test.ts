import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { twentyGpusOrMore } from "./cluster_size.ts";
import { ALL_TRUE, NONE_TRUE } from "./control_fleets.ts";
import type { FleetMember, FleetReading } from "./fleet_member.ts";
import type { FleetRequest, HostLink } from "./fleet_result.ts";
import {
  anotherHost,
  answerTo,
  type Case,
  changedGpus,
  GUEST,
  hosts,
  links,
  LOST,
  withGpus,
} from "./testing/changed_fleet.ts";

/** The fleet as a scheduler asked for it, changed. */
function requested(change: Partial<FleetRequest>): Partial<FleetReading> {
  const { request } = ALL_TRUE;
  return { request: request === null ? null : { ...request, ...change } };
}

/** A host of so many GPUs of its own. */
function largeHost(name: string, gpus: number, change: Partial<FleetMember> = {}): FleetMember {
  const host = anotherHost(name, change);
  const [gpu] = host.gpus ?? [];
  const all = Array.from({ length: gpus }, (_, index) => `${name}/${index}`);
  return {
    ...host,
    gpus: gpu === undefined ? null : all.map((uuidHash) => ({ ...gpu, uuidHash })),
  };
}

/** The fleet and one host more, judged or not. */
function withHost(host: FleetMember): Partial<FleetReading> {
  return { hosts: [...ALL_TRUE.hosts, host] };
}
function beside(host: FleetMember): Partial<FleetReading> {
  return { others: [host], missing: [host.name] };
}

const LARGE = largeHost("large", 980);
/** Three hosts of eight GPUs, one joined to the next, which no scheduler ran. */
const LINKED: Partial<FleetReading> = {
  request: null,
  links: [...links({}), ...links({ from: "control1", to: "control2" })],
};

const CASES: Record<string, Case> = {
  "hosts of a scheduler's cluster have 24": [{}, true],
  "the scheduler does not name its cluster": [requested({ cluster: null }), true],
  "hosts have 16, and may not be all": [{ hosts: hosts(2) }, "untested"],
  "there are 1,000": [{ hosts: NONE_TRUE.hosts }, false],
  "there are 1,000 and nobody knows how many more": [
    { hosts: NONE_TRUE.hosts, ...requested({ nodesNotAsked: null }) },
    false,
  ],
  "there are 960, and five hosts more": [
    { hosts: NONE_TRUE.hosts.slice(0, 120), missing: ["x", "y", "z", "a", "b"] },
    "inconclusive",
  ],
  "61 nodes were not asked": [requested({ nodesNotAsked: 61 }), "inconclusive"],
  "60 nodes were not asked": [requested({ nodesNotAsked: 60 }), true],
  "nobody knows how many nodes were not asked": [
    requested({ nodesNotAsked: null }),
    "inconclusive",
  ],
  "2,000 GPUs tell no UUID": [
    withHost(changedGpus(largeHost("large", 2000), { uuidHash: null })),
    "inconclusive",
  ],
  "980 GPUs are lost": [withHost(changedGpus(LARGE, LOST)), "inconclusive"],
  "a guest has 980": [withHost({ ...LARGE, ...GUEST }), "inconclusive"],
  "a host that is not judged has 980": [beside(LARGE), "inconclusive"],
  "a host that is not judged has 900": [
    { ...beside(largeHost("large", 900)), ...requested({ nodesNotAsked: 0 }) },
    true,
  ],
  "a host that is not judged has those of one that is": [
    beside({ ...LARGE, gpus: ALL_TRUE.hosts[0]?.gpus ?? null }),
    true,
  ],
  "a driver could not tell": [withHost(anotherHost("untold", { gpus: null })), true],
  "61 drivers could not tell": [{
    hosts: [
      ...ALL_TRUE.hosts,
      ...Array.from({ length: 61 }, (_, one) => anotherHost(`u${one}`, { gpus: null })),
    ],
  }, "inconclusive"],
  "links join the hosts, and nobody knows what is beside": [LINKED, "inconclusive"],
  "a link joins two hosts, which have 16": [{ ...LINKED, links: links({}) }, "untested"],
  "nothing says that they are one cluster": [{ request: null, links: [] }, "untested"],
  "the hosts are guests": [{ hosts: hosts(3, GUEST) }, "untested"],
  "the GPUs are vGPUs": [{ hosts: withGpus({ virtualizationMode: "vgpu" }) }, "untested"],
  "GPUs tell no UUID": [{ hosts: withGpus({ uuidHash: null }) }, "untested"],
  "GPUs are lost": [{ hosts: withGpus(LOST) }, "untested"],
  "one GPU shows everywhere": [{ hosts: withGpus({ uuidHash: "same" }) }, "untested"],
};
for (const [when, [change, expected]] of Object.entries(CASES)) {
  Deno.test(`twentyGpusOrMore() is ${expected} where ${when}`, () => {
    const { answer, words } = answerTo(twentyGpusOrMore, change);
    assertEquals(answer, expected, words);
  });
}

/** Hosts that links join in two clusters. */
const TWO_CLUSTERS = ["a", "b"].map((cluster) => ["0", "1"].map((one) => `${cluster}${one}`));

Deno.test("twentyGpusOrMore() asks the linked hosts that have most GPUs, however links are told", () => {
  const port = { infiniband: ALL_TRUE.hosts[0]?.infiniband ?? [] };
  const made = TWO_CLUSTERS.flat().map((name) => largeHost(name, name < "b" ? 8 : 16, port));
  const few = ["c0", "c1", "c2"].map((name) => largeHost(name, 1, port));
  const between = [...TWO_CLUSTERS, ["c0", "c1"], ["c1", "c2"]].flatMap(([from = "", to = ""]) =>
    links({ from, to })
  );
  for (const told of [between, between.toReversed()]) {
    const { answer, words } = answerTo(twentyGpusOrMore, {
      ...{ request: null, links: told, hosts: [...made, ...few] },
    });
    assertEquals(answer, "inconclusive");
    assertStringIncludes(words, "2 hosts with InfiniBand links between them have 32 GPUs");
  }
});

Deno.test("twentyGpusOrMore() asks the first by name of linked hosts that have as many GPUs", () => {
  const port = { infiniband: ALL_TRUE.hosts[0]?.infiniband ?? [] };
  const made = TWO_CLUSTERS.flat().map((name) => largeHost(name, 16, port));
  const between = TWO_CLUSTERS.flatMap(([from = "", to = ""]) => links({ from, to }));
  for (const told of [between, between.toReversed()]) {
    const { words } = answerTo(twentyGpusOrMore, { request: null, links: told, hosts: made });
    assertStringIncludes(words, "those of b0, b1, which no link joins to them");
  }
});

/** Links that are none of InfiniBand, or whose figures no port can carry. */
const NO_LINKS: Record<string, Partial<HostLink>> = {
  "carried nothing": { bytesPerSecond: [] },
  "carried 0": { bytesPerSecond: [0, 0, 0] },
  "has a rate of 0": { portBytesPerSecond: 0 },
  "has no rate": { portBytesPerSecond: null },
  "has another rate than its ports": { portBytesPerSecond: 50e9 },
  "carried more than its port can": { bytesPerSecond: [24e9, 9e12] },
  "failed": { failure: "It failed." },
  "is of the loopback": { port: "lo" },
  "leads to a host that is not judged": { to: "elsewhere" },
  "leads to itself": { to: "control0" },
};
for (const [what, change] of Object.entries(NO_LINKS)) {
  Deno.test(`twentyGpusOrMore() takes no two hosts for one cluster by a link that ${what}`, () => {
    const { words } = answerTo(twentyGpusOrMore, { request: null, links: links(change) });
    assertStringIncludes(words, "Nothing shows that these hosts are one cluster");
  });
}

Deno.test("twentyGpusOrMore() names what is not counted, and how many there are at most", () => {
  const { words } = answerTo(twentyGpusOrMore, {
    hosts: [
      ...withGpus(LOST, 1),
      anotherHost("vm", GUEST),
      ...hosts(1, { name: "untold", gpus: null }),
    ],
    missing: ["late1", "late2"],
  });
  for (
    const part of [
      "8 GPUs of theirs that tell no UUID, are lost or shared out",
      "those of untold, whose driver could not tell",
      "those of vm, not on bare metal",
      "those of late1, late2, of which there is no result to judge",
      "those of 2 nodes not asked",
    ]
  ) assertStringIncludes(words, part);
  const bound = answerTo(twentyGpusOrMore, requested({ nodesNotAsked: 3 }));
  assertStringIncludes(bound.words, "have 24 GPUs together");
  assertStringIncludes(bound.words, "72 at most");
});

Deno.test("twentyGpusOrMore() is true of no fleet that may have 1,000 GPUs", () => {
  const size = fc.integer({ min: 0, max: 40 });
  const parts = fc.record({
    judged: size,
    guests: size,
    left: size,
    missing: size,
    notAsked: size,
  });
  fc.assert(fc.property(parts, ({ judged, guests, left, missing, notAsked }) => {
    const made = (count: number, kind: string, change = {}) =>
      Array.from({ length: count }, (_, one) => anotherHost(`${kind}${one}`, change));
    const others = made(left, "left");
    const silent = Array.from({ length: missing }, (_, one) => `missing${one}`);
    const { answer } = answerTo(twentyGpusOrMore, {
      hosts: [...ALL_TRUE.hosts, ...made(judged, "host"), ...made(guests, "vm", GUEST)],
      ...{ others, missing: [...silent, ...others.map(({ name }) => name)] },
      ...requested({ nodesNotAsked: notAsked }),
    });
    const most = 8 * (3 + judged + guests + left) + 16 * (missing + notAsked);
    assertEquals(answer, most < 1000 ? true : "inconclusive");
  }));
});

Deno.test("twentyGpusOrMore() tells of one host, and of one GPU, as of one", () => {
  const [host] = hosts(1);
  const gpus = host?.gpus?.map((gpu, index) => index === 0 ? { ...gpu, uuidHash: null } : gpu);
  const { words } = answerTo(twentyGpusOrMore, { hosts: hosts(1, { gpus: gpus ?? null }) });
  assertStringIncludes(words, "1 host of the Slurm cluster control has 7 GPUs, not counting");
  assertStringIncludes(words, "1 GPU of theirs that tells no UUID, is lost or shared out");
});
