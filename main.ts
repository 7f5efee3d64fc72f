/**
 * The command line: parse, call, print.
 *
 * @module
 */
import type { Command } from "./commands/command.ts";
import { parseArguments } from "./commands/parse_arguments.ts";
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
    return await command.run(await parseArguments(name, command, rest));
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
