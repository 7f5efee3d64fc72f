/**
 * What a fleet is asked to do: decided once, kept in the fleet's folder before anything is submitted, so
 * that a coordinator that was killed goes on with it.
 *
 * @module
 */
import { Problem, UsageProblem } from "../../problem.ts";
import { isText, isTextOrNull } from "../../runners/json_values.ts";
import type { SlurmCluster, SlurmNode } from "../../runners/slurm/slurm_records.ts";
import { fewNames } from "./progress.ts";

/** What the user asks for. */
export interface FleetOrder {
  readonly partition: string;
  /** The nodes to measure; null for all of the partition. */
  readonly nodes: readonly string[] | null;
  /** Generic resources that each node's job asks for, such as "gpu:8"; null for none. */
  readonly gres: string | null;
  /** The budget of each node's run; null for none. */
  readonly budgetSeconds: number | null;
  /** How long a node may wait in the queue; null for as long as it takes. */
  readonly waitSeconds: number | null;
  /** What `bench` is given on each node, where `%N` stands for the node's name. */
  readonly arguments: readonly string[];
}

/** A node that is not asked, or not any more. */
export interface UnavailableNode {
  readonly node: string;
  readonly because: string;
}

export interface FleetPlan {
  /** Version of this shape. */
  readonly plan: 1;
  /** Unique among all fleets. */
  readonly id: string;
  /** Version of cellproof, and SHA-256 of the harness that travels. */
  readonly version: string;
  readonly harness: string;
  readonly cluster: string | null;
  readonly order: FleetOrder;
  /** The nodes that are asked, by name: a task of an array for each. */
  readonly nodes: readonly string[];
  readonly unavailable: readonly UnavailableNode[];
  /** How many nodes the cluster has beside all of these; null where nobody knows. */
  readonly nodesNotAsked: number | null;
  readonly submittedAt: string;
  /** How many tasks each of its arrays has at most. */
  readonly largestArray: number;
}

/** Beyond the budget: unpacking, and putting the node back. */
const START_AND_END_SECONDS = 300;

/**
 * States in which a node takes no job until somebody mends it. In any other it may be waited for: Slurm
 * wakes a node that sleeps, calls one DOWN that does not respond for long, and ends a reservation.
 *
 * Source: `sinfo(1)`, and the names of states in `src/common/slurm_protocol_defs.c` of 22.05 to 26.05.
 */
const UNAVAILABLE = new Set(["DOWN", "DRAIN", "FAIL", "ERROR", "FUTURE", "INVALID_REG"]);

/** Why Slurm gives a node no jobs until somebody mends it; null where it does, or will. */
export function unavailability({ name, states, reason }: SlurmNode): UnavailableNode | null {
  if (!states.some((state) => UNAVAILABLE.has(state))) return null;
  const why = reason === null ? "" : `: ${reason}`;
  return { node: name, because: `Slurm calls the node ${states.join("+")}${why}` };
}

/**
 * The nodes of the partition that an order is about.
 *
 * @throws {UsageProblem} where it names one that the partition does not have, or there is none
 */
export function nodesOf(order: FleetOrder, known: readonly SlurmNode[]): SlurmNode[] {
  const inPartition = known.filter(({ partitions }) => partitions.includes(order.partition));
  const names = new Set(inPartition.map(({ name }) => name));
  const strange = order.nodes?.filter((name) => !names.has(name)) ?? [];
  if (strange.length > 0) throw noSuchNodes(order.partition, strange, [...names]);
  const wanted = order.nodes === null ? names : new Set(order.nodes);
  const found = inPartition.filter(({ name }) => wanted.has(name));
  if (found.length > 0) return found.sort((one, other) => one.name < other.name ? -1 : 1);
  throw new UsageProblem({
    action: "run the fleet",
    condition: `the partition ${order.partition} has no nodes`,
    cure: "Name another one with --partition; sinfo lists them.",
  });
}

function noSuchNodes(partition: string, strange: readonly string[], names: readonly string[]) {
  const nodes = strange.length === 1 ? "the node" : "the nodes";
  return new UsageProblem({
    action: "run the fleet",
    condition: `the partition ${partition} does not have ${nodes} ${fewNames(strange)}`,
    ...(names.length === 0 ? {} : { seen: `it has ${names.join(", ")}` }),
    cure: "Name nodes of the partition with --nodes, or leave it out for all of them.",
  });
}

/**
 * The plan for an order, over the nodes that it is about.
 *
 * @throws {Problem} where the cluster takes no arrays of jobs
 */
export function planFleet(
  order: FleetOrder,
  nodes: readonly SlurmNode[],
  { cluster, nodesNotAsked, version, harness, now }: {
    readonly cluster: SlurmCluster;
    readonly nodesNotAsked: number;
    readonly version: string;
    readonly harness: string;
    readonly now: Date;
  },
): FleetPlan {
  if (cluster.largestArray < 1) throw withoutArrays();
  const unavailable = nodes.flatMap((node) => unavailability(node) ?? []);
  const not = new Set(unavailable.map(({ node }) => node));
  return {
    plan: 1,
    id: fleetId(now),
    version,
    harness,
    cluster: cluster.name,
    order,
    nodes: nodes.map(({ name }) => name).filter((name) => !not.has(name)),
    unavailable,
    nodesNotAsked,
    submittedAt: now.toISOString(),
    largestArray: cluster.largestArray,
  };
}

function withoutArrays(): Problem {
  return new Problem({
    action: "run the fleet",
    condition: "the cluster takes no arrays of jobs (MaxArraySize is 0)",
    cure: "Have MaxArraySize raised in slurm.conf.",
  });
}

/** The time limit of each node's job; null for the partition's own. */
export function timeLimitSeconds({ budgetSeconds }: FleetOrder): number | null {
  return budgetSeconds === null ? null : budgetSeconds + START_AND_END_SECONDS;
}

/** One array of a plan: its job's name, and the nodes of its tasks in their order. */
export interface PlannedArray {
  readonly name: string;
  readonly nodes: readonly string[];
}

/** The arrays of a plan: as few as the cluster allows. */
export function arraysOf({ id, nodes, largestArray }: FleetPlan): PlannedArray[] {
  const count = Math.ceil(nodes.length / largestArray);
  return Array.from({ length: count }, (_, index) => ({
    name: `cellproof-${id}-${index}`,
    nodes: nodes.slice(index * largestArray, (index + 1) * largestArray),
  }));
}

/** Reads a plan that an earlier coordinator left; null for anything that is none. */
export function parsePlan(text: string): FleetPlan | null {
  try {
    const plan: unknown = JSON.parse(text);
    return isPlan(plan) ? plan : null;
  } catch {
    return null;
  }
}

function isPlan(value: unknown): value is FleetPlan {
  const { plan, id, version, harness, cluster, order, nodes, unavailable, ...rest } = Object(value);
  return plan === 1 && isText(id) && /^[0-9TZ]+-[0-9a-f]{8}$/.test(id) && isText(version) &&
    isText(harness) && isTextOrNull(cluster) && isOrder(order) && areTexts(nodes) &&
    Array.isArray(unavailable) && unavailable.every(isUnavailableNode) &&
    isCountOrNull(rest.nodesNotAsked) && isText(rest.submittedAt) &&
    !Number.isNaN(Date.parse(rest.submittedAt)) &&
    Number.isSafeInteger(rest.largestArray) && rest.largestArray > 0;
}

function isOrder(value: unknown): value is FleetOrder {
  const { partition, nodes, gres, budgetSeconds, waitSeconds, arguments: args } = Object(value);
  return isText(partition) && (nodes === null || areTexts(nodes)) && isTextOrNull(gres) &&
    isNumberOrNull(budgetSeconds) && isNumberOrNull(waitSeconds) && areTexts(args);
}

function isUnavailableNode(value: unknown): value is UnavailableNode {
  const { node, because } = Object(value);
  return isText(node) && isText(because);
}

function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}

function isCountOrNull(value: unknown): value is number | null {
  return value === null || Number.isSafeInteger(value) && Number(value) >= 0;
}

function isNumberOrNull(value: unknown): value is number | null {
  return value === null || typeof value === "number";
}

function fleetId(now: Date): string {
  const time = now.toISOString().replace(/\.\d+Z$/, "Z").replaceAll(/[-:]/g, "");
  return `${time}-${crypto.randomUUID().slice(0, 8)}`;
}
