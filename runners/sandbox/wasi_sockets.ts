/**
 * Sockets from inside the sandbox: `programs/wasi_sockets.c` tries preview 1's functions,
 * `programs/socket_client.wat` connects by WASI 0.2's `wasi:sockets`, and `programs/tcp_peer.c` is
 * the native end.
 *
 * @module
 */
import { buildProgram } from "../programs/compile.ts";
import type { Host, Session } from "../host.ts";
import { jsonLines } from "../json_lines.ts";
import client from "../programs/socket_client.wat" with { type: "text" };
import peer from "../programs/tcp_peer.c" with { type: "text" };
import source from "../programs/wasi_sockets.c" with { type: "text" };
import { wasiErrnoName } from "./wasi_errno.ts";
import { describeEnd, moduleArgv, moduleProblem, parseModuleEnd } from "./wasi_module.ts";
import { Problem } from "../../problem.ts";

/** One of preview 1's functions, tried on the descriptors from 3 to 9. */
export interface SocketCall {
  /** "sock_accept" */
  readonly call: string;
  /** What each descriptor answered: "EBADF". */
  readonly errnos: readonly string[];
}

/** What came of connecting by wasi:sockets. */
export interface Connection {
  /** True where bytes went both ways. */
  readonly connected: boolean;
  /** "access-denied", or whatever else kept it from connecting; null where it did. */
  readonly refusal: string | null;
  /** What the module received, and printed. */
  readonly received: string;
}

/** A native listener on 127.0.0.1. */
export interface TcpPeer {
  readonly port: number;
  /** What it received in its next connection; null where none came in time. */
  received(timeoutSeconds: number): Promise<string | null>;
  stop(): Promise<void>;
}

const TIMEOUT_SECONDS = 20;
const PING = 'exec 3<>"/dev/tcp/127.0.0.1/$1" && echo ping >&3 && head -n 1 <&3';

/** `error-code` of wasi:sockets/network@0.2.0, in order. */
const ERROR_CODES = [
  "unknown",
  "access-denied",
  "not-supported",
  "invalid-argument",
  "out-of-memory",
  "timeout",
  "concurrency-conflict",
  "not-in-progress",
  "would-block",
  "invalid-state",
  "new-socket-limit",
  "address-not-bindable",
  "address-in-use",
  "remote-unreachable",
  "connection-refused",
  "connection-reset",
  "connection-aborted",
];

/**
 * Tries preview 1's socket functions in a module without any permission.
 *
 * @throws {Problem} where the module did not run to its end
 */
export async function callSockets(
  host: Host,
  { wasmtime, folder }: { wasmtime: string; folder: string },
): Promise<SocketCall[]> {
  const output = `${folder}/wasi_sockets.wasm`;
  const module = await buildProgram(host, { source, output }, "WASI");
  const argv = moduleArgv({ wasmtime, module });
  const result = await host.run({ argv, timeoutSeconds: TIMEOUT_SECONDS });
  const calls = parseSocketCalls(result.stdout);
  if (result.status === 0 && calls.length > 0) return calls;
  throw moduleProblem("try WASI's socket functions in a module", result);
}

/** The calls that were printed; a line that is none is left out. */
export function parseSocketCalls(stdout: string): SocketCall[] {
  return jsonLines(stdout).flatMap(({ call, errnos }) =>
    typeof call === "string" && Array.isArray(errnos)
      ? [{ call, errnos: errnos.map((errno) => wasiErrnoName(Number(errno))) }]
      : []
  );
}

/** Connects from inside to a port of 127.0.0.1, under further options of `wasmtime run`. */
export async function connectFromInside(
  host: Host,
  { wasmtime, folder }: { wasmtime: string; folder: string },
  { port, options }: { port: number; options: readonly string[] },
): Promise<Connection> {
  const module = `${folder}/socket_client_${port}.wat`;
  await host.writeText(module, client.replaceAll("PORT", `${port}`));
  const argv = moduleArgv({ wasmtime, module, options });
  const result = await host.run({ argv, timeoutSeconds: TIMEOUT_SECONDS });
  return parseConnection(result.stdout, describeEnd(parseModuleEnd(result)));
}

/** Connects natively and sends "ping"; what came back. */
export async function connectNatively(host: Host, port: number): Promise<string> {
  const { stdout, stderr } = await host.run({
    argv: ["bash", "-c", PING, "cellproof-ping", `${port}`],
    timeoutSeconds: 10,
  });
  return (stdout || stderr).trim();
}

/** What the client printed; `end` tells how it ended where it printed nothing. */
export function parseConnection(stdout: string, end: string): Connection {
  const code = /^refused (\d\d)$/m.exec(stdout)?.[1];
  if (code !== undefined) {
    const refusal = ERROR_CODES[Number(code)] ?? `error-code ${Number(code)}`;
    return { connected: false, refusal, received: "" };
  }
  const received = stdout.trimEnd();
  if (received.startsWith("pong:")) return { connected: true, refusal: null, received };
  return { connected: false, refusal: end, received };
}

/**
 * Starts the native listener on a free port.
 *
 * @throws {Problem} where it cannot be built or does not listen
 */
export async function startTcpPeer(host: Host, folder: string): Promise<TcpPeer> {
  const program = { source: peer, output: `${folder}/tcp_peer` };
  const argv = [await buildProgram(host, program, "this machine")] as const;
  const session = await host.start({ argv: [...argv], timeoutSeconds: 120 });
  const port = Number(await session.receive(10));
  if (Number.isInteger(port) && port > 0) {
    return { port, received: (seconds) => receivedBy(session, seconds), stop: () => stop(session) };
  }
  const { stderr } = await session.stop(1);
  throw new Problem({
    action: "listen on a port of 127.0.0.1",
    condition: "the small C program did not",
    seen: stderr,
    cure: "Check that the loopback device is up: ip link show lo",
  });
}

async function receivedBy(session: Session, seconds: number): Promise<string | null> {
  return /^\d+ (.*)$/.exec(await session.receive(seconds) ?? "")?.[1] ?? null;
}

async function stop(session: Session): Promise<void> {
  await session.stop(1);
}
