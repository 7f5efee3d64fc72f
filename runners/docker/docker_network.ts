/**
 * Where Docker's bridge is: on the host, or in a namespace of a private daemon.
 *
 * @module
 */
import type { CommandRequest, Host } from "../host.ts";

/** The network that containers on Docker's bridge share with the host. */
export interface DockerNetwork {
  /** Goes before a command that is to run where the bridge is; empty where that is the host. */
  readonly networkNamespace: readonly string[];
  /** The host's own IPv4 address on the bridge; null where there is no bridge. */
  readonly bridgeAddress: string | null;
  /** An IPv4 address of another interface there: none of it is the containers' own network. */
  readonly otherAddress: string | null;
}

/** An interface that is up, with its first IPv4 address. */
interface Interface {
  readonly name: string;
  readonly address: string;
}

/** Interfaces that serve containers and guests, by their customary names. */
const VIRTUAL = /^(docker|br-|veth|virbr|lo$)/;

/** Finds the bridge of the daemon that `docker` reaches, with `prefix` before commands there. */
export async function findNetwork(
  host: Host,
  docker: readonly [string, ...string[]],
  prefix: readonly string[],
): Promise<DockerNetwork> {
  const [client, ...options] = docker;
  const format = "--format={{json .Options}}";
  const bridge = parseBridgeName(
    await printed(host, [client, ...options, "network", "inspect", format, "bridge"]),
  );
  const [program = "ip", ...args] = [...prefix, "ip", "-json", "-4", "address", "show", "up"];
  const interfaces = parseAddresses(await printed(host, [program, ...args]));
  const find = (matches: (name: string) => boolean): string | null =>
    interfaces.find(({ name }) => matches(name))?.address ?? null;
  const bridgeAddress = find((name) => name === bridge);
  return {
    networkNamespace: prefix,
    bridgeAddress,
    otherAddress: bridgeAddress === null ? null : find((name) => !VIRTUAL.test(name)),
  };
}

/** The bridge's name from the options of Docker's network `bridge`; null where none is told. */
export function parseBridgeName(stdout: string): string | null {
  const name = parsed(stdout, "com.docker.network.bridge.name");
  return typeof name === "string" ? name : null;
}

/** The interfaces that `ip -json -4 address show` lists, each with its first address. */
export function parseAddresses(stdout: string): Interface[] {
  const list = parsedJson(stdout);
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) => {
    const { ["ifname"]: ifname, ["addr_info"]: addresses } = fields(entry);
    const first = Array.isArray(addresses) ? fields(addresses[0])["local"] : undefined;
    return typeof ifname === "string" && typeof first === "string"
      ? [{ name: ifname, address: first }]
      : [];
  });
}

async function printed(host: Host, argv: CommandRequest["argv"]): Promise<string> {
  const { status, stdout } = await host.run({ argv, timeoutSeconds: 10 });
  return status === 0 ? stdout : "";
}

function parsed(text: string, name: string): unknown {
  return fields(parsedJson(text))[name];
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
