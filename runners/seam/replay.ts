/**
 * The replaying {@linkcode Host}: answers from a fixture, and nothing else. It needs no permission
 * but to read the fixture's folder.
 *
 * @module
 */
import { isText, isTextOrNull } from "../json_values.ts";
import {
  ANSWERS_FILE,
  commandRequest,
  type FixtureInfo,
  readFixtureFile,
  readInfo,
} from "./fixture.ts";
import type { CommandEnd, CommandRequest, CommandResult, Host, Session } from "../host.ts";
import { Placeholders, placesHere } from "./placeholders.ts";
import { RecordedAnswers } from "./recorded_answers.ts";

export { UnknownRequest } from "./recorded_answers.ts";

const ENDS: readonly CommandEnd[] = [
  "exited",
  "timed-out",
  "cancelled",
  "output-limit",
  "not-found",
];

/**
 * Opens the fixture in `folder`.
 *
 * @throws {Problem} where it is missing, damaged or of a newer schema
 */
export async function replayHost(folder: string): Promise<{ host: Host; fixture: FixtureInfo }> {
  const placeholders = new Placeholders(await placesHere());
  const fixture = await readInfo(folder, placeholders);
  const path = `${folder}/${ANSWERS_FILE}`;
  const answers = new RecordedAnswers(path, await readFixtureFile(path), placeholders);
  return { host: new ReplayHost(answers, Date.parse(fixture.recordedAt)), fixture };
}

class ReplayHost implements Host {
  readonly #answers: RecordedAnswers;
  readonly #recordedAt: number;

  constructor(answers: RecordedAnswers, recordedAt: number) {
    this.#answers = answers;
    this.#recordedAt = recordedAt;
  }

  // deno-lint-ignore require-await -- throws as a rejected promise, as the live host does
  async run(request: CommandRequest): Promise<CommandResult> {
    return this.#answers.next(commandRequest("run", request), isCommandResult);
  }

  // deno-lint-ignore require-await
  async start(request: CommandRequest): Promise<Session> {
    const session = this.#answers.next(commandRequest("start", request), isNumber);
    return new ReplaySession(this.#answers, session);
  }

  // deno-lint-ignore require-await
  async readText(path: string): Promise<string | null> {
    return this.#answers.next({ kind: "readText", path }, isTextOrNull);
  }

  // deno-lint-ignore require-await
  async readFolder(path: string): Promise<string[] | null> {
    return this.#answers.next({ kind: "readFolder", path }, isNamesOrNull);
  }

  writeText(): Promise<void> {
    return Promise.resolve();
  }

  // deno-lint-ignore require-await
  async temporaryFolder(parent?: string): Promise<string> {
    return this.#answers.next({ kind: "temporaryFolder", parent: parent ?? null }, isText);
  }

  now(): Date {
    return new Date(this.#recordedAt + this.#answers.clockSeconds * 1000);
  }

  monotonicSeconds(): number {
    return this.#answers.clockSeconds;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

class ReplaySession implements Session {
  readonly #answers: RecordedAnswers;
  readonly #session: number;

  constructor(answers: RecordedAnswers, session: number) {
    this.#answers = answers;
    this.#session = session;
  }

  // deno-lint-ignore require-await
  async send(line: string): Promise<void> {
    this.#answers.next({ kind: "send", session: this.#session, line }, isNull);
  }

  // deno-lint-ignore require-await
  async receive(): Promise<string | null> {
    return this.#answers.next({ kind: "receive", session: this.#session }, isTextOrNull);
  }

  // deno-lint-ignore require-await
  async stop(): Promise<CommandResult> {
    return this.#answers.next({ kind: "stop", session: this.#session }, isCommandResult);
  }
}

function isNull(value: unknown): value is null {
  return value === null;
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

function isNamesOrNull(value: unknown): value is string[] | null {
  return value === null || (Array.isArray(value) && value.every(isText));
}

function isCommandResult(value: unknown): value is CommandResult {
  if (typeof value !== "object" || value === null) return false;
  const parts = new Map<string, unknown>(Object.entries(value));
  const status = parts.get("status");
  return ENDS.some((end) => end === parts.get("ended")) &&
    ["stdout", "stderr", "startedAt"].every((name) => isText(parts.get(name))) &&
    (status === null || isNumber(status)) && isNumber(parts.get("durationSeconds"));
}
