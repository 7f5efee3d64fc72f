/**
 * Splits the arguments of a command by the options that it takes.
 *
 * @module
 */
import { UsageProblem } from "../problem.ts";
import type { Args, Command } from "./command.ts";

/**
 * The arguments `argv` of the command that is called `name`.
 *
 * @throws {UsageProblem} for an option that it does not take, or too few or too many arguments
 */
export async function parseArguments(
  name: string,
  command: Command,
  argv: readonly string[],
): Promise<Args> {
  const args = await split(name, command, argv);
  const { least, most } = command.positionals;
  if (args._.length >= least && args._.length <= most) return args;
  throw new UsageProblem({
    action: `run "${name}"`,
    condition: `it takes ${expected(least, most)}, not ${args._.length}`,
    cure: `Try: deno task ${name} --help`,
  });
}

function expected(least: number, most: number): string {
  const count = least === most ? least : `${least} to ${most}`;
  return count === 0 ? "no arguments" : `${count} ${count === 1 ? "argument" : "arguments"}`;
}

/** Names alone need no parser, which would cost a fifth of a quick command's time. */
async function split(name: string, command: Command, argv: readonly string[]): Promise<Args> {
  if (!argv.some((arg) => arg.startsWith("-"))) return { _: [...argv] };
  const { parseArgs } = await import("@std/cli");
  const { boolean, string, collect = [] } = command;
  const args = parseArgs(argv.map(withoutBareDryRun), {
    boolean,
    // "_": an id such as 11.3 is no number.
    string: [...string, "_"],
    collect,
    unknown: (arg, key) => key === undefined || refuseOption(name, arg),
  });
  return { ...args, _: args._.map(String) };
}

/** `--dry-run` may stand alone, and must not take the next argument for its value. */
function withoutBareDryRun(arg: string): string {
  return arg === "--dry-run" ? "--dry-run=" : arg;
}

function refuseOption(name: string, arg: string): never {
  throw new UsageProblem({
    action: `run "${name}"`,
    condition: `it has no option ${arg}`,
    cure: `Try: deno task ${name} --help`,
  });
}
