/**
 * Reads the JSON of `programs/webgpu_view.js` member by member.
 *
 * @module
 */
import { isObject, isText, isTextOrNull } from "../json_values.ts";
import { Problem } from "../../problem.ts";

/** What each thing that was tried came to: null where it succeeded, else the error. */
export type Outcomes = ReadonlyMap<string, string | null>;

/**
 * What one thing that was tried came to.
 *
 * @throws {Problem} where it was not tried: that is no answer
 */
export function outcomeOf(outcomes: Outcomes, what: string): string | null {
  const outcome = outcomes.get(what);
  if (outcome === undefined) throw unreadable(`outcome of "${what}"`, undefined);
  return outcome;
}

/** A JSON object whose members are read by the type that they must have, or else are a problem. */
export class Section {
  readonly #name: string;
  readonly #members: ReadonlyMap<string, unknown>;

  /** Reads a whole document. */
  static parse(text: string): Section {
    try {
      return new Section("document", JSON.parse(text));
    } catch (error) {
      throw error instanceof Problem ? error : unreadable("document", text);
    }
  }

  /** @throws {Problem} where it is no object, or where the program met an error instead */
  private constructor(name: string, value: unknown) {
    if (!isObject(value)) throw unreadable(name, JSON.stringify(value));
    this.#name = name;
    this.#members = new Map(Object.entries(value));
    const error = this.#members.get("error");
    if (typeof error !== "string") return;
    throw new Problem({ action: `try WebGPU (${name})`, condition: "it failed", seen: error });
  }

  /** True for a member that is null or missing. */
  isNull(name: string): boolean {
    return (this.#members.get(name) ?? null) === null;
  }

  text(name: string): string {
    return this.#read(name, isText);
  }

  flag(name: string): boolean {
    return this.#read(name, (value) => typeof value === "boolean");
  }

  /** A whole number from 0 to `most`. */
  count(name: string, most = Infinity): number {
    const count = this.#read(name, isCount);
    if (count <= most) return count;
    throw this.#unreadable(name);
  }

  counts(name: string): readonly number[] {
    return this.#read(name, (value) => Array.isArray(value) && value.every(isCount));
  }

  /** A number from 0. */
  quantity(name: string): number {
    return this.#read(name, isQuantity);
  }

  quantities(name: string): readonly number[] {
    return this.#read(name, (value) => Array.isArray(value) && value.every(isQuantity));
  }

  names(name: string): readonly string[] {
    return this.#read(name, (value) => Array.isArray(value) && value.every(isText));
  }

  /** The error of something that was tried; null where it succeeded. */
  error(name: string): string | null {
    return this.#read(name, isTextOrNull);
  }

  outcomes(name: string): Outcomes {
    const entries = Object.entries(this.#read(name, isObject));
    if (entries.length > 0 && entries.every(isOutcome)) return new Map(entries.filter(isOutcome));
    throw this.#unreadable(name);
  }

  /** The names of all members. */
  members(): readonly string[] {
    return [...this.#members.keys()];
  }

  /** @throws {Problem} that says which member is not what it must be */
  missing(name: string): never {
    throw this.#unreadable(name);
  }

  section(name: string): Section {
    return new Section(name, this.#members.get(name));
  }

  /** Null for a member that is null; one that is missing is a problem. */
  optionalSection(name: string): Section | null {
    const value = this.#members.get(name);
    return value === null ? null : new Section(name, value);
  }

  #read<T>(name: string, is: (value: unknown) => value is T): T {
    const value = this.#members.get(name);
    if (is(value)) return value;
    throw this.#unreadable(name);
  }

  #unreadable(name: string): Problem {
    return unreadable(`${this.#name}'s ${name}`, JSON.stringify(this.#members.get(name)));
  }
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isQuantity(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function isOutcome(entry: [string, unknown]): entry is [string, string | null] {
  return isTextOrNull(entry[1]);
}

function unreadable(what: string, seen: string | undefined): Problem {
  return new Problem({
    action: "read what the program printed about WebGPU",
    condition: `its ${what} is missing, or not what it must be`,
    seen: seen ?? "nothing",
  });
}
