import type { ChildProcess } from "node:child_process";
import { CapturedOutput } from "./captured_output.ts";
import type { CommandEnd, CommandRequest, CommandResult } from "../host.ts";
import { LineQueue } from "./line_queue.ts";
import { endMarked, signalGroup } from "./process_group.ts";
import { settledWithin, timerMilliseconds } from "./settled_within.ts";
import { NOT_STARTED, refused, spawn } from "./shell.ts";

const RUN_OUTPUT_BYTES = 16 * 2 ** 20;
const SESSION_OUTPUT_BYTES = 2 ** 20;
/** How long a command may take to obey SIGTERM when its time is over. */
const END_GRACE_SECONDS = 0.5;
/** How long a descendant that holds the pipes is listened to after the command's own end. */
const STREAM_GRACE_SECONDS = 0.5;

export interface LiveCommandOptions {
  /** Marks the command's processes; see `MARKER`. */
  readonly id: string;
  /** Wall-clock bound of the command's life. */
  readonly limitSeconds: number;
  /** How it ended where that bound is what ended it. */
  readonly endedByLimit: CommandEnd;
  /** A session: standard input stays open, and only the last part of the outputs is kept. */
  readonly interactive: boolean;
}

/** When a command was about to start, on the wall clock and on the steady one. */
interface Beginning {
  readonly at: string;
  readonly milliseconds: number;
}

/** A started command: its outputs are collected, and its end is certain. */
export class LiveCommand {
  readonly child: ChildProcess;
  /** Its standard output by lines, where it is interactive. */
  readonly lines = new LineQueue();
  /** Resolves when the command and its outputs have ended; rejects only if it never started. */
  readonly result: Promise<CommandResult>;
  readonly survivesCancel: boolean;
  readonly #options: LiveCommandOptions;
  readonly #stdout: CapturedOutput;
  readonly #stderr: CapturedOutput;
  readonly #begin: Beginning;
  readonly #exited = Promise.withResolvers<number | null>();
  readonly #closed: Promise<void>;
  readonly #timer: ReturnType<typeof setTimeout>;
  #hasExited = false;
  #ended: CommandEnd = "exited";
  #ending: Promise<void> | null = null;

  /** Starts the command; throws a `Problem` where the system refuses it. */
  static async start(request: CommandRequest, options: LiveCommandOptions): Promise<LiveCommand> {
    // Taken before: a busy machine may come back here long after the command has begun.
    const begin = { at: new Date().toISOString(), milliseconds: performance.now() };
    return new LiveCommand(await spawn(request, options), begin, { ...options, request });
  }

  private constructor(
    child: ChildProcess,
    begin: Beginning,
    { request, ...options }: LiveCommandOptions & { readonly request: CommandRequest },
  ) {
    this.child = child;
    this.#begin = begin;
    this.survivesCancel = request.survivesCancel ?? false;
    this.#options = options;
    const usualBytes = options.interactive ? SESSION_OUTPUT_BYTES : RUN_OUTPUT_BYTES;
    const limitBytes = request.maxOutputBytes ?? usualBytes;
    const keep = options.interactive ? "last" : "first";
    this.#stdout = new CapturedOutput(limitBytes, keep);
    this.#stderr = new CapturedOutput(limitBytes, keep);
    child.once("exit", (status) => this.#exited.resolve(status));
    child.once("error", (error) => this.#exited.reject(refused(request, error)));
    this.#closed = new Promise((resolve) => child.once("close", () => resolve()));
    this.#collect(child.stdout, this.#stdout);
    this.#collect(child.stderr, this.#stderr);
    if (options.interactive) child.stdout?.on("data", (chunk) => this.lines.add(chunk));
    this.#feed(request.stdin);
    this.#timer = setTimeout(
      () => void this.end(options.endedByLimit),
      timerMilliseconds(options.limitSeconds),
    );
    this.result = this.#finish();
  }

  /** Ends the command and everything that it started, and remembers why. */
  async end(why: CommandEnd, graceSeconds = END_GRACE_SECONDS): Promise<void> {
    if (this.#hasExited) return;
    if (this.#ending === null) {
      this.#ended = why;
      this.#ending = this.#endTree(graceSeconds);
    }
    await this.#ending;
  }

  #collect(stream: ChildProcess["stdout"], output: CapturedOutput): void {
    stream?.on("data", (chunk: Uint8Array) => {
      if (!output.add(chunk) || this.#options.interactive) return;
      // The rest may still be in the pipe when the command has already ended by itself.
      if (this.#hasExited && this.#ending === null) this.#ended = "output-limit";
      void this.end("output-limit");
    });
    stream?.on("error", () => {});
  }

  #feed(input: string | undefined): void {
    const stdin = this.child.stdin;
    // A command may end without reading its input: that is no error of the run.
    stdin?.on("error", () => {});
    if (input !== undefined) stdin?.write(input);
    if (!this.#options.interactive) stdin?.end();
  }

  async #finish(): Promise<CommandResult> {
    try {
      const status = await this.#exited.promise;
      const durationSeconds = (performance.now() - this.#begin.milliseconds) / 1000;
      this.#hasExited = true;
      await this.#ending;
      await settledWithin(this.#closed, STREAM_GRACE_SECONDS);
      return this.#toResult(status, durationSeconds);
    } finally {
      clearTimeout(this.#timer);
      this.lines.end();
      for (const stream of [this.child.stdin, this.child.stdout, this.child.stderr]) {
        stream?.destroy();
      }
    }
  }

  #toResult(status: number | null, durationSeconds: number): CommandResult {
    const times = { startedAt: this.#begin.at, durationSeconds };
    const [stdout, stderr] = [this.#stdout.text(), this.#stderr.text()];
    if (status === 127 && stderr.endsWith(`${NOT_STARTED}\n`)) {
      const message = stderr.slice(0, -NOT_STARTED.length - 1).replace(/^.*?: exec: /, "");
      return { ended: "not-found", status: null, stdout, stderr: message, ...times };
    }
    return { ended: this.#ended, status, stdout, stderr, ...times };
  }

  async #endTree(graceSeconds: number): Promise<void> {
    const group = this.child.pid;
    if (group === undefined) return;
    const exited = this.#exited.promise.then(() => {}, () => {});
    await signalGroup(group, "TERM");
    await settledWithin(exited, graceSeconds);
    await signalGroup(group, "KILL");
    await endMarked(this.#options.id);
    // A process in an uninterruptible wait obeys nothing: the run goes on without it.
    if (!await settledWithin(exited, END_GRACE_SECONDS)) this.#exited.resolve(null);
  }
}
