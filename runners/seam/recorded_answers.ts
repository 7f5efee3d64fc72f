import {
  brokenFixture,
  type FixtureRequest,
  fromText,
  REQUEST_FIELDS,
  requestKey,
} from "./fixture.ts";
import type { Placeholders } from "./placeholders.ts";
import { Problem, type ProblemParts, shorten } from "../../problem.ts";

const WRITTEN_START = '{"request":{"kind":"';

/** A request that the fixture does not answer: nothing may be guessed in its place. */
export class UnknownRequest extends Problem {}

/** The recorded lines by request; a line is only parsed when it is asked for. */
export class RecordedAnswers {
  readonly #path: string;
  readonly #lines: readonly string[];
  readonly #placeholders: Placeholders;
  readonly #numbersOf = new Map<string, number[]>();
  readonly #used = new Map<string, number>();
  /** Seconds since the recording began, as of the latest answer. */
  clockSeconds = 0;

  constructor(path: string, text: string, placeholders: Placeholders) {
    this.#path = path;
    this.#placeholders = placeholders;
    this.#lines = text.split("\n");
    this.#lines.forEach((line, number) => {
      if (line !== "") this.#index(this.#keyOf(line, number), number);
    });
  }

  /** The next answer to the request, of which `is` tells whether it has the right shape. */
  next<T>(request: FixtureRequest, is: (value: unknown) => value is T): T {
    const number = this.#take(request);
    const entry = this.#parse(number, (text) => fromText(text, this.#placeholders));
    const at = entry.get("at");
    if (typeof at === "number") this.clockSeconds = Math.max(this.clockSeconds, at);
    const problem = entry.get("problem");
    if (isProblemParts(problem)) throw new Problem(problem);
    const answer = entry.get("answer");
    if (!is(answer)) throw this.#broken(number, `its answer does not fit "${request.kind}"`);
    return answer;
  }

  #index(key: string, number: number): void {
    const numbers = this.#numbersOf.get(key);
    if (numbers === undefined) this.#numbersOf.set(key, [number]);
    else numbers.push(number);
  }

  #take(request: FixtureRequest): number {
    const key = requestKey(request, this.#placeholders);
    const numbers = this.#numbersOf.get(key) ?? [];
    const used = this.#used.get(key) ?? 0;
    const number = numbers[used];
    if (number === undefined) throw unknown(request, numbers.length);
    this.#used.set(key, used + 1);
    return number;
  }

  /** The request as the recording wrote it, or in the same order where a person wrote it. */
  #keyOf(line: string, number: number): string {
    // No string can hold this text, because its quotes would be escaped.
    const end = line.indexOf(',"at":');
    if (line.startsWith(WRITTEN_START) && end > 0 && line.endsWith("}")) {
      return line.slice('{"request":'.length, end);
    }
    const entry = this.#parse(number, (text) => JSON.parse(text));
    const request = entry.get("request");
    if (typeof request !== "object") throw this.#broken(number, "it has no request");
    return JSON.stringify(request, REQUEST_FIELDS);
  }

  #parse(number: number, read: (text: string) => unknown): Map<string, unknown> {
    try {
      const entry = read(this.#lines[number] ?? "");
      if (typeof entry === "object" && entry !== null) return new Map(Object.entries(entry));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    throw this.#broken(number, "the line is not a JSON object");
  }

  #broken(number: number, condition: string): Problem {
    return brokenFixture(`${this.#path}:${number + 1}`, condition, this.#lines[number] ?? "");
  }
}

function unknown(request: FixtureRequest, recorded: number): UnknownRequest {
  const { kind, ...rest } = request;
  return new UnknownRequest({
    action: `replay the request "${kind}"`,
    condition: recorded === 0
      ? "the fixture has no answer to it"
      : `the fixture's answers to it are used up (${recorded})`,
    seen: shorten("argv" in request ? request.argv.join(" ") : Object.values(rest).join(" ")),
    cure: "Record the fixture again with --record.",
  });
}

function isProblemParts(value: unknown): value is ProblemParts {
  if (typeof value !== "object" || value === null) return false;
  return "action" in value && typeof value.action === "string" &&
    "condition" in value && typeof value.condition === "string";
}
