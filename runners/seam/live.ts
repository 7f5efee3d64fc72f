/**
 * The live {@linkcode Host}: real commands, through zx and bash, and real files. Every command has a
 * process group of its own and a marker in its environment, by which whatever it leaves behind is
 * found and ended.
 *
 * @module
 */
import { dirname } from "node:path";
import type { CommandRequest, CommandResult, Host, Session } from "../host.ts";
import { Journal } from "./journal.ts";
import { LiveCommand } from "./live_command.ts";
import { EndedSession, LiveSession, notRun } from "./live_session.ts";
import { Problem } from "../../problem.ts";
import { type RunBounds, type TimeLimit, timeLimit } from "./time_limit.ts";
import { endMarked } from "./process_group.ts";

const READ_SECONDS = 10;

export interface LiveHostOptions extends RunBounds {
  /** Where the run is journaled, so that it can be undone after a kill -9; nowhere when absent. */
  readonly journalFolder?: string;
  /** The run's journal itself, for who notes more in it; ended by {@linkcode Host.close}. */
  readonly journal?: Journal;
}

/**
 * Opens the machine that cellproof runs on.
 *
 * @throws {Problem} where another run has changed it and not put it back yet
 */
export function liveHost(options: LiveHostOptions = {}): Promise<Host> {
  return Promise.resolve(new LiveHost(options));
}

class LiveHost implements Host {
  readonly #id: string;
  readonly #options: LiveHostOptions;
  readonly #running = new Set<LiveCommand>();
  readonly #folders: string[] = [];
  readonly #cancel = () => void this.#endAll((command) => !command.survivesCancel);
  #journal: Journal | null = null;
  #started = 0;
  #closed = false;

  constructor(options: LiveHostOptions) {
    this.#options = options;
    const { journal, journalFolder } = options;
    this.#journal = journal ?? (journalFolder === undefined ? null : Journal.begin(journalFolder));
    this.#id = this.#journal?.id ?? crypto.randomUUID();
    options.signal?.addEventListener("abort", this.#cancel);
  }

  async run(request: CommandRequest): Promise<CommandResult> {
    const command = await this.#start(request, false);
    return command === null ? notRun(this.now()) : await command.result;
  }

  async start(request: CommandRequest): Promise<Session> {
    const command = await this.#start(request, true);
    return command === null ? new EndedSession(notRun(this.now())) : new LiveSession(command);
  }

  async readText(path: string): Promise<string | null> {
    try {
      return await Deno.readTextFile(path);
    } catch (error) {
      return refusedByDeno(error) ? await this.#printed(["cat", path]) : null;
    }
  }

  async readFolder(path: string): Promise<string[] | null> {
    try {
      return (await Array.fromAsync(Deno.readDir(path), (entry) => entry.name)).sort();
    } catch (error) {
      if (!refusedByDeno(error)) return null;
      const depth = ["-mindepth", "1", "-maxdepth", "1"];
      const names = await this.#printed(["find", `${path}/`, ...depth, "-printf", "%f\\0"]);
      return names === null ? null : names.split("\0").slice(0, -1).sort();
    }
  }

  async writeText(path: string, text: string): Promise<void> {
    try {
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeTextFile(path, text);
    } catch (error) {
      throw fileProblem(`write ${path}`, error);
    }
  }

  async temporaryFolder(parent?: string): Promise<string> {
    try {
      const dir = parent === undefined ? {} : { dir: parent };
      const folder = await Deno.makeTempDir({ prefix: "cellproof-", ...dir });
      this.#folders.push(folder);
      this.#journal?.add(folder);
      return folder;
    } catch (error) {
      throw fileProblem(`make a temporary folder in ${parent ?? "the system's own"}`, error);
    }
  }

  now(): Date {
    return new Date();
  }

  monotonicSeconds(): number {
    return performance.now() / 1000;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#options.signal?.removeEventListener("abort", this.#cancel);
    await this.#endAll(() => true);
    const ended = this.#started === 0 || await endMarked(this.#id);
    this.#started = 0;
    await this.#removeFolders();
    if (ended) return this.#endJournal();
    throw new Problem({
      action: "put the host back",
      condition: "a process that cellproof started cannot be ended",
      cure: "Look for processes whose environment has CELLPROOF_COMMAND, and end them.",
    });
  }

  #endJournal(): void {
    const restored = this.#journal?.end() ?? true;
    this.#journal = null;
    if (restored) return;
    throw new Problem({
      action: "put the host back",
      condition: "some of its settings are still changed",
      cure: "Run: deno task recover",
    });
  }

  async #start(request: CommandRequest, interactive: boolean): Promise<LiveCommand | null> {
    const limit = this.#limit(request);
    if (limit === null) return null;
    const id = `${this.#id}.${++this.#started}.`;
    const command = await LiveCommand.start(request, { id, ...limit, interactive });
    this.#running.add(command);
    const forget = () => void this.#running.delete(command);
    command.result.then(forget, forget);
    if (this.#limit(request) === null) await command.end("cancelled");
    return command;
  }

  #limit(request: CommandRequest): TimeLimit | null {
    return this.#closed ? null : timeLimit(request, this.#options, this.monotonicSeconds());
  }

  async #endAll(which: (command: LiveCommand) => boolean): Promise<void> {
    await Promise.all([...this.#running].filter(which).map((command) => command.end("cancelled")));
  }

  async #printed(argv: CommandRequest["argv"]): Promise<string | null> {
    const { status, stdout } = await this.run({ argv, timeoutSeconds: READ_SECONDS });
    return status === 0 ? stdout : null;
  }

  async #removeFolders(): Promise<void> {
    const failures: unknown[] = [];
    for (const folder of this.#folders.splice(0)) {
      try {
        await Deno.remove(folder, { recursive: true });
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) failures.push(error);
      }
    }
    if (failures.length > 0) throw fileProblem("remove a temporary folder", failures[0]);
  }
}

/** Deno itself reads nothing in /proc, /sys and /dev unless everything is allowed to it. */
function refusedByDeno(error: unknown): boolean {
  return error instanceof Deno.errors.NotCapable;
}

function fileProblem(action: string, error: unknown): Problem {
  return new Problem({
    action,
    condition: "the file system refused it",
    seen: error instanceof Error ? error.message : String(error),
    cure: "Check that the folder exists, is writable and has free space, or name another one.",
  });
}
