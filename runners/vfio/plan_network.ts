/**
 * Which network interfaces are below a PCI function, and whether the host uses any of them.
 *
 * @module
 */
import type { FunctionFacts } from "./plan_facts.ts";
import { few, type Objection } from "./plan_objection.ts";
import { type FactText, printable } from "./plan_text.ts";

/** What binds to a network card without making interfaces. */
const PASSIVE_DRIVERS = ["vfio-pci", "pci-stub", "uio_pci_generic", "igb_uio", "xen-pciback"];
const NETWORK_CLASS = "02";
const ETHERNET_CLASS = "0200";
const UP = 0x1;
const ROUTE_UP = 0x1;
const ROUTE_REJECT = 0x200;
const ANY_V6 = "0".repeat(32);

/** The interfaces below a function, in this network namespace. */
export function interfacesOf(text: FactText, address: string): readonly string[] {
  return [...text.links("network-links")].flatMap(([name, target]) =>
    !name.includes("/") && target.includes(`/${address}/`) ? [name] : []
  );
}

/** Why the interfaces below a function are not to be taken from the host. */
export function networkObjections(text: FactText, facts: FunctionFacts): Objection[] {
  const interfaces = interfacesOf(text, facts.address);
  const isCard = facts.classCode.startsWith(NETWORK_CLASS);
  if (!isCard && interfaces.length === 0) return [];
  return [
    ...hiddenObjections(facts, interfaces),
    ...interfaces.flatMap((name) => interfaceObjection(text, facts, name) ?? []),
    ...(text.first("addresses").has("listed") ? [] : [network(
      `the addresses of the interfaces of ${facts.address} could not be read`,
      "Install iproute2, for ip.",
    )]),
  ];
}

function network(reason: string, cure: string): Objection {
  return { kind: "network", reason, cure };
}

function hiddenObjections(facts: FunctionFacts, interfaces: readonly string[]): Objection[] {
  const { address, driver, classCode, networkFolder } = facts;
  if (interfaces.length > 0 || driver === null || PASSIVE_DRIVERS.includes(driver)) return [];
  if (!networkFolder && !classCode.startsWith(ETHERNET_CLASS)) return [];
  return [network(
    `the interfaces of ${address} (driver ${driver}) are out of sight, such as in the network ` +
      "namespace of a container",
    "Stop what uses them.",
  )];
}

function interfaceObjection(text: FactText, facts: FunctionFacts, name: string): Objection | null {
  const subject = `${facts.address} is the network interface ${printable(name)}`;
  const stack = withUppers(text, name);
  const addresses = stack.flatMap((name) => addressesOf(text).get(name) ?? []);
  const session = sessionAddresses(text).find((address) => addresses.includes(address));
  if (session !== undefined) {
    const cure = "Name another device, or work on this host's console.";
    return network(`${subject}, which carries this SSH session (${session})`, cure);
  }
  if (stack.some((name) => defaultRoutes(text).has(name))) {
    const cure = "Name another device, or give the default route to another interface.";
    return network(`${subject}, which has a default route`, cure);
  }
  const [, ...uppers] = stack;
  if (uppers.length > 0) {
    const cure = `Run "ip link set ${printable(name)} nomaster", or delete what is on it.`;
    return network(`${subject}, which is part of ${few(uppers.map(printable))}`, cure);
  }
  if (addresses.length > 0) {
    const shown = printable(name);
    const cure = `Run "ip address flush dev ${shown}" and "ip link set ${shown} down".`;
    return network(`${subject} with the address ${few(addresses)}`, cure);
  }
  const flags = parseInt(text.first("network").get(`${name}/flags`) ?? "", 16);
  if ((flags & UP) === 0 && !Number.isNaN(flags)) return null;
  const state = Number.isNaN(flags) ? "of which the state could not be read" : "which is up";
  return network(`${subject}, ${state}`, `Run "ip link set ${printable(name)} down".`);
}

/** The interface, and the bridges, bonds, VLANs and so on that stand on it. */
function withUppers(text: FactText, name: string): string[] {
  const pairs = [...text.links("network-links").keys()].flatMap((path) => {
    const [, lower, upper] = /^([^/]+)\/upper_([^/]+)$/.exec(path) ?? [];
    return lower === undefined || upper === undefined ? [] : [{ lower, upper }];
  });
  const found = [name];
  for (const below of found) {
    for (const { lower, upper } of pairs) {
      if (lower === below && !found.includes(upper)) found.push(upper);
    }
  }
  return found;
}

/** The addresses of each interface, as `ip -o address show` prints them. */
function addressesOf(text: FactText): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, string[]>();
  for (const [key, line] of text.values("addresses")) {
    const [, name, address] =
      /^\d+:\s+([^\s@]+)\S*\s+inet6?\s+([0-9a-fA-F.:]+)/.exec(key === "address" ? line : "") ?? [];
    if (name !== undefined && address !== undefined) {
      all.set(name, [...all.get(name) ?? [], address]);
    }
  }
  return all;
}

/** The local addresses of the SSH sessions that cellproof may run in: the third of four words. */
function sessionAddresses(text: FactText): string[] {
  return text.values("ssh").flatMap(([, line]) => {
    const [, , local] = line.replace("SSH_CONNECTION=", "").trim().split(" ");
    // With a zone, "fe80::1%eth0"; an IPv4 address on an IPv6 socket, "::ffff:10.0.0.1".
    return local === undefined ? [] : [local.replace(/%.*$/, "").replace(/^::ffff:(?=\d+\.)/, "")];
  });
}

/** The interfaces of default routes: /proc/net/route and /proc/net/ipv6_route. */
function defaultRoutes(text: FactText): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [path, line] of text.values("routes")) {
    const words = line.trim().split(/\s+/);
    if (path === "net/route") {
      const [name = "", to, , flags = "", , , , mask] = words;
      const up = (parseInt(flags, 16) & ROUTE_UP) !== 0;
      if (up && to === "00000000" && mask === "00000000") found.add(name);
    } else if (path === "net/ipv6_route") {
      const rejects = (parseInt(words[8] ?? "", 16) & ROUTE_REJECT) !== 0;
      if (!rejects && words[0] === ANY_V6 && words[1] === "00") found.add(words[9] ?? "");
    }
  }
  return found;
}
