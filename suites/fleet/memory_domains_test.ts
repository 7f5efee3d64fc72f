import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import type { FabricDescription } from "../result.ts";
import { ALL_TRUE } from "./control_fleets.ts";
import type { FleetMember } from "./fleet_member.ts";
import { noMemoryShared } from "./memory_domains.ts";
import {
  anotherHost,
  answerTo,
  type Case,
  changedGpus,
  GUEST,
  hosts,
  inDomain,
  LOST,
  NO_FABRIC,
  withGpus,
} from "./testing/changed_fleet.ts";

const RACK = "9c000000-0000-4000-8000-000000000001";
const OTHER_RACK = "9c000000-0000-4000-8000-000000000002";
const [HOST = fail(), SECOND = fail(), THIRD = fail()] = ALL_TRUE.hosts;
const [A, B] = [inDomain(HOST, RACK), inDomain(SECOND, RACK)];
const VM1 = inDomain(anotherHost("vm1", GUEST), RACK);
const VM2 = inDomain(anotherHost("vm2", GUEST), RACK);

function fail(): never {
  throw new Error("there is none");
}

/** The fleet, each GPU with this fabric. */
function onFabric(change: Partial<FabricDescription>, name = "NVIDIA X9000"): FleetMember[] {
  const [{ fabric = null } = {}] = HOST.gpus ?? [];
  return withGpus({ name, fabric: { ...fabric, ...change } });
}

/** The fleet, and a host that is not judged. */
function besides(other: FleetMember) {
  return { others: [other], missing: [other.name] };
}

const CASES: Record<string, Case> = {
  "NVSwitch ends within each host": [{}, true],
  "no GPU is on a fabric": [{ hosts: onFabric(NO_FABRIC) }, true],
  "a cluster of zeros is written otherwise": [{
    hosts: onFabric({ clusterUuid: " {00000000-0000-0000-0000-000000000000}" }),
  }, true],
  "a domain spans two hosts": [{ hosts: [A, B, THIRD] }, false],
  "a domain is written in capitals by one driver": [{
    hosts: [A, inDomain(SECOND, RACK.toUpperCase())],
  }, false],
  "two guests are in one domain": [{ hosts: [...hosts(3), VM1, VM2] }, false],
  "two guests are in one domain, and nothing else is there": [
    { hosts: [VM1, VM2] },
    false,
  ],
  "a host and a guest of another one are in one domain": [{ hosts: [A, SECOND, VM1] }, false],
  "a host that is not judged is in the domain of one that is": [
    { hosts: [A, THIRD], ...besides(B) },
    false,
  ],
  "a domain is seen on one host alone": [{ hosts: [A, SECOND, THIRD] }, "inconclusive"],
  "each of two hosts is in a domain of its own": [{
    hosts: [A, inDomain(SECOND, OTHER_RACK)],
  }, "inconclusive"],
  "two hosts are in two cliques of one cluster": [{
    hosts: [A, inDomain(SECOND, RACK, 2)],
  }, "inconclusive"],
  "a guest alone is in a domain": [{ hosts: [...hosts(3), VM1] }, "inconclusive"],
  "a guest has GPUs of the host, seen on another night": [{
    hosts: [A, SECOND, { ...A, ...GUEST, name: "vm", hostname: "vm", bootId: "vm" }],
  }, "inconclusive"],
  "containers of one boot are in one domain": [{
    hosts: [...hosts(3), ...[VM1, VM2].map((vm) => ({ ...vm, bootId: "one" }))],
  }, "inconclusive"],
  "a domain's hosts have one hostname": [{
    hosts: [A, { ...B, hostname: A.hostname }],
  }, "inconclusive"],
  "nothing came of a host that was asked": [{ missing: ["late"] }, "inconclusive"],
  "a host that is not judged is in no domain": [besides(anotherHost("left")), true],
  "a host that is not judged has no GPU": [besides(anotherHost("left", { gpus: [] })), true],
  "a host that is not judged could not tell": [
    besides(anotherHost("left", { gpus: null })),
    "inconclusive",
  ],
  "a host that is not judged has lost a GPU": [
    besides(changedGpus(anotherHost("left"), LOST)),
    "inconclusive",
  ],
  "a guest could not tell": [
    { hosts: [...hosts(3), anotherHost("vm", { ...GUEST, gpus: null })] },
    true,
  ],
  "a driver tells nothing of a fabric": [{ hosts: withGpus({ fabric: null }, 1) }, "inconclusive"],
  "a driver tells no cluster": [{ hosts: onFabric({ clusterUuid: null }) }, "inconclusive"],
  "a cluster has no clique": [
    { hosts: onFabric({ clusterUuid: RACK, cliqueId: null }) },
    "inconclusive",
  ],
  "a GPU registers still": [{ hosts: onFabric({ state: "In Progress" }) }, "inconclusive"],
  "a GPU failed to register": [
    { hosts: onFabric({ status: "Insufficient Resources" }) },
    "inconclusive",
  ],
  "a GPU that is built for domains is in none": [
    { hosts: onFabric(NO_FABRIC, "NVIDIA GB200") },
    "inconclusive",
  ],
  "a GPU is lost": [{ hosts: withGpus(LOST, 1) }, "inconclusive"],
  "a driver could not tell": [
    { hosts: [...hosts(2), ...hosts(1, { gpus: null })] },
    "inconclusive",
  ],
  "one host is there": [{ hosts: hosts(1) }, "untested"],
  "guests are there alone, in no domain": [{ hosts: hosts(3, GUEST) }, "untested"],
};
for (const [when, [change, expected]] of Object.entries(CASES)) {
  Deno.test(`noMemoryShared() is ${expected} where ${when}`, () => {
    const { answer, words } = answerTo(noMemoryShared, change);
    assertEquals(answer, expected, words);
  });
}

for (const clusterUuid of ["N/A", "", "0x0", "00000000:0000", "9c", `${RACK} `, `{${RACK}}`]) {
  Deno.test(`noMemoryShared() holds the cluster "${clusterUuid}" for neither a domain nor none`, () => {
    const { answer, words } = answerTo(noMemoryShared, { hosts: onFabric({ clusterUuid }) });
    assertEquals(answer, "inconclusive");
    assertStringIncludes(words, "whose UUID is none");
  });
}

Deno.test("noMemoryShared() names the hosts of a domain, and those that leave it in doubt", () => {
  const shared = answerTo(noMemoryShared, { hosts: [A, B, THIRD] });
  assertMatch(shared.words, /^GPUs of control0, control1 are in one NVLink domain/);
  const alone = answerTo(noMemoryShared, { hosts: [A, SECOND], missing: ["late"] });
  assertStringIncludes(alone.words, "control0 is in an NVLink domain, which may join it to hosts");
  assertStringIncludes(alone.words, "there is no result of late");
});

Deno.test("noMemoryShared() repeats no more of a driver's words than fit a line", () => {
  const long = "x".repeat(10_000);
  for (const change of [{ state: long }, { status: long }, { clusterUuid: long }]) {
    const { words } = answerTo(noMemoryShared, { hosts: onFabric(change) });
    assert(words.length < 1000, words);
  }
});

Deno.test("noMemoryShared() is true of no fleet in which any host is in a domain", () => {
  const member = fc.record({
    rack: fc.constantFrom(null, RACK, OTHER_RACK),
    isGuest: fc.boolean(),
    isJudged: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(member, { maxLength: 6 }), (members) => {
    const made = members.map(({ rack, isGuest, isJudged }, index) => {
      const host = anotherHost(`h${index}`, isGuest ? GUEST : {});
      return { isJudged, host: rack === null ? host : inDomain(host, rack) };
    });
    const [judged = [], left = []] = [true, false].map((side) =>
      made.filter(({ isJudged }) => isJudged === side).map(({ host }) => host)
    );
    const { answer } = answerTo(noMemoryShared, {
      ...{ hosts: [...hosts(2), ...judged], others: left },
      missing: left.map(({ name }) => name),
    });
    const counts = [RACK, OTHER_RACK].map((one) =>
      members.filter(({ rack }) => rack === one).length
    );
    const most = Math.max(...counts);
    assertEquals(answer, most > 1 ? false : most === 1 ? "inconclusive" : true);
  }));
});
