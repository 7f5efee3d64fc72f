/**
 * Private network namespaces: two that a pair of veth devices joins, and servers of iperf3 in them.
 * Nothing of it shows in the host's own namespace, and all of it is gone when it is closed.
 *
 * @module
 */
import type { Host, Session } from "../host.ts";
import { MissingTool, Problem } from "../../problem.ts";
import layOut from "./network_namespaces.sh" with { type: "text" };
import serve from "./network_serve.sh" with { type: "text" };

/** Addresses for tests of network devices (RFC 2544), in namespaces where nothing else is. */
export const CLIENT_ADDRESS = "198.18.10.1";
export const SERVER_ADDRESS = "198.18.10.2";
export const TAP_ADDRESS = "198.18.20.1";
export const GUEST_ADDRESS = "198.18.20.2";

/** Goes before a command that is to run in a namespace. */
export type NetworkPrefix = readonly [string, ...string[]];

/** The two namespaces, with an iperf3 server in the second at every address. */
export interface NetworkNamespaces {
  readonly client: NetworkPrefix;
  /** Its loopback is up, and a guest's network device is joined to it. */
  readonly server: NetworkPrefix;
  /** Whether the server's namespace has the tap device `tap0`, at {@linkcode TAP_ADDRESS}. */
  readonly hasTap: boolean;
  /** Whether the kernel can carry the packets of that device by itself (vhost-net). */
  readonly hasVhost: boolean;
  close(): Promise<void>;
}

const READY_SECONDS = 20;
const LIFE_SECONDS = 7 * 86_400;
const GRACE_SECONDS = 2;

/**
 * Makes the namespaces.
 *
 * @throws {MissingTool} for a user who is not root, or where the system lets nobody make any
 * @throws {Problem} where they cannot be joined, or nothing listens
 */
export async function openNamespaces(host: Host, iperf3Path: string): Promise<NetworkNamespaces> {
  const action = "lay out private networks";
  const user = await host.run({ argv: ["id", "-u"], timeoutSeconds: 10 });
  if (user.stdout.trim() !== "0") {
    const condition = "only root can make network namespaces";
    throw new MissingTool({ action, condition, cure: "Run as root." }, "root");
  }
  const addresses = [CLIENT_ADDRESS, SERVER_ADDRESS, TAP_ADDRESS];
  const words = ["cellproof-net", iperf3Path, serve, ...addresses];
  const session = await start(host, ["bash", "-c", layOut, ...words]);
  const answer = await session.receive(READY_SECONDS);
  const ready = /^ready (\d+) (\d+) (vhost|tap|user)$/.exec(answer ?? "");
  if (ready === null) throw await notReady(session, { action, answer });
  const [, client = "", server = "", netdev] = ready;
  return {
    client: prefixOf(client),
    server: prefixOf(server),
    hasTap: netdev !== "user",
    hasVhost: netdev === "vhost",
    close: async () => void await session.stop(GRACE_SECONDS),
  };
}

/**
 * Starts an iperf3 server on one address, behind `prefix`; returns what ends it.
 *
 * @throws {Problem} where it does not listen
 */
export async function startServer(
  host: Host,
  prefix: readonly string[],
  { iperf3Path, address }: { readonly iperf3Path: string; readonly address: string },
): Promise<() => Promise<void>> {
  const [program = "bash", ...rest] = [...prefix, "bash"];
  const argv = [program, ...rest, "-c", serve, "cellproof-serve", iperf3Path, address] as const;
  const session = await start(host, argv);
  const answer = await session.receive(READY_SECONDS);
  if (answer !== "ready") throw await notReady(session, { action: "serve a network test", answer });
  return async () => void await session.stop(GRACE_SECONDS);
}

function start(host: Host, argv: readonly [string, ...string[]]): Promise<Session> {
  return host.start({ argv, timeoutSeconds: LIFE_SECONDS });
}

function prefixOf(process: string): NetworkPrefix {
  return ["nsenter", `--net=/proc/${process}/ns/net`];
}

async function notReady(
  session: Session,
  { action, answer }: { readonly action: string; readonly answer: string | null },
): Promise<Problem> {
  const { stderr } = await session.stop(GRACE_SECONDS);
  const condition = answer?.replace(/^failed: /, "") ?? "nothing answered in time";
  const seen = stderr.trim() === "" ? {} : { seen: stderr };
  if (condition.includes("no private network namespace")) {
    return new MissingTool({ action, condition, ...seen, cure: "Run as root." }, "root");
  }
  return new Problem({ action, condition, ...seen });
}
