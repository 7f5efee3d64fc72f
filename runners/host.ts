/**
 * The one seam to the machine: everything that a suite learns about the host goes through
 * {@linkcode Host}. Three implementations: live (`live.ts`), recording (`recording.ts`: live, and
 * writes a fixture) and replay (`replay.ts`: a fixture, and nothing else).
 *
 * @module
 */

/** A command to run, as an argument list: no shell ever interprets it. */
export interface CommandRequest {
  /** Program (looked up on PATH, or an absolute path) and arguments. */
  readonly argv: readonly [string, ...string[]];
  /** The whole process group is killed after this many seconds. */
  readonly timeoutSeconds: number;
  /** Text for the command's standard input; empty when absent. */
  readonly stdin?: string;
  /** Environment variables added to cellproof's own. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * The command is ended when either of its outputs exceeds this many bytes (default 16 MiB). Of a
   * session's outputs the last part of this size is kept instead (default 1 MiB).
   */
  readonly maxOutputBytes?: number;
  /**
   * Runs even after a cancel or past the run's deadline, within its own time limit: for what puts
   * the host back, and for daemons that this needs. `close` ends it all the same.
   */
  readonly survivesCancel?: boolean;
}

/**
 * How a command ended: `exited` (by itself, any status or signal), `timed-out`, `cancelled` (the
 * user's Ctrl-C, or the run's budget), `output-limit`, or `not-found` (no such program).
 */
export type CommandEnd = "exited" | "timed-out" | "cancelled" | "output-limit" | "not-found";

/** What a command did. `stdout` and `stderr` are its own text, unchanged. */
export interface CommandResult {
  readonly ended: CommandEnd;
  /** The exit status; null when a signal ended it or it never started. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Wall-clock start, ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly durationSeconds: number;
}

/** A long-lived command: talked to line by line, and stopped. */
export interface Session {
  /** Writes one line to its standard input. */
  send(line: string): Promise<void>;
  /** The next line of its standard output; null when it ended or the time is over. */
  receive(timeoutSeconds: number): Promise<string | null>;
  /** Asks it to end (SIGTERM), insists (SIGKILL) after `graceSeconds`, and tells how it ended. */
  stop(graceSeconds: number): Promise<CommandResult>;
}

/** The machine, as far as suites and runners may know it. */
export interface Host {
  /** Runs a command to its end. Never throws for what the command does: see `ended`. */
  run(request: CommandRequest): Promise<CommandResult>;
  /** Starts a long-lived command; its `timeoutSeconds` bounds its whole life. */
  start(request: CommandRequest): Promise<Session>;
  /** The text of a file; null when there is none or it cannot be read. */
  readText(path: string): Promise<string | null>;
  /** The names in a folder, sorted; null when there is none or it cannot be read. */
  readFolder(path: string): Promise<string[] | null>;
  /** Writes a file below a folder of {@linkcode temporaryFolder} or the project's cache. */
  writeText(path: string, text: string): Promise<void>;
  /** Makes an empty folder (below `parent`, else the system's own) that `close` removes. */
  temporaryFolder(parent?: string): Promise<string>;
  /** Wall-clock time. */
  now(): Date;
  /** Seconds on a clock that never goes back; only differences have a meaning. */
  monotonicSeconds(): number;
  /** Ends everything that was started and removes every temporary folder. */
  close(): Promise<void>;
}
