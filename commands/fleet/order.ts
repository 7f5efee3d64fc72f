/**
 * Reads the command line of a fleet: what is asked of Slurm, and what each node's run is given.
 *
 * @module
 */
import { resolve } from "node:path";
import { UsageProblem } from "../../problem.ts";
import { INFO_FILE, readFixtureFile } from "../../runners/seam/fixture.ts";
import type { FleetOrder } from "../../suites/fleet/plan.ts";
import { type Args, durationOption, textOption } from "../command.ts";
import { projectPath } from "../project.ts";

/** What a user asks of a fleet. */
export interface FleetCommand {
  /** Null for the default partition. */
  readonly partition: string | null;
  /** Nodes as Slurm writes them, such as "gpu[01-16]"; null for all. */
  readonly nodes: string | null;
  readonly order: Omit<FleetOrder, "partition" | "nodes">;
  /** The fleet's folder; null for one below `results/`. */
  readonly out: string | null;
  readonly history: string | null;
  readonly json: boolean;
}

/** The options of `bench` that are about the fleet alone. */
export const FLEET_OPTIONS = ["on", "partition", "nodes", "gres", "wait"];

/** The options that each node's run is given as they are. */
const OF_A_NODE = [
  "dry-run",
  "budget",
  "blocks",
  "threshold",
  "target",
  "destructive",
  "passthrough",
  "allow-no-reset",
  "cuda-samples",
  "mig",
  "baseline",
  "image",
  "seed",
];

/** Those that name a file or folder: a node's run starts in another folder. */
const FILES = ["dry-run", "target", "cuda-samples", "baseline"];

/** Why an option is for one host alone, and what a user does instead. */
const NOT_OF_A_FLEET: Readonly<Record<string, string>> = {
  setup:
    "run --setup once on this host for what travels in .cache/; fio, Docker and QEMU must be " +
    "on the nodes, or in their image",
  record: "a recording is of one host",
  confirm: "confirm on the host itself, with its history",
  expect: "deno task expect and --expect are for one host's runs",
};

/**
 * The fleet that a command line asks for; null where it asks for none.
 *
 * @throws {UsageProblem} for options that do not go together
 */
export function fleetCommand(args: Args): FleetCommand | null {
  const on = textOption(args, "on");
  if (on === undefined) {
    const stray = FLEET_OPTIONS.find((name) => args[name] !== undefined);
    if (stray === undefined) return null;
    throw usage(`--${stray} is about a fleet`, "Say --on slurm, too.");
  }
  if (on !== "slurm") throw usage(`there is no scheduler "${on}"`, "Say --on slurm.");
  refuseForFleet(args);
  return {
    partition: textOption(args, "partition") ?? null,
    nodes: textOption(args, "nodes") ?? null,
    order: {
      gres: textOption(args, "gres") ?? null,
      budgetSeconds: durationOption(args, "budget") ?? null,
      waitSeconds: durationOption(args, "wait") ?? null,
      arguments: argumentsOf(args),
    },
    out: textOption(args, "out") ?? null,
    history: textOption(args, "history") ?? null,
    json: args["json"] === true,
  };
}

/**
 * Refuses the options of a run that are for one host alone.
 *
 * @throws {UsageProblem} where one of them is given
 */
export function refuseForFleet(args: Args): void {
  const [name, why] = Object.entries(NOT_OF_A_FLEET).find(([name]) => isGiven(args, name)) ?? [];
  if (name !== undefined) throw usage(`a fleet cannot take --${name}: ${why}`, null);
}

/** Whether a command line has an option; one without a value is false where it was not given. */
export function isGiven(args: Args, name: string): boolean {
  return args[name] !== undefined && args[name] !== false;
}

/** The command line of a node's run: options, then the ids. */
function argumentsOf(args: Args): string[] {
  const options = OF_A_NODE.flatMap((name) =>
    [args[name]].flat().flatMap((value) => {
      if (value === undefined || value === false) return [];
      return value === true ? [`--${name}`] : [`--${name}=${fromHere(name, String(value))}`];
    })
  );
  return [...options, ...args._];
}

/** A path as every node reads it. */
function fromHere(name: string, value: string): string {
  return isPath(name, value) ? resolve(value) : value;
}

/** Whether an option names a path. A fixture of cellproof's own goes by its name, which has no slash. */
export function isPath(name: string, value: string): boolean {
  if (!FILES.includes(name)) return false;
  return name === "dry-run" ? value.includes("/") : value !== "";
}

/**
 * Looks for the fixture of a dry run here, since each node would find that there is none. A path is as
 * the nodes see it, and `%N` is another name on each. Null is no dry run.
 *
 * @throws {Problem} for a fixture that cellproof does not have
 */
export async function assertFixture(dryRun: string | null): Promise<void> {
  if (dryRun === null || isPath("dry-run", dryRun) || dryRun.includes("%N")) return;
  await readFixtureFile(projectPath(`fixtures/${dryRun}/${INFO_FILE}`));
}

function usage(condition: string, cure: string | null): UsageProblem {
  const action = "run the fleet";
  return new UsageProblem({ action, condition, ...(cure === null ? {} : { cure }) });
}
