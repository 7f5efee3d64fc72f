/**
 * A command in a machine behind a guest agent.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { AGENT_PATH, type ExecStatus, type GuestAgent } from "./guest_agent.ts";
import type { CommandEnd, CommandRequest, CommandResult } from "../host.ts";
import { Problem } from "../../problem.ts";
import { END_MARKED } from "../seam/process_group.ts";
import { timerMilliseconds } from "../seam/settled_within.ts";
import { MARKER, NOT_STARTED, refuseNul } from "../seam/shell.ts";

export interface AgentCommandOptions {
  /** Marks the command's processes; see `MARKER`. */
  readonly marker: string;
  /** Where its standard input comes from (`in`) and its output goes (`out`): a session's. */
  readonly folder: string | null;
  readonly limitSeconds: number;
  readonly endedByLimit: CommandEnd;
}

const RUN_OUTPUT_BYTES = 16 * 2 ** 20;
const SESSION_OUTPUT_BYTES = 2 ** 20;
const END_GRACE_SECONDS = 0.5;
/** The agent is asked ever more rarely whether a command has ended. */
const FIRST_POLL_SECONDS = 0.005;
const SLOWEST_POLL_SECONDS = 0.1;
/** To the agent, a command whose outputs others hold goes on: those are then ended. */
const HELD_SECONDS = 1;

const ENVIRONMENT = {
  PATH: AGENT_PATH,
  HOME: "/root",
  LC_ALL: "C",
};

/** Replaces itself with the program, which is then the first of a process group of its own. */
const SETSID = ["setsid", "--"] as const;
/** What it says of a program that is not there. */
const NO_PROGRAM = /^setsid: failed to execute .*: No such file or directory$/m;
/**
 * A session's program, with pipes in the folder $1. What it has written is kept even when its group is
 * told to end, and its output is a pipe, which it may open again by name.
 */
const RUN_SESSION = `shopt -s execfail
folder=$1
shift
mkfifo -- "$folder/in" && : >"$folder/out"
exec 0<>"$folder/in" 1> >(trap '' TERM; exec cat >>"$folder/out")
exec -- "$@" || { status=$?; echo '${NOT_STARTED}' >&2; exit $status; }`;
const SIGNAL_GROUP = 'kill "-$1" -- "-$2"';

/**
 * Starts a command.
 *
 * @throws {Problem} where an argument cannot be passed on, or the agent refuses to or is gone
 */
export async function agentCommand(
  agent: GuestAgent,
  request: CommandRequest,
  options: AgentCommandOptions,
): Promise<AgentCommand> {
  const { folder, marker } = options;
  refuseNul(request);
  const words = folder === null ? [] : ["bash", "-c", RUN_SESSION, "bash", folder];
  const environment = { ...ENVIRONMENT, ...request.env, [MARKER]: marker };
  const begin = { at: new Date().toISOString(), milliseconds: performance.now() };
  const started = await agent.exec({
    argv: [...SETSID, ...words, ...request.argv],
    env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    stdin: request.stdin ?? "",
  });
  if (started.pid !== undefined) {
    return new AgentCommand(agent, { ...options, request, begin, pid: started.pid });
  }
  throw new Problem({
    action: `run ${request.argv[0]} in the machine`,
    condition: `its agent refused: ${started.refused ?? "no reason"}`,
  });
}

interface Started extends AgentCommandOptions {
  readonly request: CommandRequest;
  readonly begin: { readonly at: string; readonly milliseconds: number };
  readonly pid: number;
}

/** A command that was started, and is asked after until it ends. */
export class AgentCommand {
  readonly survivesCancel: boolean;
  readonly maxOutputBytes: number;
  readonly result: Promise<CommandResult>;
  readonly #agent: GuestAgent;
  readonly #started: Started;
  #ended: CommandEnd = "exited";
  #ending: Promise<void> | null = null;
  #isOver = false;
  #isGivenUp = false;

  constructor(agent: GuestAgent, started: Started) {
    this.#agent = agent;
    this.#started = started;
    this.survivesCancel = started.request.survivesCancel ?? false;
    this.maxOutputBytes = started.request.maxOutputBytes ??
      (started.folder === null ? RUN_OUTPUT_BYTES : SESSION_OUTPUT_BYTES);
    this.result = this.#await();
  }

  /** Whether it has ended. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Ends the command and everything that it started, and remembers why. */
  async end(why: CommandEnd, graceSeconds = END_GRACE_SECONDS): Promise<void> {
    if (this.#isOver) return;
    if (this.#ending === null) {
      this.#ended = why;
      this.#ending = this.#endGroup(graceSeconds);
    }
    await this.#ending;
  }

  async #await(): Promise<CommandResult> {
    const { limitSeconds, endedByLimit, begin } = this.#started;
    // Where the agent is gone, asking after the command fails, too.
    const endLate = () => void this.end(endedByLimit).catch(() => {});
    const timer = setTimeout(endLate, timerMilliseconds(limitSeconds));
    try {
      const outcome = await this.#outcome();
      const durationSeconds = (performance.now() - begin.milliseconds) / 1000;
      this.#isOver = true;
      await this.#ending;
      return this.#toResult({ ...outcome, durationSeconds });
    } finally {
      this.#isOver = true;
      clearTimeout(timer);
    }
  }

  /** Asks until the command has ended, and nobody holds its outputs any more. */
  async #outcome(): Promise<Outcome> {
    const { pid } = this.#started;
    let nextLook = performance.now() + HELD_SECONDS * 1000;
    for (let pause = FIRST_POLL_SECONDS;; pause = Math.min(SLOWEST_POLL_SECONDS, pause * 1.2)) {
      const status = await this.#agent.execStatus(pid);
      if (status.exited) return status;
      if (this.#isGivenUp) return NOTHING;
      if (performance.now() > nextLook) {
        nextLook += HELD_SECONDS * 1000;
        if (await this.#agent.readText(`/proc/${pid}/stat`) === null) await this.end(this.#ended);
      }
      await new Promise((resolve) => setTimeout(resolve, pause * 1000));
    }
  }

  #toResult(
    { status, durationSeconds, ...outputs }: Outcome & { readonly durationSeconds: number },
  ): CommandResult {
    const { begin } = this.#started;
    const limit = this.maxOutputBytes;
    const over = outputs.truncated || outputs.stdout.length > limit ||
      outputs.stderr.length > limit;
    const text = (bytes: Uint8Array) => Buffer.from(bytes.subarray(0, limit)).toString("utf8");
    const [stdout, stderr] = [text(outputs.stdout), text(outputs.stderr)];
    const times = { startedAt: begin.at, durationSeconds };
    if (status === 127 && (stderr.endsWith(`${NOT_STARTED}\n`) || NO_PROGRAM.test(stderr))) {
      return { ended: "not-found", status: null, stdout, stderr, ...times };
    }
    const ended = over && this.#ended === "exited" ? "output-limit" : this.#ended;
    return { ended, status, stdout, stderr, ...times };
  }

  async #endGroup(graceSeconds: number): Promise<void> {
    await this.#agent.shell(SIGNAL_GROUP, "TERM", `${this.#started.pid}`);
    await this.#overWithin(graceSeconds);
    await this.#agent.shell(SIGNAL_GROUP, "KILL", `${this.#started.pid}`);
    await this.#agent.shell(END_MARKED, `${MARKER}=${this.#started.marker}`);
    await this.#overWithin(END_GRACE_SECONDS);
    // A process in an uninterruptible wait obeys nothing: the run goes on without it.
    this.#isGivenUp = true;
  }

  async #overWithin(seconds: number): Promise<void> {
    const end = performance.now() + seconds * 1000;
    while (!this.#isOver && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** What is known of a command that has ended. */
type Outcome = Omit<Extract<ExecStatus, { readonly exited: true }>, "exited">;

const NOTHING: Outcome = {
  status: null,
  stdout: new Uint8Array(),
  stderr: new Uint8Array(),
  truncated: false,
};
