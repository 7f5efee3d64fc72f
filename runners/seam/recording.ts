/**
 * The recording {@linkcode Host}: passes everything on to a live one, and writes a fixture of it.
 *
 * @module
 */
import {
  ANSWERS_FILE,
  commandRequest,
  FIXTURE_SCHEMA,
  type FixtureAnswer,
  type FixtureInfo,
  type FixtureRequest,
  INFO_FILE,
  requestKey,
  toLine,
  toText,
} from "./fixture.ts";
import type { CommandRequest, CommandResult, Host, Session } from "../host.ts";
import { Placeholders, placesHere } from "./placeholders.ts";
import { Problem } from "../../problem.ts";

export interface RecordingDetails {
  /** Version of cellproof. */
  readonly version: string;
  /** The run's options that a replay must use again; must be JSON. */
  readonly options: Readonly<Record<string, unknown>>;
  /** True where `live` is no machine but plays one; false when absent. */
  readonly synthetic?: boolean;
}

/**
 * Records what `live` answers into `folder`, which must not hold a fixture yet. Each answer is
 * written as it comes. The environment is never recorded, except variables that a request names.
 *
 * @throws {Problem} where the folder cannot be written or holds a fixture
 */
export async function recordingHost(
  live: Host,
  folder: string,
  details: RecordingDetails,
): Promise<Host> {
  const placeholders = new Placeholders(await placesHere());
  const info: FixtureInfo = {
    schema: FIXTURE_SCHEMA,
    recordedAt: live.now().toISOString(),
    hostname: (await live.readText("/proc/sys/kernel/hostname") ?? "unknown").trim(),
    kernel: (await live.readText("/proc/sys/kernel/osrelease") ?? "unknown").trim(),
    version: details.version,
    options: details.options,
    synthetic: details.synthetic ?? false,
  };
  try {
    await Deno.mkdir(folder, { recursive: true });
    const file = await Deno.open(`${folder}/${ANSWERS_FILE}`, { write: true, createNew: true });
    await Deno.writeTextFile(`${folder}/${INFO_FILE}`, `${toText(info, placeholders, 2)}\n`);
    return new RecordingHost(live, new AnswerWriter(live, file, placeholders));
  } catch (error) {
    throw notWritten(folder, error);
  }
}

/** Appends answers; a failure to write does not stop the run, and is told at the end. */
class AnswerWriter {
  readonly placeholders: Placeholders;
  readonly #host: Host;
  readonly #file: Deno.FsFile;
  readonly #start: number;
  #failure: unknown = null;
  #closed = false;

  constructor(host: Host, file: Deno.FsFile, placeholders: Placeholders) {
    this.#host = host;
    this.#file = file;
    this.placeholders = placeholders;
    this.#start = host.monotonicSeconds();
  }

  /**
   * Writes what `answer` gives or throws, and gives or throws it. A value that is no JSON is written
   * as what `toAnswer` makes of it.
   */
  async record<T>(
    request: FixtureRequest,
    answer: () => Promise<T>,
    toAnswer: (value: T) => unknown = (value) => value ?? null,
  ): Promise<T> {
    const key = requestKey(request, this.placeholders);
    try {
      const value = await answer();
      this.#write(key, { answer: toAnswer(value) });
      return value;
    } catch (error) {
      if (error instanceof Problem) this.#write(key, { problem: error.parts });
      throw error;
    }
  }

  close(): void {
    if (!this.#closed) this.#file.close();
    this.#closed = true;
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw notWritten("the recording's answers", failure);
  }

  #write(key: string, answer: FixtureAnswer): void {
    if (this.#failure !== null || this.#closed) return;
    const at = this.#host.monotonicSeconds() - this.#start;
    try {
      let rest = new TextEncoder().encode(toLine(key, at, answer, this.placeholders));
      while (rest.length > 0) rest = rest.subarray(this.#file.writeSync(rest));
    } catch (error) {
      this.#failure = error;
    }
  }
}

class RecordingHost implements Host {
  readonly #live: Host;
  readonly #writer: AnswerWriter;
  #sessions = 0;
  #folders = 0;

  constructor(live: Host, writer: AnswerWriter) {
    this.#live = live;
    this.#writer = writer;
  }

  run(request: CommandRequest): Promise<CommandResult> {
    return this.#writer.record(commandRequest("run", request), () => this.#live.run(request));
  }

  async start(request: CommandRequest): Promise<Session> {
    const number = ++this.#sessions;
    const session = await this.#writer.record(
      commandRequest("start", request),
      () => this.#live.start(request),
      () => number,
    );
    return new RecordingSession(session, number, this.#writer);
  }

  readText(path: string): Promise<string | null> {
    return this.#writer.record({ kind: "readText", path }, () => this.#live.readText(path));
  }

  readFolder(path: string): Promise<string[] | null> {
    return this.#writer.record({ kind: "readFolder", path }, () => this.#live.readFolder(path));
  }

  writeText(path: string, text: string): Promise<void> {
    return this.#live.writeText(path, text);
  }

  temporaryFolder(parent?: string): Promise<string> {
    const name = `tmp${++this.#folders}`;
    const request = { kind: "temporaryFolder", parent: parent ?? null } as const;
    return this.#writer.record(request, async () => {
      const folder = await this.#live.temporaryFolder(parent);
      this.#writer.placeholders.set(name, folder);
      return folder;
    });
  }

  now(): Date {
    return this.#live.now();
  }

  monotonicSeconds(): number {
    return this.#live.monotonicSeconds();
  }

  async close(): Promise<void> {
    try {
      await this.#live.close();
    } finally {
      this.#writer.close();
    }
  }
}

class RecordingSession implements Session {
  readonly #live: Session;
  readonly #session: number;
  readonly #writer: AnswerWriter;

  constructor(live: Session, session: number, writer: AnswerWriter) {
    this.#live = live;
    this.#session = session;
    this.#writer = writer;
  }

  send(line: string): Promise<void> {
    const request = { kind: "send", session: this.#session, line } as const;
    return this.#writer.record(request, () => this.#live.send(line));
  }

  receive(timeoutSeconds: number): Promise<string | null> {
    const request = { kind: "receive", session: this.#session } as const;
    return this.#writer.record(request, () => this.#live.receive(timeoutSeconds));
  }

  stop(graceSeconds: number): Promise<CommandResult> {
    const request = { kind: "stop", session: this.#session } as const;
    return this.#writer.record(request, () => this.#live.stop(graceSeconds));
  }
}

function notWritten(what: string, error: unknown): Problem {
  const exists = error instanceof Deno.errors.AlreadyExists;
  return new Problem({
    action: `record into ${what}`,
    condition: exists ? "it holds a fixture already" : "the file system refused it",
    seen: error instanceof Error ? error.message : String(error),
    cure: exists
      ? "Name a new folder, or remove that fixture first."
      : "Name a folder that is writable and has free space.",
  });
}
