/**
 * Network ports: links, neighbours, rates, and whether any has a device node.
 *
 * @module
 */
import type { Inventory, NetworkDevice } from "../../runners/inventory/inventory.ts";
import { negative, positive } from "../probe.ts";
import type { Control } from "../result.ts";
import { few, gigabits, greatest, open, type Reading } from "./reading.ts";

const ARPHRD_LOOPBACK = 772;
const CLAIMED_NETWORK = 100e9;
const CLAIMED_INFINIBAND = 200e9;
/** A name that no device has. */
const ABSENT = "cellproof-absent";

/** "network devices have links, and neighbours behind them" */
export function networkLinks(inventory: Inventory): Reading {
  const ports = inventory.network.filter((device) => !device.virtual);
  const linked = ports.filter(({ carrier }) => carrier === true);
  if (linked.length === 0) {
    const names = few(ports.map(({ name }) => name));
    const because = names === "" ? "No network port is here" : `No link at any of ${names}`;
    return open(`${because}. Connect one`, "network-port");
  }
  const neighbours = inventory.neighbours.filter(({ complete, device }) =>
    complete && rootsOf(inventory, device).some((root) => linked.includes(root))
  );
  const names = `Links at ${few(linked.map(({ name }) => name))}`;
  if (neighbours.length === 0) return open(`${names}, and no IPv4 neighbour is known behind them`);
  const behind = neighbours.map(({ address, device }) => `${address} at ${device}`);
  return { value: true, seen: `${names}; behind them ${few(behind)}` };
}

/** The network devices at the bottom of a bridge, a bond or a VLAN; itself where it has no parts. */
function rootsOf({ network }: Inventory, name: string): readonly NetworkDevice[] {
  const byName = new Map(network.map((device) => [device.name, device]));
  const seen = new Set([name]);
  for (const next of seen) for (const part of byName.get(next)?.parts ?? []) seen.add(part);
  return [...seen].flatMap((each) => byName.get(each) ?? []).filter(({ parts }) => !parts.length);
}

/** "a network port runs at 100 Gbit/s or more" */
export function network100({ network }: Inventory): Reading {
  const ports = network.filter((device) => !device.virtual);
  const most = greatest(ports.map(({ bitsPerSecond }) => bitsPerSecond));
  if (most === null) {
    const names = ports.map(({ name, driver }) => `${name} (${driver ?? "no driver"})`);
    const because = names.length === 0
      ? "No network port is here"
      : `No rate is told by ${few(names)}`;
    return open(
      `${because}. A port of a physical network card with a link tells one`,
      "network-port",
    );
  }
  const rates = ports.flatMap(({ name, bitsPerSecond }) =>
    bitsPerSecond === null ? [] : [`${name} at ${gigabits(bitsPerSecond)}`]
  );
  return { value: most >= CLAIMED_NETWORK, seen: `Network ports: ${few(rates)}` };
}

/** "an InfiniBand port runs at 200 Gbit/s or more" */
export function infiniband200({ infiniband }: Inventory): Reading {
  const active = infiniband.filter((port) => port.active && port.linkLayer !== "Ethernet");
  const most = greatest(active.map(({ bitsPerSecond }) => bitsPerSecond));
  if (most === null) {
    const because = infiniband.length === 0
      ? "There is no InfiniBand adapter here"
      : `Of ${infiniband.length} RDMA ports here none is an active InfiniBand port`;
    return open(`${because}. It takes one that is connected`, "network-port");
  }
  const rates = active.map(({ name, bitsPerSecond }) =>
    `${name} at ${gigabits(bitsPerSecond ?? 0)}`
  );
  return { value: most >= CLAIMED_INFINIBAND, seen: `InfiniBand ports: ${few(rates)}` };
}

interface Named {
  readonly name: string;
  readonly number: string | null;
}

/** The node of a device, by its name or its number: one search for disks and network devices. */
function nodeOf({ nodes }: Inventory, { name, number }: Named): string | null {
  const path = `/dev/${name.replaceAll("!", "/")}`;
  const node = nodes.find((node) =>
    node.path === path || (number !== null && `${node.major}:${node.minor}` === number)
  );
  return node === undefined ? null : `${node.path} (${node.major}:${node.minor})`;
}

/** "a network device has a node in /dev" */
export function nicDeviceNode(inventory: Inventory): Reading {
  const devices = inventory.network.filter(({ type }) => type !== ARPHRD_LOOPBACK);
  if (devices.length === 0) return open("No network device is here", "network-port");
  const disks = inventory.block.filter(({ sizeBytes }) => (sizeBytes ?? 0) > 0);
  const nodes = nodesOf(inventory, disks.map(({ name }) => ({ name, number: null })));
  const controls = nodeControls(inventory, nodes);
  const found = nodesOf(inventory, devices);
  if (found.length > 0) return { value: true, seen: few(found), controls };
  const names = few(devices.map(({ name }) => name));
  const seen = `Of the network devices ${names} none has one of the ${inventory.nodes.length} ` +
    `nodes in /dev, while ${few(nodes) || "no disk has one either"}`;
  return { value: false, seen, controls };
}

function nodesOf(inventory: Inventory, devices: readonly Named[]): readonly string[] {
  return devices.flatMap((device) => {
    const node = nodeOf(inventory, device);
    return node === null ? [] : [`${device.name} has ${node}`];
  });
}

function nodeControls(inventory: Inventory, disks: readonly string[]): readonly Control[] {
  const [absent = null] = nodesOf(inventory, [{ name: ABSENT, number: null }]);
  return [
    positive("the same search finds the node of a disk", disks.length > 0, few(disks) || "none"),
    negative(
      "the same search finds no node of a name that no device has",
      absent === null,
      absent ?? `no node of ${ABSENT}`,
    ),
  ];
}
