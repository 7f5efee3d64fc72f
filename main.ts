/**
 * The command line: parse, call, print.
 *
 * @module
 */
import { parseArgs } from "@std/cli";
import type { Command } from "./commands/command.ts";
import { Problem, UsageProblem } from "./problem.ts";
import { EXIT } from "./suites/exit_status.ts";

/** Each command loads only what it needs, so that the quick ones are quick. */
const COMMANDS: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
  bench: () => import("./commands/bench.ts"),
  doctor: () => import("./commands/doctor.ts"),
  list: () => import("./commands/list.ts"),
  judge: () => import("./commands/judge.ts"),
  report: () => import("./commands/report.ts"),
  calibrate: () => import("./commands/calibrate.ts"),
  selfcheck: () => import("./commands/selfcheck.ts"),
  recover: () => import("./commands/recover.ts"),
};

/** Runs a command line and returns its exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const [name = "help", ...rest] = argv;
    if (name === "help" || name === "--help" || name === "-h") return await help();
    const command = await load(name);
    if (rest.includes("--help")) return print(command.usage);
    return await command.run(parse(name, command, rest));
  } catch (error) {
    return explain(error);
  }
}

async function load(name: string): Promise<Command> {
  const loader = COMMANDS[name];
  if (loader !== undefined) return (await loader()).command;
  throw new UsageProblem({
    action: `run "${name}"`,
    condition: "there is no such command",
    cure: `The commands are ${Object.keys(COMMANDS).join(", ")}.`,
  });
}

function parse(name: string, command: Command, argv: readonly string[]) {
  const { boolean, string, collect = [], positionals: { least, most } } = command;
  const args = parseArgs(argv.map(withoutBareDryRun), {
    boolean,
    string,
    collect,
    unknown: (arg, key) => key === undefined || refuseOption(name, arg),
  });
  if (args._.length >= least && args._.length <= most) return args;
  throw new UsageProblem({
    action: `run "${name}"`,
    condition: `it takes ${least === most ? least : `${least} to ${most}`} arguments`,
    seen: args._.join(" "),
    cure: `Try: deno task ${name} --help`,
  });
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
  const commands = await Promise.all(Object.keys(COMMANDS).map(load));
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
