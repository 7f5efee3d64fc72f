/**
 * `programs/attempts.c`: attempts to get out of a place, and the marker on the host that they are
 * after. What the program found is compared here, so it never knows what it looks for.
 *
 * @module
 */
import { buildProgram } from "../programs/compile.ts";
import type { Host } from "../host.ts";
import { Problem } from "../../problem.ts";
import source from "../programs/attempts.c" with { type: "text" };
import { buildStatic } from "../programs/static_program.ts";

/** What the program can try. */
export type Verb =
  | "read-file"
  | "find-process"
  | "read-device"
  | "open-to-write"
  | "mknod-read"
  | "load-module"
  | "mount"
  | "trace"
  | "read-kernel-log"
  | "raw-socket"
  | "connect";

/** One attempt with its argument, as the head of the source tells. */
export interface AttemptCall {
  readonly verb: Verb;
  readonly argument: string;
}

/** What came of one attempt. */
export interface AttemptAnswer extends AttemptCall {
  /** Whether the kernel that answered did it. */
  readonly done: boolean;
  /** Why not: an errno's name, or `signal-14`; null where it was done. */
  readonly errno: string | null;
  /** Of the kernel that answered; null where it could not be read. */
  readonly bootId: string | null;
  /** What was found, in printable ASCII. */
  readonly detail: string;
}

/** A process of the host that attempts look for and connect to. */
export interface Marker {
  /** The host's id of the process. */
  readonly process: number;
  /** The ports on which it answers, in the order of the addresses. */
  readonly ports: readonly number[];
  stop(): Promise<void>;
}

export interface MarkerRequest {
  readonly program: string;
  /** What finding or reaching it tells: letters, digits and hyphens. */
  readonly nonce: string;
  /** IPv4 addresses to answer on, 8 at most. */
  readonly addresses: readonly string[];
  /** What it is started behind, such as `["nsenter", "--net=/run/x"]`. */
  readonly prefix: readonly string[];
}

/** What `find-process` and {@linkcode startMarker} agree on. */
export const MARKER_NAME = "cellproof-marker";

const START_SECONDS = 10;
/** As long as the slowest battery: a guest without hardware virtualization is slow to boot. */
const LIFE_SECONDS = 900;
const MOST_ADDRESSES = 8;

/** Builds the program for this machine, its containers and its guests. */
export function buildAttempts(host: Host, folder: string): Promise<string> {
  return buildStatic(host, { source, output: `${folder}/attempts` });
}

/** Builds what WASI can express of it. */
export function buildWasiAttempts(host: Host, folder: string): Promise<string> {
  return buildProgram(host, { source, output: `${folder}/attempts.wasm` }, "WASI");
}

/** The program's arguments. */
export function attemptArguments(calls: readonly AttemptCall[]): string[] {
  return calls.flatMap(({ verb, argument }) => [verb, argument]);
}

/**
 * What the program printed: an answer for each call.
 *
 * @throws {Problem} where the lines do not belong to the calls
 */
export function parseAttempts(stdout: string, calls: readonly AttemptCall[]): AttemptAnswer[] {
  const lines = stdout.split("\n").filter((line) => line !== "");
  const answers = calls.map((call, index) => parseAnswer(lines[index] ?? "", call));
  const wrong = answers.findIndex((answer) => answer === null);
  if (wrong < 0 && lines.length === calls.length) return answers.filter((each) => each !== null);
  const position = wrong < 0 ? calls.length : wrong;
  throw new Problem({
    action: "read what the attempts printed",
    condition: `line ${position + 1} is not the answer to "${calls[position]?.verb ?? "nothing"}"`,
    seen: lines[position] ?? "no such line",
  });
}

/**
 * Starts the marker and waits until it answers.
 *
 * @throws {Problem} where it does not start
 */
export async function startMarker(host: Host, request: MarkerRequest): Promise<Marker> {
  const { program, nonce, addresses, prefix } = request;
  if (!/^[\w-]+$/.test(nonce) || addresses.length > MOST_ADDRESSES) {
    throw new TypeError("startMarker: the nonce or the addresses do not fit");
  }
  const words = [program, "serve", `${MARKER_NAME}:${nonce}`, ...addresses];
  const [first = program, ...rest] = [...prefix, ...words];
  const session = await host.start({ argv: [first, ...rest], timeoutSeconds: LIFE_SECONDS });
  const line = await session.receive(START_SECONDS);
  const stop = async () => void await session.stop(2);
  const started = parseMarker(line ?? "", addresses.length);
  if (started !== null) return { ...started, stop };
  const { stderr } = await session.stop(2);
  throw new Problem({
    action: "start the process that attempts look for",
    condition: "it did not tell its ports",
    seen: line ?? stderr,
  });
}

/** The marker's first line; null for anything else. */
export function parseMarker(
  line: string,
  count: number,
): Pick<Marker, "process" | "ports"> | null {
  const [process, ...ports] = line.split(" ").map((word) => /^\d+$/.test(word) ? Number(word) : 0);
  const whole = process !== undefined && process > 0 && ports.length === count &&
    ports.every((port) => port > 0 && port < 65536);
  return whole ? { process, ports } : null;
}

function parseAnswer(line: string, call: AttemptCall): AttemptAnswer | null {
  const [verb, state, errno, bootId, detail, ...more] = line.split("\t");
  if (verb !== call.verb || (state !== "done" && state !== "failed")) return null;
  if (errno === undefined || bootId === undefined || detail === undefined || more.length > 0) {
    return null;
  }
  const done = state === "done";
  if (done !== (errno === "-")) return null;
  return { ...call, done, errno: done ? null : errno, bootId: orNull(bootId), detail };
}

function orNull(word: string): string | null {
  return word === "-" ? null : word;
}
