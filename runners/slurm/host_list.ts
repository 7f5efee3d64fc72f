/**
 * Lists of nodes in Slurm's short form: "n[1-3],gpu07".
 *
 * @module
 */
import type { Host } from "../host.ts";
import { UsageProblem } from "../../problem.ts";
import { trySlurm } from "./run_slurm.ts";

/** More than any cluster has: Slurm itself takes no more than 65,536 nodes. */
const MOST_NODES = 100_000;
/** What an item of the list is made of: text, and brackets, in which commas separate ranges. */
const ITEM = /(?:\[[^\]]*\]|[^\s,[])+/g;
/** As node.sh knows them. */
const NODE_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/**
 * The names that it stands for.
 *
 * @throws {UsageProblem} where it stands for none, for too many, or for what is no name of a node
 */
export async function expandNodes(host: Host, nodes: string): Promise<string[]> {
  const action = `read the list of nodes "${nodes}"`;
  // The command would take it for an option.
  if (nodes.startsWith("-")) throw noList(action, "a node's name does not begin with a dash");
  if (countNodes(nodes) > MOST_NODES) {
    throw noList(action, `it stands for more than ${MOST_NODES} nodes`);
  }
  const argv = ["scontrol", "show", "hostnames", nodes] as const;
  const { status, stdout, stderr } = await trySlurm(host, { action, argv });
  const names = stdout.split("\n").filter((name) => name !== "");
  if (status !== 0 || names.length === 0) throw noList(action, "it stands for no node", stderr);
  const odd = names.find((name) => !NODE_NAME.test(name));
  if (odd !== undefined) throw noList(action, `"${odd}" is no node's name`);
  return names;
}

/** How many names it stands for, at a glance: before any of them is made. */
export function countNodes(nodes: string): number {
  const items = nodes.match(ITEM) ?? [];
  return items.reduce((sum, item) => sum + countItem(item), 0);
}

/** Each bracket multiplies. */
function countItem(item: string): number {
  const brackets = Array.from(item.matchAll(/\[([^\]]*)\]/g), ([, ranges = ""]) => ranges);
  return brackets
    .map((ranges) => ranges.split(",").reduce((sum, range) => sum + countRange(range), 0))
    .reduce((product, count) => product * count, 1);
}

function countRange(range: string): number {
  const [, first, last] = /^\s*(\d+)-(\d+)\s*$/.exec(range) ?? [];
  return first === undefined ? 1 : Math.max(0, Number(last) - Number(first) + 1);
}

function noList(action: string, condition: string, seen = ""): UsageProblem {
  const cure = 'Name nodes as Slurm does, such as "n1,n3" or "gpu[01-16]" (--nodes).';
  return new UsageProblem({ action, condition, ...(seen === "" ? {} : { seen }), cure });
}
