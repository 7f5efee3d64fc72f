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
/** The last number that a device could have, by the kernel's 12 and 20 bits: none has it. */
const ABSENT = "4095:1048575";

/** "network devices have links, and neighbours behind them" */
export function networkLinks(inventory: Inventory): Reading {
  const ports = inventory.network.filter((device) => !device.virtual);
  const linked = ports.filter(({ carrier }) => carrier === true);
  if (linked.length === 0) {
    const names = few(ports.map(({ name }) => name));
    const because = names === "" ? "No network port is here" : `No link at any of ${names}`;
    return open(`${because}. Connect one`, "network-port");
  }
  const neighbours = inventory.neighbours.filter(({ complete, device }) => {
    const roots = rootsOf(inventory, device);
    // Behind a bridge that virtual machines hang on too, a neighbour may be one of them.
    return complete && roots.every((root) => !root.virtual) &&
      roots.some((root) => linked.includes(root));
  });
  const names = `There are links at ${few(linked.map(({ name }) => name))}`;
  if (neighbours.length === 0) return open(`${names}, and no IPv4 neighbour is known behind them`);
  const behind = neighbours.map(({ address, device }) => `${address} at ${device}`);
  return { value: true, seen: `${names}; behind them are ${few(behind)}` };
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
  return { value: most >= CLAIMED_NETWORK, seen: `The network ports here are ${few(rates)}` };
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
  return { value: most >= CLAIMED_INFINIBAND, seen: `The InfiniBand ports here are ${few(rates)}` };
}

interface Numbered {
  readonly name: string;
  /** `major:minor`; null where the kernel gives none. */
  readonly number: string | null;
}

/** "a network device has a node in /dev" */
export function nicDeviceNode(inventory: Inventory): Reading {
  const devices = inventory.network.filter(({ type }) => type !== ARPHRD_LOOPBACK);
  if (devices.length === 0) return open("No network device is here", "network-port");
  const disks = inventory.block.filter(({ sizeBytes }) => (sizeBytes ?? 0) > 0).map((disk) => ({
    name: disk.name,
    number: disk.major === null ? null : `${disk.major}:${disk.minor}`,
  }));
  const nodes = nodesOf(inventory, disks);
  const controls = nodeControls(inventory, nodes);
  const found = nodesOf(inventory, devices);
  if (found.length > 0) return { value: true, seen: few(found), controls };
  const namesake = namesakeOf(inventory, devices);
  if (namesake !== null) {
    const because = `${namesake} is named after a network device, and the kernel does not say ` +
      "that it is its node";
    return { ...open(because), inDoubt: true };
  }
  const names = few(devices.map(({ name }) => name));
  const seen = `Of the network devices ${names} none has one of the ${inventory.nodes.length} ` +
    `nodes in /dev, while ${few(nodes) || "no disk has one either"}`;
  return { value: false, seen, controls };
}

/** The nodes of devices, by number: one search for disks and network devices. */
function nodesOf({ nodes }: Inventory, devices: readonly Numbered[]): readonly string[] {
  const paths = new Map(nodes.map(({ path, major, minor }) => [`${major}:${minor}`, path]));
  return devices.flatMap(({ name, number }) => {
    const path = paths.get(number ?? "");
    return path === undefined ? [] : [`${name} has ${path} (${number})`];
  });
}

/** A node that is named like one of the network devices, and is no disk's. */
function namesakeOf({ nodes, block }: Inventory, devices: readonly Numbered[]): string | null {
  const names = new Set(devices.map(({ name }) => `/dev/${name}`));
  const namesake = nodes.find(({ path, major, minor }) =>
    names.has(path) && !block.some((disk) => disk.major === major && disk.minor === minor)
  );
  return namesake === undefined ? null : `${namesake.path} (${namesake.major}:${namesake.minor})`;
}

function nodeControls(inventory: Inventory, disks: readonly string[]): readonly Control[] {
  const [absent = null] = nodesOf(inventory, [{ name: "no device", number: ABSENT }]);
  return [
    positive("the same search finds the node of a disk", disks.length > 0, few(disks) || "none"),
    negative(
      "the same search finds no node of a number that no device has",
      absent === null,
      absent ?? `no node of ${ABSENT}`,
    ),
  ];
}
