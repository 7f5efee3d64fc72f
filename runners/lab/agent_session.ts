/**
 * A long-lived command in a machine behind a guest agent, talked to line by line.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { AgentCommand } from "./agent_command.ts";
import type { AgentReply, GuestAgent } from "./guest_agent.ts";
import type { CommandResult, Session } from "../host.ts";
import { isObject } from "../json_values.ts";
import { LineQueue } from "../seam/line_queue.ts";
import { CapturedOutput } from "../seam/captured_output.ts";
import { Problem } from "../../problem.ts";

const READ_BYTES = 32 * 1024;
/** Fits the agent's buffer, and is written to a pipe as a whole or not at all (pipe(7)). */
const WRITE_BYTES = 2048;
const POLL_MILLISECONDS = 20;
const OPEN_TRIES = 250;

export class AgentSession implements Session {
  readonly #agent: GuestAgent;
  readonly #command: AgentCommand;
  readonly #input: number;
  readonly #output: number;
  readonly #lines = new LineQueue();
  readonly #captured: CapturedOutput;

  private constructor(
    agent: GuestAgent,
    command: AgentCommand,
    handles: { readonly input: number; readonly output: number },
  ) {
    this.#agent = agent;
    this.#command = command;
    this.#input = handles.input;
    this.#output = handles.output;
    this.#captured = new CapturedOutput(command.maxOutputBytes, "last");
  }

  /**
   * Talks to a command that was started with its pipes in `folder`.
   *
   * @throws {Problem} where the pipes do not appear
   */
  static async open(
    agent: GuestAgent,
    command: AgentCommand,
    folder: string,
  ): Promise<AgentSession> {
    // The output is made after the pipe, which must not be made by opening it.
    const output = await openFile(agent, `${folder}/out`, "r");
    const input = await openFile(agent, `${folder}/in`, "r+");
    return new AgentSession(agent, command, { input, output });
  }

  async send(line: string): Promise<void> {
    const content = Buffer.from(`${line}\n`);
    for (let at = 0; at < content.length; at += WRITE_BYTES) {
      const part = content.subarray(at, at + WRITE_BYTES).toString("base64");
      while (!this.#command.isOver && !await this.#write(part)) await this.#pause();
    }
  }

  async receive(timeoutSeconds: number): Promise<string | null> {
    const end = performance.now() + timeoutSeconds * 1000;
    for (;;) {
      const wasOver = this.#command.isOver;
      const isMore = await this.#read();
      const line = await this.#lines.next(0);
      if (line !== null) return line;
      if (wasOver && !isMore) this.#lines.end();
      if (wasOver && !isMore) return await this.#lines.next(0);
      if (performance.now() >= end) return null;
      if (!isMore) await this.#pause();
    }
  }

  async stop(graceSeconds: number): Promise<CommandResult> {
    await this.#command.end("exited", graceSeconds);
    const result = await this.#command.result;
    while (await this.#read());
    for (const handle of [this.#input, this.#output]) {
      await this.#agent.call("guest-file-close", { handle });
    }
    return { ...result, stdout: this.#captured.text() };
  }

  /** Hands a part to the command; returns whether it took it. What is refused is dropped as a whole. */
  async #write(part: string): Promise<boolean> {
    const handle = this.#input;
    await this.#agent.call("guest-file-write", { handle, "buf-b64": part });
    return (await this.#agent.call("guest-file-flush", { handle })).refused === null;
  }

  async #pause(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }

  /** Takes what the command has written since; returns whether there was anything. */
  async #read(): Promise<boolean> {
    const reply = await this.#agent.call("guest-file-read", {
      handle: this.#output,
      count: READ_BYTES,
    });
    const chunk = contentOf(reply);
    if (chunk.length === 0) return false;
    this.#captured.add(chunk);
    this.#lines.add(chunk);
    return true;
  }
}

async function openFile(agent: GuestAgent, path: string, mode: string): Promise<number> {
  let refused: string | null = null;
  for (let tries = 0; tries < OPEN_TRIES; tries++) {
    const reply = await agent.call("guest-file-open", { path, mode });
    if (reply.refused === null && typeof reply.value === "number") return reply.value;
    refused = reply.refused;
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
  throw new Problem({
    action: "talk to a command in the machine",
    condition: refused ?? "its pipe cannot be opened",
  });
}

function contentOf(reply: AgentReply): Uint8Array {
  if (reply.refused !== null || !isObject(reply.value)) return new Uint8Array();
  const content = Object.entries(reply.value).find(([name]) => name === "buf-b64")?.[1];
  return typeof content === "string" ? Buffer.from(content, "base64") : new Uint8Array();
}
