import { assertEquals, assertMatch } from "@std/assert";
import type { HostArrival } from "./arrival.ts";
import { inspectHosts, type Inspection } from "./faults.ts";
import type { CommonGround, FaultKind, HostState } from "./fleet_result.ts";
import { nameHosts } from "./host_names.ts";
import { type DigestCase, sampleArrival } from "./testing/sample_digests.ts";

const OWN = { version: "1.2.3", thresholds: { high: 0.95, medium: 0.5 } };
const NOW = new Date("2026-01-02T04:00:00.000Z");

/** Three hosts with which nothing is wrong. */
const SOUND = ["a", "b", "c"].map((hostname) => sampleArrival({ hostname }));
const LIVE = { ...OWN, kind: "live" } as const;

function inspect(...arrivals: readonly HostArrival[]): Inspection {
  return inspectHosts(nameHosts(arrivals), { own: OWN, now: NOW });
}

/** A host that ran in the fleet that went on for an hour from three o'clock. */
function inWindow(
  digest: Omit<DigestCase, "hostname">,
  begun: string | null = null,
): HostArrival {
  const window = {
    from: new Date("2026-01-02T03:00:00Z"),
    until: NOW,
    begun: begun === null ? null : new Date(begun),
  };
  return sampleArrival({ hostname: "x", ...digest }, { window });
}

function withoutResult(changes: Partial<HostArrival>): HostArrival {
  return sampleArrival({ hostname: "x" }, {
    name: "x",
    source: null,
    outcome: { kind: "nothing" },
    ...changes,
  });
}

const SOUND_GPU = {
  ...{ name: "X9000", uuidHash: null, virtualizationMode: "none", lost: null, fabric: null },
};

const CASES: readonly [string, HostArrival, HostState, FaultKind[], RegExp][] = [
  ["all is well", sampleArrival({ hostname: "x" }), "measured", [], /^$/],
  [
    "its run did not end",
    sampleArrival({ hostname: "x", end: "unfinished" }),
    "partial",
    ["partial-result"],
    /^Its run did not come to its end/,
  ],
  [
    "Ctrl-C ended its run",
    sampleArrival({ hostname: "x", end: "interrupted" }),
    "partial",
    ["partial-result"],
    /^Its run was interrupted before/,
  ],
  [
    "its result cannot be read",
    withoutResult({ outcome: { kind: "unreadable", because: "It is not JSON.", cure: "Again." } }),
    "unreadable",
    ["unreadable-result"],
    /^It is not JSON\.$/,
  ],
  [
    "another version measured it",
    sampleArrival({ hostname: "x", ground: { ...LIVE, version: "1.2.4" } }),
    "left-out",
    ["other-version"],
    /^The results that are judged are of cellproof 1\.2\.3; this one is of 1\.2\.4\.$/,
  ],
  [
    "it was judged by other thresholds",
    sampleArrival({ hostname: "x", ground: { ...LIVE, thresholds: { high: 0.9, medium: 0.5 } } }),
    "left-out",
    ["other-thresholds"],
    /by high=0\.95,medium=0\.5; this one by high=0\.9,medium=0\.5\.$/,
  ],
  [
    "it is a dry run",
    sampleArrival({ hostname: "x", ground: { ...LIVE, kind: "dry-run" } }),
    "left-out",
    ["other-kind"],
    /^The results that are judged are of live runs; this one is a dry run\.$/,
  ],
  [
    "it is an earlier result of a machine",
    sampleArrival({
      ...{ hostname: "a", bootId: "before", gpus: [] },
      told: { endedAt: "2026-01-02T03:05:00.000Z" },
    }, { name: "x" }),
    "left-out",
    ["duplicate-host"],
    /^It is of the same machine as a \(the same hostname and hardware\), whose result is the later/,
  ],
  [
    "it is of the same boot as another one, and tells less of its hardware",
    sampleArrival({
      ...{ hostname: "a", bootId: "boot of a", gpus: null },
      told: { machine: "unknown", model: "4567", endedAt: "2026-01-02T03:05:00.000Z" },
    }, { name: "x" }),
    "left-out",
    ["duplicate-host"],
    /^It is of the same machine as a \(the same boot id\), whose result is the later/,
  ],
  [
    "it is a copy of a result under a name that comes later",
    sampleArrival({ hostname: "c" }, { name: "x" }),
    "left-out",
    ["duplicate-host"],
    /^It is of the same machine as c \(a GPU with the same UUID\), whose result stands for both/,
  ],
  [
    "it is of a machine that another result tells right times of",
    sampleArrival({
      ...{ hostname: "x", bootId: "boot of c" },
      told: { endedAt: "9", startedAt: "2026-01-02T03:00:00.000Z" },
    }),
    "left-out",
    ["duplicate-host", "wrong-clock"],
    /^It is of the same machine as c \(.*\), whose result tells times that are not in doubt\.$/,
  ],
  [
    "it was begun a year before its fleet, and its node told of no beginning",
    inWindow({ told: { startedAt: "2025-01-01T00:00:00Z", endedAt: "2025-01-01T01:00:00Z" } }),
    "left-out",
    ["stale-result"],
    /^It was begun at 2025-01-01T00:00:00Z, and the fleet at 2026-01-02T03:00:00\.000Z; its node told/,
  ],
  [
    "its node's clock is a year behind",
    inWindow(
      { told: { startedAt: "2025-01-01T00:00:10Z", endedAt: "2025-01-01T00:40:00Z" } },
      "2025-01-01T00:00:00Z",
    ),
    "measured",
    ["wrong-clock"],
    /^$/,
  ],
  [
    "its node's clock is a year behind, and an earlier job of the same fleet began it",
    inWindow(
      { told: { startedAt: "2025-01-01T00:00:00Z", endedAt: "2025-01-01T00:59:00Z" } },
      "2025-01-01T00:58:00Z",
    ),
    "measured",
    ["wrong-clock"],
    /^$/,
  ],
  [
    "it is older than the fleet by its node's own clock",
    inWindow(
      { told: { startedAt: "2026-01-02T01:00:00Z", endedAt: "2026-01-02T02:00:00Z" } },
      "2026-01-02T03:10:00Z",
    ),
    "left-out",
    ["stale-result"],
    /^By its node's own clock it was begun at 2026-01-02T01:00:00Z, and the fleet's job at /,
  ],
  [
    "its GPU is another host's",
    sampleArrival({
      hostname: "x",
      told: { endedAt: "2026-01-02T03:05:00.000Z" },
      gpus: [{
        ...{ name: null, uuidHash: "gpu of b", virtualizationMode: null, lost: null, fabric: null },
      }],
    }),
    "left-out",
    ["duplicate-host"],
    /same machine as b \(a GPU with the same UUID\)/,
  ],
  [
    "its boot is another host's",
    sampleArrival({
      ...{ hostname: "x", bootId: "boot of c" },
      told: { endedAt: "2026-01-02T03:05:00.000Z" },
    }),
    "left-out",
    ["duplicate-host"],
    /same machine as c \(the same boot id\)/,
  ],
  [
    "its clock is before the fleet's beginning",
    inWindow({ told: { startedAt: "2026-01-02T02:54:00.000Z" } }),
    "measured",
    ["wrong-clock"],
    /^$/,
  ],
  [
    "its clock is within what is tolerated",
    inWindow({
      told: { startedAt: "2026-01-02T02:56:00.000Z", endedAt: "2026-01-02T04:04:00.000Z" },
    }),
    "measured",
    [],
    /^$/,
  ],
  [
    "its run left nothing",
    withoutResult({}),
    "nothing",
    ["no-result"],
    /^Its run left no result\.$/,
  ],
  [
    "its node died",
    withoutResult({ fate: { state: "died", because: "Slurm lost it." } }),
    "died",
    ["dead-node"],
    /^Slurm lost it\.$/,
  ],
  [
    "its node died and left half a result",
    sampleArrival({ hostname: "x", end: "unfinished" }, {
      fate: { state: "died", because: "Slurm lost it." },
      faults: [{ kind: "dead-node", because: "Slurm lost it.", cure: null }],
    }),
    "died",
    ["dead-node"],
    /^Slurm lost it\.$/,
  ],
  [
    "its time limit ended its run, of which half a result is there",
    sampleArrival({ hostname: "x", end: "interrupted" }, {
      fate: { state: "timed-out", because: "It did." },
    }),
    "timed-out",
    ["time-limit"],
    /^It did\.$/,
  ],
  [
    "its driver has lost a GPU",
    sampleArrival({ hostname: "x", gpus: [SOUND_GPU, { ...SOUND_GPU, lost: "GPU is lost" }] }),
    "measured",
    ["lost-gpu"],
    /^$/,
  ],
  [
    "its driver has lost a GPU in a result that is older than the fleet",
    inWindow({
      gpus: [{ ...SOUND_GPU, lost: "GPU is lost" }],
      told: { startedAt: "2025-01-01T00:00:00Z", endedAt: "2025-01-01T01:00:00Z" },
    }),
    "left-out",
    ["stale-result"],
    /^It was begun at /,
  ],
  [
    "its node died after its result was whole",
    sampleArrival({ hostname: "x" }, {
      fate: { state: "died", because: "Slurm lost it." },
      faults: [{ kind: "dead-node", because: "Slurm lost it.", cure: null }],
    }),
    "measured",
    ["dead-node"],
    /^$/,
  ],
  [
    "its node does not see the folder",
    withoutResult({ faults: [{ kind: "no-shared-folder", because: "It does not.", cure: null }] }),
    "nothing",
    ["no-shared-folder"],
    /^Its run left no result\.$/,
  ],
];
for (const [when, arrival, state, kinds, because] of CASES) {
  Deno.test(`inspectHosts() calls a host ${state} when ${when}`, () => {
    const { hosts, faults } = inspect(...SOUND, arrival);
    const host = hosts.find(({ arrival }) => arrival.name === "x");
    assertEquals(host?.state, state);
    assertMatch(host?.because ?? "", because);
    assertEquals(faults.map(({ host, kind }) => [host, kind]), kinds.map((kind) => ["x", kind]));
  });
}

for (const state of ["timed-out", "cancelled", "unavailable", "waited"] as const) {
  Deno.test(`inspectHosts() names a fault of its own when a node was ${state}`, () => {
    const { faults } = inspect(withoutResult({ fate: { state, because: "So it was." } }));
    assertEquals(faults.map(({ because }) => because), ["So it was."]);
  });
}

Deno.test("inspectHosts() gives every fault a cure, and an unreadable result its own", () => {
  const unreadable = { kind: "unreadable", because: "It is not JSON.", cure: "Again." } as const;
  const [fault] = inspect(withoutResult({ outcome: unreadable })).faults;
  assertEquals(fault?.cure, "Again.");
  for (const [, arrival] of CASES.slice(1)) {
    const known = arrival.faults.map(({ kind }) => kind);
    const own = inspect(...SOUND, arrival).faults.filter(({ kind }) => !known.includes(kind));
    assertEquals(own.filter(({ cure }) => cure === null), []);
  }
});

Deno.test("inspectHosts() judges a guest beside the host that gave it the GPU", () => {
  const gpu = { name: null, uuidHash: "1", virtualizationMode: null, lost: null, fabric: null };
  const metal = sampleArrival({ hostname: "metal", gpus: [gpu] });
  const told = { environment: "inside a KVM guest", bareMetal: false };
  const guest = sampleArrival({ hostname: "guest", gpus: [gpu], told });
  assertEquals(inspect(metal, guest).hosts.map(({ state }) => state), ["measured", "measured"]);
});

Deno.test("inspectHosts() takes no time that is none for a late one", () => {
  const result = (endedAt: string) =>
    sampleArrival({ hostname: "x", told: { endedAt } }, { source: endedAt });
  for (const none of ["zzz", "9", "2026-01-02 23:00", "2027-01-01", "2026-01-02T12:30:00+09:00"]) {
    const { hosts } = inspect(...SOUND, result(none), result("2026-01-02T03:40:00.000Z"));
    const judged = hosts.filter(({ state }) => state === "measured").map(({ arrival }) =>
      arrival.source
    );
    assertEquals(judged.at(-1), "2026-01-02T03:40:00.000Z", none);
  }
});

Deno.test("inspectHosts() names the duplicate that shares the sign, not the one that is judged", () => {
  const gpu = (uuidHash: string) => (
    { name: null, uuidHash, virtualizationMode: null, lost: null, fabric: null }
  );
  const host = (hostname: string, minute: number, ...gpus: string[]) =>
    sampleArrival({
      ...{ hostname, gpus: gpus.map(gpu) },
      told: { endedAt: `2026-01-02T03:${minute}:00.000Z` },
    });
  const { hosts } = inspect(host("a", 30, "1"), host("b", 29, "1", "2"), host("c", 28, "2"));
  assertEquals(hosts.map(({ state }) => state), ["measured", "left-out", "left-out"]);
  assertMatch(hosts[2]?.because ?? "", /same machine as b \(a GPU with the same UUID\)/);
});

Deno.test("inspectHosts() gives a machine under three names one voice", () => {
  const lax = { ...LIVE, thresholds: { high: 0.9, medium: 0.5 } };
  const again = ["x", "y", "z"].map((hostname) =>
    sampleArrival({ hostname, bootId: "the same", ground: lax })
  );
  assertEquals(inspect(...SOUND.slice(0, 2), ...again).common, LIVE);
});

Deno.test("inspectHosts() gives a result that is older than its fleet no voice", () => {
  const told = { startedAt: "2025-01-01T00:00:00Z", endedAt: "2025-01-01T01:00:00Z" };
  const old = ["x", "y"].map((hostname) =>
    inWindow({
      bootId: hostname,
      told: { ...told, machine: hostname },
      ground: { ...LIVE, version: "1" },
    })
  );
  assertEquals(inspect(...SOUND.slice(0, 1), ...old).common, LIVE);
});

Deno.test("inspectHosts() judges a machine by its latest result that may be judged", () => {
  const night = (day: number, ground: CommonGround = LIVE) =>
    sampleArrival({
      ...{ hostname: "x", ground, bootId: `boot ${day}` },
      told: { startedAt: `2026-01-0${day}T03:00:00Z`, endedAt: `2026-01-0${day}T04:00:00Z` },
    }, { source: `night-${day}` });
  const later = night(2, { ...LIVE, version: "9.9.9" });
  const { hosts } = inspect(...SOUND, night(1), later);
  const states = hosts.slice(3).map(({ arrival, state }) => [arrival.source, state]);
  assertEquals(states, [["night-1", "measured"], ["night-2", "left-out"]]);
});

Deno.test("inspectHosts() lets a host that was measured again a day after all others stand for itself", () => {
  const told = { startedAt: "2026-01-03T03:00:00.000Z", endedAt: "2026-01-03T03:10:00.000Z" };
  const again = sampleArrival({ hostname: "c", bootId: "next", told }, { source: "again" });
  const own = { own: OWN, now: new Date("2026-01-03T04:00:00.000Z") };
  const { hosts } = inspectHosts(nameHosts([...SOUND, again]), own);
  assertEquals(hosts.slice(2).map(({ arrival, state }) => [arrival.source, state]), [
    ["again", "measured"],
    ["results/c", "left-out"],
  ]);
});

Deno.test("inspectHosts() says which GPU is lost, in the driver's words", () => {
  const lost = { ...SOUND_GPU, lost: "GPU is lost" };
  const because = (...gpus: readonly typeof lost[]) =>
    inspect(sampleArrival({ hostname: "x", gpus })).faults[0]?.because;
  assertEquals(because(lost), "GPU 0 is lost (GPU is lost).");
  const long = because({ ...lost, lost: "x".repeat(9000) }, lost) ?? "";
  assertMatch(long, /^GPU 0 is lost \(x{200}…\), GPU 1 is lost \(GPU is lost\)\.$/);
});

Deno.test("inspectHosts() goes on with a run only where a user measured it", () => {
  const partial = sampleArrival({ hostname: "x", end: "unfinished" });
  const cure = (changes: Partial<HostArrival>) =>
    inspect({ ...partial, ...changes }).faults[0]?.cure ?? "";
  assertMatch(cure({}), /^Go on with its run \(deno task bench --out FOLDER\)/);
  assertMatch(cure({ source: "/data/x" }), /bench --out \/data\/x\)/);
  assertMatch(cure({ source: "/data/x; y" }), /bench --out FOLDER\)/);
  const { window } = inWindow({});
  for (const node of [{ source: "/shared/f/nodes/n1/result" }, { window }]) {
    assertMatch(cure(node), /measure it again \(--nodes NAME --out NEW\), and merge both folders/);
  }
});
