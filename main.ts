/**
 * The command line: parse, call, print.
 *
 * @module
 */
import type { Args, Command } from "./commands/command.ts";
import { Problem, UsageProblem } from "./problem.ts";
import { EXIT } from "./suites/exit_status.ts";

/** The commands, each a module of `commands/`. */
const COMMANDS = [
  "bench",
  "doctor",
  "list",
  "judge",
  "report",
  "expect",
  "compare",
  "merge",
  "site",
  "history",
  "calibrate",
  "selfcheck",
  "recover",
  "lab",
  "fleet-manifest",
];

/** Runs a command line and returns its exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const [name = "help", ...rest] = argv;
    if (name === "help" || name === "--help" || name === "-h") return await help();
    const command = await load(name);
    if (rest.includes("--help")) return print(command.usage);
    return await command.run(await parse(name, command, rest));
  } catch (error) {
    return explain(error);
  }
}

/** A name that Deno cannot foresee keeps the other commands, and all their imports, from being loaded. */
async function load(name: string): Promise<Command> {
  const module = `./commands/${name.replaceAll("-", "_")}.ts`;
  if (COMMANDS.includes(name)) return (await import(module)).command;
  throw new UsageProblem({
    action: `run "${name}"`,
    condition: "there is no such command",
    cure: `The commands are ${COMMANDS.join(", ")}.`,
  });
}

async function parse(name: string, command: Command, argv: readonly string[]): Promise<Args> {
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

async function help(): Promise<number> {
  const commands = await Promise.all(COMMANDS.map(load));
  return print(commands.map(({ usage }) => usage).join("\n\n"));
}

function print(text: string): number {
  console.log(text);
  return EXIT.ok;
}

function explain(error: unknown): number {
  if (error instanceof Problem) {
    console.error(error.message);
    return error instanceof UsageProblem ? EXIT.usage : EXIT.harnessFailed;
  }
  console.error("cellproof failed; please report this:", error);
  return EXIT.harnessFailed;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
