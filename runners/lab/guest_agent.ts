/**
 * QEMU's guest agent, as far as a machine is driven by it: JSON objects, one a line, over a
 * virtio-serial port (QEMU's `docs/interop/qemu-ga-ref`).
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Host, Session } from "../host.ts";
import { isObject } from "../json_values.ts";
import { Problem } from "../../problem.ts";

/** What the agent answered: a value, or its refusal in its own words. */
export type AgentReply =
  | { readonly refused: null; readonly value: unknown }
  | { readonly refused: string };

/** One line of the agent: a reply to the call with that id; null for one that had none. */
export type AgentLine = AgentReply & { readonly id: number | null };

/** How a command that the agent started stands. */
export type ExecStatus = { readonly exited: false } | {
  readonly exited: true;
  /** Null where a signal ended it. */
  readonly status: number | null;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** Whether the agent dropped a part of the outputs. */
  readonly truncated: boolean;
};

export interface ExecRequest {
  readonly argv: readonly [string, ...string[]];
  /** The whole environment, as "NAME=VALUE". */
  readonly env: readonly string[];
  readonly stdin: string;
}

/** Where programs are looked for in the machine. */
export const AGENT_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

const REPLY_SECONDS = 60;
/** A machine that hangs must not make each of what is still asked of it wait for as long. */
const SILENT_SECONDS = 5;
const READ_BYTES = 32 * 1024;
const SHELL_POLL_MILLISECONDS = 10;
/** A character that no JSON has outside a text: the agent forgets what was half said before. */
const FORGET = "\u0001";

/**
 * Connects the two ends of a pipe device of QEMU's, PATH.in and PATH.out: what is sent goes in, what
 * comes out is received. QEMU keeps both open, so that another process may take over.
 */
const JOIN = 'cat -- "$1.out" & exec cat >"$1.in"';

/** One connection to an agent; its commands are given one after the other. */
export class GuestAgent {
  readonly #session: Session;
  #last: Promise<unknown> = Promise.resolve();
  #calls = 0;
  /** Whether the last call was not answered in time. */
  #isSilent = false;
  readonly #silent = Promise.withResolvers<void>();

  private constructor(session: Session) {
    this.#session = session;
  }

  /**
   * Connects to the agent behind QEMU's pipe device `path`, once it answers.
   *
   * @throws {Problem} where it does not within `timeoutSeconds`
   */
  static async connect(
    host: Host,
    { path, timeoutSeconds, lifeSeconds }: {
      readonly path: string;
      readonly timeoutSeconds: number;
      readonly lifeSeconds: number;
    },
  ): Promise<GuestAgent> {
    const session = await host.start({
      argv: ["bash", "-c", JOIN, "cellproof-agent", path],
      timeoutSeconds: lifeSeconds,
      survivesCancel: true,
    });
    const agent = new GuestAgent(session);
    try {
      await agent.#synchronize(timeoutSeconds);
      return agent;
    } catch (error) {
      await agent.close();
      throw error;
    }
  }

  /** Settles when a call is not answered for the first time: the machine ended, or hangs. */
  get silent(): Promise<void> {
    return this.#silent.promise;
  }

  /**
   * Gives a command and waits for its reply.
   *
   * @throws {Problem} where the agent is gone
   */
  call(execute: string, args: Readonly<Record<string, unknown>> = {}): Promise<AgentReply> {
    const next = this.#last.then(async () => {
      const id = ++this.#calls;
      await this.#session.send(JSON.stringify({ execute, arguments: args, id }));
      return await this.#replyTo(id, execute);
    });
    this.#last = next.catch(() => {});
    return next;
  }

  /** A reply that comes too late is not taken for another call's. */
  async #replyTo(id: number, execute: string): Promise<AgentReply> {
    for (;;) {
      const line = await this.#session.receive(this.#isSilent ? SILENT_SECONDS : REPLY_SECONDS);
      this.#isSilent = line === null;
      if (this.#isSilent) this.#silent.resolve();
      const reply = line === null ? null : parseAgentReply(line);
      // What the agent could not read at all it refuses without an id.
      if (reply?.id === id || (reply?.id === null && reply.refused !== null)) return reply;
      if (reply !== null && reply.id !== null) continue;
      throw new Problem({
        action: `have the machine's agent do ${execute}`,
        condition: line === null ? "the machine ended, or does not answer" : "it is no reply",
        ...(line === null ? {} : { seen: line }),
      });
    }
  }

  /** Starts a program and returns its process id; a refusal is an answer. */
  async exec({ argv, env, stdin }: ExecRequest): Promise<AgentReply & { readonly pid?: number }> {
    const [path, ...arg] = argv;
    const input = stdin === "" ? {} : { "input-data": Buffer.from(stdin).toString("base64") };
    const reply = await this.call("guest-exec", {
      path,
      arg,
      env,
      ...input,
      "capture-output": true,
    });
    if (reply.refused !== null) return reply;
    const pid = field(reply.value, "pid");
    return typeof pid === "number" ? { ...reply, pid } : { refused: "it names no process" };
  }

  /** How a program that was started stands. */
  async execStatus(pid: number): Promise<ExecStatus> {
    const reply = await this.call("guest-exec-status", { pid });
    if (reply.refused === null) return parseExecStatus(reply.value);
    throw new Problem({ action: `ask for process ${pid}`, condition: reply.refused });
  }

  /** The text of a file; null when there is none or it cannot be read. */
  async readText(path: string): Promise<string | null> {
    const opened = await this.call("guest-file-open", { path, mode: "r" });
    if (opened.refused !== null) return null;
    const handle = opened.value;
    try {
      const chunks: Uint8Array[] = [];
      for (let isMore = true; isMore;) {
        const read = await this.call("guest-file-read", { handle, count: READ_BYTES });
        if (read.refused !== null) return null;
        chunks.push(bytes(field(read.value, "buf-b64")));
        isMore = field(read.value, "eof") === false;
      }
      return Buffer.concat(chunks).toString("utf8");
    } finally {
      await this.call("guest-file-close", { handle });
    }
  }

  /** Runs a script of a few milliseconds, whatever comes of it; it carries no marker. */
  async shell(script: string, ...words: string[]): Promise<void> {
    const argv = ["bash", "-c", script, "bash", ...words] as const;
    const { pid } = await this.exec({ argv, env: [`PATH=${AGENT_PATH}`], stdin: "" });
    if (pid === undefined) return;
    while (!(await this.execStatus(pid)).exited) {
      await new Promise((resolve) => setTimeout(resolve, SHELL_POLL_MILLISECONDS));
    }
  }

  /** Ends the connection; the machine lives on. */
  async close(): Promise<void> {
    await this.#session.stop(1);
  }

  /** Drops what an earlier user of the pipe left in it. */
  async #synchronize(timeoutSeconds: number): Promise<void> {
    const id = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    const end = performance.now() + timeoutSeconds * 1000;
    await this.#session.send(FORGET);
    await this.#session.send(
      JSON.stringify({ execute: "guest-sync", arguments: { id } }),
    );
    for (let left = timeoutSeconds; left > 0; left = (end - performance.now()) / 1000) {
      const line = await this.#session.receive(left);
      if (line === null) break;
      const reply = parseAgentReply(line);
      if (reply?.refused === null && reply.value === id) return;
    }
    throw new Problem({
      action: "reach the machine's agent",
      condition: `it did not answer within ${timeoutSeconds} s`,
    });
  }
}

/** Reads one line; null for what is no reply. */
export function parseAgentReply(line: string): AgentLine | null {
  try {
    const reply: unknown = JSON.parse(line);
    if (!isObject(reply)) return null;
    const given = field(reply, "id");
    const id = typeof given === "number" ? given : null;
    const error = field(reply, "error");
    if (isObject(error)) {
      return { id, refused: String(field(error, "desc") ?? "it says no reason") };
    }
    return "return" in reply ? { id, refused: null, value: field(reply, "return") } : null;
  } catch {
    return null;
  }
}

/**
 * Reads the answer to `guest-exec-status`.
 *
 * @throws {Problem} where it is anything else
 */
export function parseExecStatus(value: unknown): ExecStatus {
  const exited = field(value, "exited");
  if (exited === false) return { exited };
  if (exited !== true) {
    throw new Problem({
      action: "read how a program ended",
      condition: "the machine's agent does not say whether it did",
      seen: JSON.stringify(value),
    });
  }
  const status = field(value, "exitcode");
  return {
    exited,
    status: isStatus(status) && field(value, "signal") === undefined ? status : null,
    stdout: bytes(field(value, "out-data")),
    stderr: bytes(field(value, "err-data")),
    truncated: field(value, "out-truncated") === true || field(value, "err-truncated") === true,
  };
}

function isStatus(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value);
}

function bytes(base64: unknown): Uint8Array {
  return typeof base64 === "string" ? Buffer.from(base64, "base64") : new Uint8Array();
}

function field(value: unknown, name: string): unknown {
  return isObject(value) ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
}
