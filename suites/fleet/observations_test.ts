import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import type { FabricDescription, Observation } from "../result.ts";
import { ALL_TRUE, NONE_TRUE } from "./control_fleets.ts";
import type { FleetMember, FleetReading } from "./fleet_member.ts";
import type { HostLink } from "./fleet_result.ts";
import { observeMembers } from "./observations.ts";

const SIZE = "fleet/twenty-gpus-or-more";
const MEMORY = "fleet/no-memory-shared-between-hosts";
const CARRIES = "fleet/infiniband-carries";

type Answer = boolean | "untested" | "inconclusive" | "error";

function asked(name: string, change: Partial<FleetReading>): Observation {
  const found = observeMembers({ ...ALL_TRUE, ...change }).find((one) => one.name === name);
  assert(found !== undefined);
  return found;
}

function answerOf({ value, absence }: Observation): Answer {
  return typeof value === "boolean" ? value : absence?.verdict ?? "error";
}

/** The first hosts of the fleet of which all is true, each changed. */
function hosts(count: number, change: Partial<FleetMember> = {}): FleetMember[] {
  return ALL_TRUE.hosts.slice(0, count).map((host) => ({ ...host, ...change }));
}

/** The same, each GPU with this fabric. */
function onFabric(change: Partial<FabricDescription> | null, name = "NVIDIA X9000"): FleetMember[] {
  return ALL_TRUE.hosts.map((host) => ({
    ...host,
    gpus: host.gpus?.map((gpu) => ({ ...gpu, name, fabric: fabricWith(gpu.fabric, change) })) ??
      null,
  }));
}

function fabricWith(
  fabric: FabricDescription | null,
  change: Partial<FabricDescription> | null,
): FabricDescription | null {
  return change === null || fabric === null ? null : { ...fabric, ...change };
}

function links(change: Partial<HostLink>): HostLink[] {
  return ALL_TRUE.links.map((link) => ({ ...link, ...change }));
}

const GUEST = { bareMetal: false, environment: "inside a KVM guest" };
const LOST = { lost: "GPU is lost" };
const NOT_ALL = {
  hosts: NONE_TRUE.hosts.slice(0, 120),
  missing: ["x", "y", "z", "a", "b"],
};
const CASES: Record<string, [name: string, change: Partial<FleetReading>, answer: Answer]> = {
  "hosts of a scheduler's cluster have 24 GPUs": [SIZE, {}, true],
  "hosts have 16, and may not be all": [SIZE, { hosts: hosts(2) }, "untested"],
  "a cluster has 1,000": [SIZE, { hosts: NONE_TRUE.hosts }, false],
  "a cluster has 960, and five hosts more": [SIZE, NOT_ALL, "inconclusive"],
  "a link was measured between two of the hosts, of which it has 16": [
    SIZE,
    { request: null },
    "untested",
  ],
  "nothing says that they are one cluster": [SIZE, { request: null, links: [] }, "untested"],
  "a link that carried nothing says so no more": [SIZE, {
    request: null,
    links: links({ bytesPerSecond: [] }),
  }, "untested"],
  "the hosts are guests": [SIZE, { hosts: hosts(3, GUEST) }, "untested"],
  "the GPUs are vGPUs": [
    SIZE,
    { hosts: withGpus({ virtualizationMode: "vgpu" }) },
    "untested",
  ],
  "GPUs tell no UUID": [SIZE, { hosts: withGpus({ uuidHash: null }) }, "untested"],
  "GPUs are lost": [SIZE, { hosts: withGpus(LOST) }, "untested"],
  "one GPU shows everywhere": [SIZE, { hosts: withGpus({ uuidHash: "same" }) }, "untested"],
  "NVSwitch ends within each host": [MEMORY, {}, true],
  "no GPU is on a fabric": [MEMORY, { hosts: onFabric(noFabric()) }, true],
  "a domain spans all hosts": [MEMORY, { hosts: onFabric({ clusterUuid: "9c" }) }, false],
  "a driver tells nothing of a fabric": [MEMORY, { hosts: onFabric(null) }, "inconclusive"],
  "a driver tells no cluster": [MEMORY, { hosts: onFabric({ clusterUuid: null }) }, "inconclusive"],
  "a GPU registers still": [MEMORY, { hosts: onFabric({ state: "In Progress" }) }, "inconclusive"],
  "a GPU failed to register": [
    MEMORY,
    { hosts: onFabric({ status: "Insufficient Resources" }) },
    "inconclusive",
  ],
  "a GPU that is built for domains is in none": [MEMORY, {
    hosts: onFabric(noFabric(), "NVIDIA GB200"),
  }, "inconclusive"],
  "a GPU is lost": [MEMORY, { hosts: withGpus(LOST, 1) }, "inconclusive"],
  "a driver could not tell": [
    MEMORY,
    { hosts: [...hosts(2), ...hosts(1, { gpus: null })] },
    "inconclusive",
  ],
  "one host is there": [MEMORY, { hosts: hosts(1) }, "untested"],
  "a port is filled": [CARRIES, {}, true],
  "more is measured than a port carries": [
    CARRIES,
    { links: links({ bytesPerSecond: [24e9, 24e9, 25.1e9] }) },
    "inconclusive",
  ],
  "one of three runs carries less than half": [
    CARRIES,
    { links: links({ bytesPerSecond: [24e9, 12.4e9, 24e9] }) },
    "inconclusive",
  ],
  "there are two runs": [CARRIES, { links: links({ bytesPerSecond: [24e9, 24e9] }) }, "untested"],
  "the port tells no rate": [CARRIES, { links: links({ portBytesPerSecond: null }) }, "untested"],
  "a link leads to itself": [CARRIES, { links: links({ to: "control0" }) }, "untested"],
  "a link leads to a host that is not judged": [CARRIES, { links: links({ to: "x" }) }, "untested"],
  "the port is another one": [CARRIES, { links: links({ port: "mlx9_1 port 1" }) }, "untested"],
  "no link was measured": [CARRIES, { links: [] }, "untested"],
  "the port does RDMA over Ethernet": [
    CARRIES,
    { hosts: withPorts({ linkLayer: "Ethernet" }) },
    "untested",
  ],
  "the port is down": [CARRIES, { hosts: withPorts({ active: false }) }, "untested"],
};
for (const [words, [name, change, answer]] of Object.entries(CASES)) {
  Deno.test(`observeFleet() finds "${name.slice(6)}" ${answer} where ${words}`, () => {
    const found = asked(name, change);
    assertEquals(answerOf(found), answer, found.seen);
  });
}

/** The fleet of which all is true, its GPUs changed, on the first hosts or on all. */
function withGpus(change: object, count = ALL_TRUE.hosts.length): FleetMember[] {
  return ALL_TRUE.hosts.map((host, index) => ({
    ...host,
    gpus: index < count ? host.gpus?.map((gpu) => ({ ...gpu, ...change })) ?? null : host.gpus,
  }));
}

function withPorts(change: object): FleetMember[] {
  return ALL_TRUE.hosts.map((host) => ({
    ...host,
    infiniband: host.infiniband?.map((port) => ({ ...port, ...change })) ?? null,
  }));
}

function noFabric(): FabricDescription {
  return { state: "N/A", status: null, clusterUuid: null, cliqueId: null };
}

Deno.test("observeFleet() holds its controls, and names what is not counted", () => {
  const observations = observeMembers({ ...ALL_TRUE, missing: ["late1", "late2"] });
  assertEquals(observations.map(answerOf), [true, true, true]);
  assert(observations.every(({ controls }) => controls.length === 2));
  assert(observations.every(({ controls }) => controls.every(({ held }) => held)));
  assertStringIncludes(observations[0]?.seen ?? "", "not counting those of late1, late2");
});

Deno.test("observeFleet() lets a domain of each host alone be no shared one", () => {
  const own = ALL_TRUE.hosts.map((host) => ({
    ...host,
    gpus: host.gpus?.map((gpu) => ({
      ...gpu,
      fabric: fabricWith(gpu.fabric, { clusterUuid: host.name, cliqueId: 1 }),
    })) ?? null,
  }));
  assertEquals(answerOf(asked(MEMORY, { hosts: own })), true);
  assertStringIncludes(asked(MEMORY, { hosts: own }).seen, "of the own host alone");
});

Deno.test("observeFleet() says the same in whichever order hosts and links stand", () => {
  const picks = fc.tuple(fc.nat(3), fc.nat(200));
  fc.assert(
    fc.property(picks, ([few, many]) => {
      const some = [...ALL_TRUE.hosts.slice(0, few), ...NONE_TRUE.hosts.slice(10, 10 + many)];
      const reading = { ...ALL_TRUE, hosts: some };
      const turned = { ...reading, hosts: some.toReversed(), links: reading.links.toReversed() };
      const answers = [reading, turned].map((one) => observeMembers(one).map(answerOf));
      assertEquals(answers[0], answers[1]);
    }),
    { numRuns: 30 },
  );
});
