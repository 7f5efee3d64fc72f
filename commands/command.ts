/**
 * What a command is, and the values that options take.
 *
 * @module
 */
import { UsageProblem } from "../problem.ts";
import type { Thresholds } from "../suites/result.ts";

/** Options by name, and the positional arguments under `_`. */
export type Args = { readonly _: readonly string[] } & Readonly<Record<string, unknown>>;

/** A command: how it is used, the options it takes, and what it does. */
export interface Command {
  readonly usage: string;
  /** Options without and with a value. */
  readonly boolean: readonly string[];
  readonly string: readonly string[];
  /** Those of them that may be repeated. */
  readonly collect?: readonly string[];
  /** How many positional arguments it takes. */
  readonly positionals: { readonly least: number; readonly most: number };
  /** Returns the exit status. */
  run(args: Args): Promise<number>;
}

export const ANY_NUMBER = { least: 0, most: Infinity } as const;
export const NONE = { least: 0, most: 0 } as const;

/** The bands of the claims' guide: high from 0.95 of native on, medium from 0.50 on. */
export const DEFAULT_THRESHOLDS: Thresholds = { high: 0.95, medium: 0.5 };

const SECONDS_PER_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** The text of an option; undefined when it was not given. */
export function textOption(args: Args, name: string): string | undefined {
  const value = args[name];
  if (value === undefined) return undefined;
  if (typeof value === "string" && value !== "") return value;
  throw usage(name, "it needs a value", String(value));
}

/** The texts of an option that may be repeated. */
export function textsOption(args: Args, name: string): string[] {
  const values = args[name];
  return Array.isArray(values)
    ? values.map((value) => textOption({ _: [], [name]: value }, name) ?? "")
    : [];
}

/** A duration such as `90s`, `10m` or `1.5h`, in seconds. */
export function durationOption(args: Args, name: string): number | undefined {
  const text = textOption(args, name);
  if (text === undefined) return undefined;
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  const seconds = Number(amount) * (SECONDS_PER_UNIT[unit] ?? NaN);
  if (Number.isFinite(seconds) && seconds > 0) return seconds;
  throw usage(name, "it is not a duration such as 90s, 10m or 1h", text);
}

/** A whole number of `least` or more. */
export function countOption(args: Args, name: string, least = 1): number | undefined {
  const text = textOption(args, name);
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count >= least) return count;
  throw usage(name, `it is not a whole number of ${least} or more`, text);
}

/** `high=0.95,medium=0.5`, either or both; what is not given is the default. */
export function thresholdOption(args: Args, name: string): Thresholds {
  const text = textOption(args, name);
  const thresholds = { ...DEFAULT_THRESHOLDS };
  for (const part of text?.split(",") ?? []) {
    const [, band, value] = /^(high|medium)=(\d*\.?\d+)$/.exec(part) ?? [];
    if (band !== "high" && band !== "medium") {
      throw usage(name, "it is not of the form high=0.95,medium=0.5", part);
    }
    thresholds[band] = Number(value);
  }
  const { high, medium } = thresholds;
  if (0 < medium && medium < high && high < 1) return thresholds;
  throw usage(name, "it needs 0 < medium < high < 1", `high=${high},medium=${medium}`);
}

function usage(option: string, condition: string, seen: string): UsageProblem {
  return new UsageProblem({ action: `use --${option}`, condition, seen });
}
