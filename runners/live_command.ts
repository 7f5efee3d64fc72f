import type { ChildProcess } from "node:child_process";
import { CapturedOutput } from "./captured_output.ts";
import type { CommandEnd, CommandRequest, CommandResult } from "./host.ts";
import { endMarked, signalGroup } from "./process_group.ts";
import { NOT_STARTED, refused, spawn } from "./shell.ts";

const DEFAULT_OUTPUT_BYTES = 16 * 2 ** 20;
/** How long a command may take to obey SIGTERM when its time is over. */
const END_GRACE_SECONDS = 0.5;
/** How long a descendant that holds the pipes is listened to after the command's own end. */
const STREAM_GRACE_SECONDS = 0.5;
const LONGEST_TIMER_SECONDS = 2 ** 31 / 1000 - 1;

export interface LiveCommandOptions {
  /** Marks the command's processes; see `MARKER`. */
  readonly id: string;
  /** Wall-clock bound of the command's life, and how it ended when that is what ended it. */
  readonly limitSeconds: number;
  readonly endedByLimit: CommandEnd;
  /** A session: standard input stays open, and of the outputs only the last part is kept. */
  readonly interactive: boolean;
}

/** A started command: its outputs are collected, and its end is certain. */
export class LiveCommand {
  readonly child: ChildProcess;
  /** Resolves when the command and its outputs have ended; rejects only if it never started. */
  readonly result: Promise<CommandResult>;
  readonly #request: CommandRequest;
  readonly #options: LiveCommandOptions;
  readonly #stdout: CapturedOutput;
  readonly #stderr: CapturedOutput;
  readonly #startedAt = new Date().toISOString();
  readonly #start = performance.now();
  readonly #exited: Promise<number | null>;
  #ended: CommandEnd = "exited";
  #ending: Promise<void> | null = null;

  /** Starts the command; throws a `Problem` where the system refuses it. */
  static async start(request: CommandRequest, options: LiveCommandOptions): Promise<LiveCommand> {
    return new LiveCommand(await spawn(request, options), request, options);
  }

  private constructor(child: ChildProcess, request: CommandRequest, options: LiveCommandOptions) {
    this.child = child;
    this.#request = request;
    this.#options = options;
    const limit = request.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES;
    const keep = options.interactive ? "last" : "first";
    this.#stdout = new CapturedOutput(limit, keep);
    this.#stderr = new CapturedOutput(limit, keep);
    this.#collect(child.stdout, this.#stdout);
    this.#collect(child.stderr, this.#stderr);
    this.#feed();
    const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
    this.#exited = new Promise((resolve, reject) => {
      child.once("exit", resolve);
      child.once("error", (error) => reject(refused(request, error)));
    });
    this.result = this.#finish(closed);
  }

  /** Ends the command and everything that it started, and remembers why. */
  end(why: CommandEnd, graceSeconds = END_GRACE_SECONDS): Promise<void> {
    if (this.#ending === null) {
      this.#ended = why;
      this.#ending = this.#endTree(graceSeconds);
    }
    return this.#ending;
  }

  #collect(stream: ChildProcess["stdout"], output: CapturedOutput): void {
    stream?.on("data", (chunk: Uint8Array) => {
      const over = output.add(chunk);
      if (over && !this.#options.interactive) void this.end("output-limit", 0);
    });
    stream?.on("error", () => {});
  }

  #feed(): void {
    const stdin = this.child.stdin;
    // A command may end without reading its input: that is no error of the run.
    stdin?.on("error", () => {});
    if (this.#request.stdin !== undefined) stdin?.write(this.#request.stdin);
    if (!this.#options.interactive) stdin?.end();
  }

  async #finish(closed: Promise<void>): Promise<CommandResult> {
    const { limitSeconds, endedByLimit } = this.#options;
    const timer = setTimeout(
      () => void this.end(endedByLimit),
      Math.min(limitSeconds, LONGEST_TIMER_SECONDS) * 1000,
    );
    try {
      const status = await this.#exited;
      const durationSeconds = (performance.now() - this.#start) / 1000;
      await this.#ending;
      await settledWithin(closed, STREAM_GRACE_SECONDS);
      return this.#toResult(status, durationSeconds);
    } finally {
      clearTimeout(timer);
      for (const stream of [this.child.stdin, this.child.stdout, this.child.stderr]) {
        stream?.destroy();
      }
    }
  }

  #toResult(status: number | null, durationSeconds: number): CommandResult {
    const started = { startedAt: this.#startedAt, durationSeconds };
    const [stdout, stderr] = [this.#stdout.text(), this.#stderr.text()];
    if (status === 127 && stderr.endsWith(`${NOT_STARTED}\n`)) {
      const message = stderr.slice(0, -NOT_STARTED.length - 1).replace(/^.*?: exec: /, "");
      return { ended: "not-found", status: null, stdout, stderr: message, ...started };
    }
    return { ended: this.#ended, status, stdout, stderr, ...started };
  }

  async #endTree(graceSeconds: number): Promise<void> {
    const group = this.child.pid;
    if (group === undefined) return;
    const exited = this.#exited.then(() => {}, () => {});
    if (graceSeconds > 0) {
      await signalGroup(group, "TERM");
      await settledWithin(exited, graceSeconds);
    }
    await signalGroup(group, "KILL");
    await endMarked(this.#options.id);
    await exited;
  }
}

/** Waits for `promise`, at most `seconds`; returns whether it came in time. */
export async function settledWithin(promise: Promise<unknown>, seconds: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.min(seconds, LONGEST_TIMER_SECONDS) * 1000);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
