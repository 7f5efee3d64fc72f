/**
 * Which processes of the host have a node of a PCI function open.
 *
 * @module
 */
import { lastPart, wholeNumber } from "../inventory/inventory_text.ts";
import type { FunctionFacts } from "./plan_facts.ts";
import { few, type Objection } from "./plan_objection.ts";
import { disksOf, placesOf } from "./plan_storage.ts";
import {
  type FactText,
  type NodeNumber,
  nodeNumber,
  parseNodeNumber,
  printable,
} from "./plan_text.ts";

/** A node, and what it is called in a sentence. */
interface Node {
  readonly number: NodeNumber;
  readonly name: string;
}

/** The character major of NVIDIA's driver (Linux, Documentation/admin-guide/devices.txt). */
const NVIDIA_MAJOR = 195;

/** Why a function is in use by processes, or may be. */
export function openerObjections(text: FactText, facts: FunctionFacts): Objection[] {
  const { address } = facts;
  const found: Objection[] = [];
  const users = openers(text, nodesOf(text, facts));
  if (users.length > 0) {
    found.push({
      kind: "opened",
      reason: `${address} is in use by ${few(users)}`,
      cure: "End these processes, or stop the services that they belong to.",
    });
  }
  if (facts.driver === "nvidia" && nvidiaMinor(text, address) === null) {
    const file = `/proc/driver/nvidia/gpus/${address}/information`;
    found.push({
      kind: "opened",
      reason: `which processes use the GPU ${address} could not be read (${file})`,
      cure: "Check that nvidia-smi shows this GPU.",
    });
  }
  return found;
}

/** "nvidia-persiste (process 812) through nvidia0". */
function openers(text: FactText, nodes: readonly Node[]): string[] {
  const names = text.first("processes");
  const users = text.numbered("open").flatMap(({ number, place }) => {
    const node = nodes.find((node) => node.number === number);
    const [, pid] = /^(\d+)\/fd\/\d+$/.exec(place) ?? [];
    if (node === undefined || pid === undefined) return [];
    const command = printable(names.get(`${pid}/comm`) ?? "") || "an unnamed program";
    return [`${command} (process ${pid}) through ${printable(node.name)}`];
  });
  return [...new Set(users)];
}

function nodesOf(text: FactText, facts: FunctionFacts): readonly Node[] {
  const { address, iommuGroup } = facts;
  const disks = disksOf(text, address).flatMap(({ name, number }) =>
    number === null ? [] : [{ name, number }]
  );
  return [
    ...disks,
    ...characterNodes(text, address),
    ...genericNodes(text, address),
    ...numbered("c", `vfio/${iommuGroup}`, text.first("vfio").get(`${iommuGroup}/dev`)),
    ...nvidiaNode(nvidiaMinor(text, address)),
  ];
}

/** The character nodes of whatever is below the function; block ones are with the disks. */
function characterNodes(text: FactText, address: string): Node[] {
  const blocks = text.links("block-links");
  return text.values("nodes").flatMap(([path, value]) => {
    const folder = path.slice(0, -"/dev".length);
    if (!path.startsWith(`${address}/`) || blocks.has(lastPart(folder))) return [];
    return numbered("c", lastPart(folder), value);
  });
}

/** The character nodes of namespaces that an NVMe subsystem has, and not one controller. */
function genericNodes(text: FactText, address: FunctionFacts["address"]): Node[] {
  const places = placesOf(text, address);
  const values = text.first("generic");
  return [...text.links("generic-links")].flatMap(([name, target]) =>
    places.some((place) => target.includes(place))
      ? numbered("c", name, values.get(`${name}/dev`))
      : []
  );
}

function numbered(kind: "b" | "c", name: string, value: string | undefined): Node[] {
  const number = parseNodeNumber(kind, value);
  return number === null ? [] : [{ name, number }];
}

function nvidiaNode(minor: number | null): Node[] {
  return minor === null
    ? []
    : [{ name: `nvidia${minor}`, number: nodeNumber("c", NVIDIA_MAJOR, minor) }];
}

/** NVIDIA's nodes are not in sysfs; its driver tells which is whose. */
function nvidiaMinor(text: FactText, address: string): number | null {
  const line = text.first("nvidia").get(`${address}/information`);
  return wholeNumber(/^Device Minor:\s*(\d+)\s*$/.exec(line ?? "")?.[1]);
}
