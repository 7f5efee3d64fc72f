import type { CommandResult, Session } from "../host.ts";
import type { LiveCommand } from "./live_command.ts";

/** A live {@linkcode Session} over an interactive command. */
export class LiveSession implements Session {
  readonly #command: LiveCommand;

  constructor(command: LiveCommand) {
    this.#command = command;
  }

  async send(line: string): Promise<void> {
    const stdin = this.#command.child.stdin;
    if (stdin === null || stdin.destroyed || !stdin.writable) return;
    // A command that has just ended cannot be told anything: `receive` and `stop` say that it ended.
    await new Promise<void>((resolve) => {
      stdin.write(`${line}\n`, () => resolve());
    });
  }

  receive(timeoutSeconds: number): Promise<string | null> {
    return this.#command.lines.next(timeoutSeconds);
  }

  async stop(graceSeconds: number): Promise<CommandResult> {
    await this.#command.end("exited", graceSeconds);
    return await this.#command.result;
  }
}

/** The session of a command that was cancelled before it was started. */
export class EndedSession implements Session {
  readonly #result: CommandResult;

  constructor(result: CommandResult) {
    this.#result = result;
  }

  send(): Promise<void> {
    return Promise.resolve();
  }

  receive(): Promise<null> {
    return Promise.resolve(null);
  }

  stop(): Promise<CommandResult> {
    return Promise.resolve(this.#result);
  }
}

/** The result of a command that was cancelled before it was started. */
export function notRun(now: Date): CommandResult {
  return {
    ended: "cancelled",
    status: null,
    stdout: "",
    stderr: "",
    startedAt: now.toISOString(),
    durationSeconds: 0,
  };
}
