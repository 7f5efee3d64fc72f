/**
 * Stand-in for `@std/cli` over `node:util`: as much of `parseArgs` as cellproof uses.
 *
 * @module
 */
import { parseArgs as parseTokens } from "node:util";

/** Options of {@linkcode parseArgs}. */
export interface ParseOptions {
  /** Options that take no value. */
  boolean?: readonly string[];
  /** Options that take a value. */
  string?: readonly string[];
  /** Called with each argument that no option names; returning false drops it. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** What {@linkcode parseArgs} returns: the positional arguments under `_`, options by name. */
export type Args = { _: string[] } & Record<string, unknown>;

/** Splits command-line arguments into options and positional arguments. */
export function parseArgs(args: readonly string[], options: ParseOptions = {}): Args {
  const { boolean = [], string = [], unknown } = options;
  const config = Object.fromEntries([
    ...boolean.map((name) => [name, { type: "boolean" as const }]),
    ...string.map((name) => [name, { type: "string" as const }]),
  ]);
  const { tokens } = parseTokens({
    args: [...args],
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const result: Args = { _: [] };
  for (const name of boolean) result[name] = false;
  for (const token of tokens) {
    if (token.kind === "positional") {
      if (unknown?.(token.value) !== false) result._.push(token.value);
    } else if (token.kind === "option") {
      if (!(token.name in config) && unknown?.(token.rawName, token.name, token.value) === false) {
        continue;
      }
      const value = string.includes(token.name) ? token.value ?? "" : token.value ?? true;
      result[token.name] = value;
    }
  }
  return result;
}
