/**
 * The {@linkcode Host} that is a machine behind a guest agent: commands run in it, files are its own.
 *
 * @module
 */
import type { CommandRequest, CommandResult, Host, Session } from "../host.ts";
import { AgentCommand, agentCommand } from "./agent_command.ts";
import { AgentSession } from "./agent_session.ts";
import type { GuestAgent } from "./guest_agent.ts";
import { Problem } from "../../problem.ts";
import { END_MARKED } from "../seam/process_group.ts";
import { EndedSession, notRun } from "../seam/live_session.ts";
import { MARKER } from "../seam/shell.ts";
import { type RunBounds, type TimeLimit, timeLimit } from "../seam/time_limit.ts";

export interface LabHostOptions extends RunBounds {
  readonly agent: GuestAgent;
  /** What the marker of every command begins with; see `MARKER`. */
  readonly id: string;
}

const FILE_SECONDS = 20;
const FIND_NAMES = ["-mindepth", "1", "-maxdepth", "1", "-printf", "%f\\0"] as const;

/**
 * Opens the machine behind an agent. `close` ends what was started in it, and the connection. The agent
 * hands out the outputs of a command when it has ended: too much of them ends none before its time.
 */
export function labHost(options: LabHostOptions): Host {
  return new LabHost(options);
}

class LabHost implements Host {
  readonly #options: LabHostOptions;
  readonly #running = new Set<AgentCommand>();
  readonly #folders: string[] = [];
  /** Where the agent is gone, so are the commands. */
  readonly #cancel = () => void this.#endAll((command) => !command.survivesCancel).catch(() => {});
  #started = 0;
  #closed = false;

  constructor(options: LabHostOptions) {
    this.#options = options;
    options.signal?.addEventListener("abort", this.#cancel);
  }

  async run(request: CommandRequest): Promise<CommandResult> {
    const command = await this.#start(request, null);
    return command === null ? notRun(this.now()) : await command.result;
  }

  async start(request: CommandRequest): Promise<Session> {
    if (this.#limit(request) === null) return new EndedSession(notRun(this.now()));
    const folder = await this.#makeFolder("/run/cellproof-session-XXXXXX");
    const command = await this.#start(request, folder);
    if (command === null) return new EndedSession(notRun(this.now()));
    return await AgentSession.open(this.#options.agent, command, folder);
  }

  readText(path: string): Promise<string | null> {
    return this.#options.agent.readText(path);
  }

  async readFolder(path: string): Promise<string[] | null> {
    const argv = ["find", `${path}/`, ...FIND_NAMES] as const;
    const { status, stdout } = await this.run({ argv, timeoutSeconds: FILE_SECONDS });
    return status === 0 ? stdout.split("\0").slice(0, -1).sort() : null;
  }

  async writeText(path: string, text: string): Promise<void> {
    const script = 'mkdir -p -- "$(dirname -- "$1")" && cat >"$1"';
    await this.#print(["bash", "-c", script, "cellproof-write", path], text);
  }

  temporaryFolder(parent = "/tmp"): Promise<string> {
    return this.#makeFolder(`${parent}/cellproof-XXXXXXXX`);
  }

  now(): Date {
    return new Date();
  }

  monotonicSeconds(): number {
    return performance.now() / 1000;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#options.signal?.removeEventListener("abort", this.#cancel);
    try {
      await this.#endAll(() => true);
      await this.#options.agent.shell(END_MARKED, `${MARKER}=${this.#options.id}`);
      await this.#print(["rm", "-rf", "--", ...this.#folders.splice(0)]);
    } finally {
      this.#closed = true;
      await this.#options.agent.close();
    }
  }

  async #start(request: CommandRequest, folder: string | null): Promise<AgentCommand | null> {
    const limit = this.#limit(request);
    if (limit === null) return null;
    const marker = `${this.#options.id}.run${++this.#started}.`;
    const command = await agentCommand(this.#options.agent, request, { marker, folder, ...limit });
    this.#running.add(command);
    const forget = () => void this.#running.delete(command);
    command.result.then(forget, forget);
    if (this.#limit(request) === null) await command.end("cancelled");
    return command;
  }

  #limit(request: CommandRequest): TimeLimit | null {
    return this.#closed ? null : timeLimit(request, this.#options, this.monotonicSeconds());
  }

  async #endAll(which: (command: AgentCommand) => boolean): Promise<void> {
    await Promise.all([...this.#running].filter(which).map((command) => command.end("cancelled")));
  }

  async #makeFolder(template: string): Promise<string> {
    const made = await this.#print(["mktemp", "-d", template]);
    this.#folders.push(made.trim());
    return made.trim();
  }

  async #print(argv: CommandRequest["argv"], stdin = ""): Promise<string> {
    const request = { argv, stdin, timeoutSeconds: FILE_SECONDS, survivesCancel: true };
    const { status, stdout, stderr } = await this.run(request);
    if (status === 0) return stdout;
    throw new Problem({
      action: `have the machine run ${argv[0]}`,
      condition: `it ended with status ${status}`,
      seen: stderr,
    });
  }
}
