import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Problem, UsageProblem } from "../../problem.ts";
import type { SlurmNode } from "../../runners/slurm/slurm_records.ts";
import {
  arraysOf,
  type FleetOrder,
  type FleetPlan,
  nodesOf,
  parsePlan,
  planFleet,
  timeLimitSeconds,
  unavailability,
} from "./plan.ts";

const ORDER: FleetOrder = {
  partition: "gpu",
  nodes: null,
  gres: null,
  budgetSeconds: null,
  waitSeconds: null,
  arguments: ["--seed=7"],
};
const CLUSTER = { name: "lab", version: "22.05.8", largestArray: 1001, killWaitSeconds: 30 };
const KNOWN = {
  cluster: CLUSTER,
  nodesNotAsked: 3,
  version: "1.2.3",
  harness: "00ff",
  now: new Date("2026-01-02T03:04:05.678Z"),
};

function nodeOf(name: string, change: Partial<SlurmNode> = {}): SlurmNode {
  return { name, states: ["IDLE"], partitions: ["gpu"], gres: "", reason: null, ...change };
}

function planOf(nodes: number, largestArray: number): FleetPlan {
  const names = Array.from({ length: nodes }, (_, index) => nodeOf(`n${index + 1}`));
  return planFleet(ORDER, names, { ...KNOWN, cluster: { ...CLUSTER, largestArray } });
}

Deno.test("nodesOf() gives the nodes of the partition by name, each once", () => {
  const known = [nodeOf("n2"), nodeOf("n1"), nodeOf("login", { partitions: ["cpu"] })];
  const names = (nodes: FleetOrder["nodes"]) =>
    nodesOf({ ...ORDER, nodes }, known).map(({ name }) => name);
  assertEquals(names(null), ["n1", "n2"]);
  assertEquals(names(["n2", "n2"]), ["n2"]);
});

Deno.test("nodesOf() refuses nodes that the partition does not have, and names them", () => {
  const order = { ...ORDER, nodes: ["n1", "n7", "login"] };
  const known = [nodeOf("n1"), nodeOf("login", { partitions: ["cpu"] })];
  const { message } = assertThrows(() => nodesOf(order, known), UsageProblem);
  assert(message.includes("the nodes n7, login (seen: it has n1)"), message);
  const one = assertThrows(() => nodesOf({ ...ORDER, nodes: ["n7"] }, known), UsageProblem);
  assert(one.message.includes("the node n7 ("), one.message);
});

Deno.test("nodesOf() refuses a partition without nodes", () => {
  const { message } = assertThrows(() => nodesOf(ORDER, []), UsageProblem);
  assert(message.includes("the partition gpu has no nodes"), message);
});

/** As Slurm prints them: a base state and its flags. */
const TAKING_JOBS = [
  "IDLE",
  "ALLOCATED",
  "MIXED",
  "MIXED PLANNED",
  "IDLE COMPLETING",
  "ALLOCATED COMPLETING",
  "IDLE CLOUD POWERED_DOWN",
  "IDLE POWERING_UP",
  "IDLE POWERING_DOWN",
  "IDLE POWER_DOWN",
  "MIXED CLOUD NOT_RESPONDING POWERING_UP",
  "IDLE NOT_RESPONDING",
  "IDLE MAINTENANCE RESERVED",
  "IDLE RESERVED",
  "IDLE REBOOT_REQUESTED",
  "IDLE DYNAMIC_NORM",
  "IDLE BLOCKED",
  "UNKNOWN",
];
const TAKING_NONE = [
  "DOWN",
  "DOWN NOT_RESPONDING",
  "DOWN CLOUD POWERED_DOWN",
  "IDLE DRAIN",
  "ALLOCATED DRAIN",
  "MIXED COMPLETING DRAIN",
  "IDLE DRAIN INVALID_REG",
  "IDLE INVALID_REG",
  "IDLE FAIL",
  "ALLOCATED FAIL",
  "ERROR",
  "FUTURE",
];

Deno.test("unavailability() is null in every state in which a node may be waited for", () => {
  for (const states of TAKING_JOBS) {
    assertEquals(unavailability(nodeOf("n1", { states: states.split(" ") })), null, states);
  }
});

Deno.test("unavailability() tells every state that somebody has to mend, and the reason", () => {
  for (const words of TAKING_NONE) {
    const states = words.split(" ");
    const { because } = unavailability(nodeOf("n1", { states, reason: "bad fan" })) ?? {};
    assertEquals(because, `Slurm calls the node ${states.join("+")}: bad fan`);
  }
  const { because } = unavailability(nodeOf("n1", { states: ["DOWN"] })) ?? {};
  assertEquals(because, "Slurm calls the node DOWN");
});

Deno.test("planFleet() asks those nodes that take jobs, and says of the others why not", () => {
  const nodes = [nodeOf("n1"), nodeOf("n2", { states: ["DOWN"] }), nodeOf("n3")];
  const plan = planFleet(ORDER, nodes, KNOWN);
  assertEquals(plan.nodes, ["n1", "n3"]);
  assertEquals(plan.unavailable.map(({ node }) => node), ["n2"]);
  assertEquals(plan.nodesNotAsked, 3);
  assertEquals([plan.cluster, plan.harness, plan.version], ["lab", "00ff", "1.2.3"]);
  assert(/^20260102T030405Z-[0-9a-f]{8}$/.test(plan.id), plan.id);
});

Deno.test("planFleet() makes two plans of one second two fleets", () => {
  assert(planOf(1, 1).id !== planOf(1, 1).id);
});

Deno.test("planFleet() refuses a cluster that takes no arrays", () => {
  const { message } = assertThrows(() => planOf(3, 0), Problem);
  assert(message.includes("MaxArraySize"), message);
});

Deno.test("timeLimitSeconds() gives the run time to begin and end beside its budget", () => {
  const limit = (budgetSeconds: number | null) => timeLimitSeconds({ ...ORDER, budgetSeconds });
  assertEquals([limit(null), limit(600)], [null, 900]);
});

Deno.test("arraysOf() makes as few arrays as the cluster allows, each of its own name", () => {
  const plan = planOf(2500, 1001);
  const arrays = arraysOf(plan);
  assertEquals(arrays.map(({ nodes }) => nodes.length), [1001, 1001, 498]);
  const names = [0, 1, 2].map((index) => `cellproof-${plan.id}-${index}`);
  assertEquals(arrays.map(({ name }) => name), names);
  assertEquals(arraysOf(planOf(0, 1001)), []);
});

Deno.test("arraysOf() holds each node once, and no array is too large", () => {
  fc.assert(fc.property(fc.nat(300), fc.integer({ min: 1, max: 400 }), (nodes, largest) => {
    const plan = planOf(nodes, largest);
    const arrays = arraysOf(plan);
    assertEquals(arrays.flatMap((array) => array.nodes), plan.nodes);
    assertEquals(arrays.length, Math.ceil(nodes / largest));
    assert(arrays.every((array) => array.nodes.length <= largest && array.nodes.length > 0));
  }));
});

const text = fc.string();
const orders: fc.Arbitrary<FleetOrder> = fc.record({
  partition: text,
  nodes: fc.option(fc.array(text)),
  gres: fc.option(text),
  budgetSeconds: fc.option(fc.nat()),
  waitSeconds: fc.option(fc.nat()),
  arguments: fc.array(text),
}, { noNullPrototype: true });

Deno.test("parsePlan() gives back every plan that was written as JSON", () => {
  const names = fc.uniqueArray(text);
  fc.assert(fc.property(orders, names, fc.option(text), fc.nat(), (order, all, cluster, size) => {
    const nodes = all.map((name, i) => nodeOf(name, { states: [i % 3 === 0 ? "DOWN" : "IDLE"] }));
    const known = { ...KNOWN, cluster: { ...CLUSTER, name: cluster, largestArray: size + 1 } };
    const plan = planFleet(order, nodes, known);
    assertEquals(parsePlan(JSON.stringify(plan)), plan);
  }));
});

Deno.test("parsePlan() is null for what is no plan", () => {
  const plan = planOf(2, 10);
  const nonsense = ["", "{", "null", "[]", "7", '"plan"', "{}"];
  for (const one of nonsense) assertEquals(parsePlan(one), null, one);
  fc.assert(fc.property(fc.json(), (json) => parsePlan(json) === null));
  for (const key of Object.keys(plan)) {
    const without = Object.entries(plan).filter(([other]) => other !== key);
    assertEquals(parsePlan(JSON.stringify(Object.fromEntries(without))), null, key);
  }
});

const DAMAGED: readonly object[] = [
  { plan: 2 },
  { id: "../../etc" },
  { nodes: "n1" },
  { nodes: [1] },
  { unavailable: ["n2"] },
  { nodesNotAsked: -1 },
  { submittedAt: "yesterday" },
  { largestArray: 0 },
  { largestArray: 1.5 },
  { order: null },
  { order: { ...ORDER, waitSeconds: "1h" } },
  { order: { ...ORDER, arguments: null } },
];

Deno.test("parsePlan() is null for a plan in which anything is of another kind", () => {
  for (const change of DAMAGED) {
    const damaged = JSON.stringify({ ...planOf(2, 10), ...change });
    assertEquals(parsePlan(damaged), null, JSON.stringify(change));
  }
});
