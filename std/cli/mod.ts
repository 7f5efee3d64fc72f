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
  /** Options that may be repeated: their values become a list, which is empty without any. */
  collect?: readonly string[];
  /** Called with each argument that no option names; returning false drops it. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** What {@linkcode parseArgs} returns: the positional arguments under `_`, options by name. */
export type Args = { _: (string | number)[] } & Record<string, unknown>;

/**
 * Splits command-line arguments into options and positional arguments. A positional argument that is
 * a number becomes one, unless `string` holds `_`.
 */
export function parseArgs(args: readonly string[], options: ParseOptions = {}): Args {
  const { boolean = [], string = [], collect = [], unknown } = options;
  const config = Object.fromEntries([
    ...boolean.map((name) => [name, { type: "boolean" as const }]),
    ...string.map((name) => [name, { type: "string" as const }]),
  ]);
  const { tokens } = parseTokens({
    args: withoutDashedValues(args, string),
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const result: Args = { _: [] };
  for (const name of boolean) result[name] = false;
  const collected = new Map(collect.map((name) => [name, [] as unknown[]]));
  for (const [name, values] of collected) result[name] = values;
  for (const token of tokens) {
    if (token.kind === "positional") {
      if (unknown?.(token.value) !== false) result._.push(positional(token.value, string));
    } else if (token.kind === "option") {
      if (!(token.name in config) && unknown?.(token.rawName, token.name, token.value) === false) {
        continue;
      }
      const { name } = token;
      const value = string.includes(name) ? token.value ?? "" : token.value !== "false";
      const values = collected.get(name);
      if (values === undefined) result[name] = value;
      else values.push(value);
    }
  }
  return result;
}

/** Unlike `node:util`, the original never takes `--that` in `--this --that` for the value of `this`. */
function withoutDashedValues(args: readonly string[], string: readonly string[]): string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  return args.map((arg, index) => {
    const alone = index < end && arg.startsWith("--") && string.includes(arg.slice(2));
    return alone && (args[index + 1] ?? "-").startsWith("-") ? `${arg}=` : arg;
  });
}

function positional(value: string, string: readonly string[]): string | number {
  const isNumber = value.trim() !== "" && Number.isFinite(Number(value));
  return isNumber && !string.includes("_") ? Number(value) : value;
}
