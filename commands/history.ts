/**
 * `deno task history`: the results of many nights in one file.
 *
 * @module
 */
import { Problem, UsageProblem } from "../problem.ts";
import { displayText } from "../reports/display.ts";
import { FLEET_FILE } from "../reports/fleet/fleet_json.ts";
import { fleetList, statesInWords } from "../reports/history/fleet_text.ts";
import { History } from "../reports/history/history.ts";
import { changesText, toldChange, toldOtherHardware } from "../reports/history/change_text.ts";
import { changesIn } from "../reports/history/changes.ts";
import { newcomersTo } from "../reports/history/newcomers.ts";
import { historyList } from "../reports/history/list_text.ts";
import { nightsOf } from "../reports/history/nights.ts";
import type { Addition, FleetAddition } from "../reports/history/stored.ts";
import { counted } from "../reports/units.ts";
import { EXIT } from "../suites/exit_status.ts";
import { machineOf } from "../suites/machine_identity.ts";
import { ANY_NUMBER, type Args, type Command, textOption } from "./command.ts";
import { refuseDryRun } from "./dry_runs.ts";
import { type AddedFleet, addFleet, fleetFileAt } from "./fleet/addition.ts";
import { HISTORY_FILE } from "./project.ts";
import { readStored } from "./stored_result.ts";

/** What one may do with a history: its file, the arguments after the name, and the options. */
type Action = (path: string, names: readonly string[], args: Args) => Promise<number> | number;

const ACTIONS: Readonly<Record<string, Action>> = { add, list, changes };

export const command: Command = {
  usage: `deno task history add RESULT|FLEET ... [--db FILE] [--confirms RESULT] [--dry-runs]
  Keeps results in a history: what each machine measured, night after night. A result that is
  there already changes nothing. Of a fleet (a folder with ${FLEET_FILE}) it keeps all results that its
  hosts gave, and what became of the others. --confirms says that the one result given repeats another run to
  confirm what changed in it; that one must be there already. A dry run is kept with --dry-runs
  alone: what it replays is no night of its own.
deno task history list [--db FILE]
  Lists the fleets, and the machines with their last runs.
deno task history changes [--db FILE] [--json]
  What changed on each machine, when and by how much, beyond how far its nights differ anyway; and
  which host has other hardware than before.
  The history is results/history.sqlite, unless --db names another file.`,
  boolean: ["dry-runs", "json"],
  string: ["db", "confirms"],
  positionals: ANY_NUMBER,
  run(args) {
    const [name = "", ...names] = args._;
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (action === undefined) {
      throw usage(`it does one of ${Object.keys(ACTIONS).join(", ")}`, name);
    }
    return Promise.resolve(action(textOption(args, "db") ?? HISTORY_FILE, names, args));
  },
};

/** Adds each result that can be; the status tells of one that could not. */
async function add(path: string, names: readonly string[], args: Args): Promise<number> {
  const first = textOption(args, "confirms");
  if (names.length === 0) throw usage("no result is named");
  if (
    first !== undefined && (names.length > 1 || names.some((name) => fleetFileAt(name) !== null))
  ) {
    throw usage("--confirms takes one result alone");
  }
  using history = History.open(path, { create: true });
  const options = {
    confirms: first === undefined ? null : await runOf(history, first),
    dryRuns: args["dry-runs"] === true,
  };
  const newcomers = newcomersTo(history);
  let status: number = EXIT.ok;
  for (const name of names) status = Math.max(status, await tellOf(history, name, options));
  for (const line of newcomers()) console.log(line);
  return status;
}

interface AddChoices {
  /** The id of the run that the one result repeats; null for none. */
  readonly confirms: number | null;
  readonly dryRuns: boolean;
}

/** Adds a result or a fleet, and tells of it; the status tells where that, or a part of it, could not be. */
async function tellOf(history: History, name: string, choices: AddChoices): Promise<number> {
  try {
    const fleet = fleetFileAt(name);
    if (fleet !== null) return tellOfFleet(name, await addFleet(history, fleet, choices));
    console.log(`${name}: ${inWords(await addOne(history, name, choices))}`);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.error(`${name}: ${error.message}`);
    return error instanceof UsageProblem ? EXIT.usage : EXIT.harnessFailed;
  }
}

function tellOfFleet(name: string, { results, ...addition }: AddedFleet): number {
  for (const [path, { message }] of results.problems) {
    console.error(displayText(`${path}: ${message}`, 2000));
  }
  const { added, known, problems } = results;
  const counts = [
    `${counted(added, "result")} added`,
    ...(known === 0 ? [] : [`${known} there already`]),
    ...(problems.length === 0 ? [] : [`${problems.length} that could not be added`]),
  ];
  console.log(`${name}: ${counts.join(", ")}; ${fleetInWords(addition)}`);
  return problems.length === 0 ? EXIT.ok : EXIT.harnessFailed;
}

function fleetInWords({ fleet, isNew, replaced }: FleetAddition): string {
  const which = `fleet ${displayText(fleet.id, 80)} of ${statesInWords(fleet)}`;
  if (replaced) return `${which}, in the place of an earlier merge`;
  return isNew ? `added as ${which}` : `the history has it, or a later merge, as ${which}`;
}

/** The id of the run whose result `name` is. */
async function runOf(history: History, name: string): Promise<number> {
  const run = history.find((await readStored(name)).result);
  if (run !== null) return run.id;
  throw new Problem({
    action: `let a run confirm ${name}`,
    condition: "the history does not have that run",
    cure: `Add it first: deno task history add ${name}`,
  });
}

async function addOne(
  history: History,
  name: string,
  { confirms, dryRuns }: AddChoices,
): Promise<Addition & { readonly isSure: boolean }> {
  const { result, text } = await readStored(name);
  const { dryRun } = result.run;
  if (dryRun !== null && !dryRuns) refuseDryRun("result", dryRun.fixture);
  const addition = history.add(text, result, { confirms });
  return { ...addition, isSure: machineOf(result.host).key === addition.run.machine };
}

/** A run that told its hardware in part, or otherwise, is of that machine for all that is known. */
function inWords({ run, isNew, replaced, isSure }: Addition & { isSure: boolean }): string {
  const confirming = run.confirms === null ? "" : `, which confirms run ${run.confirms}`;
  const doubt = isSure
    ? ""
    : " (not all of its hardware was told as before; what was tells of this machine)";
  const which = `run ${run.id} of machine ${run.machine}${doubt}${confirming}`;
  if (replaced) return `is now the result of ${which}, in the place of a less complete one`;
  return isNew ? `added as ${which}` : `was there already, as ${which}`;
}

function list(path: string, names: readonly string[]): number {
  if (names.length > 0) throw usage("list takes no arguments");
  using history = History.open(path, { create: false });
  const listed = history.machines().map((machine) => ({
    machine,
    runs: history.runs(machine.key),
  }));
  console.log([fleetList(history.fleets()), historyList(listed)].join("\n").trim());
  return EXIT.ok;
}

function changes(path: string, names: readonly string[], args: Args): number {
  if (names.length > 0) throw usage("changes takes no arguments");
  using history = History.open(path, { create: false });
  const found = history.machines().map((machine) => ({
    machine,
    changes: changesIn(nightsOf(history, machine.key)),
  }));
  const told = found.flatMap(({ machine, changes }) => [
    ...toldOtherHardware(machine),
    ...changes.map((change) => toldChange(machine, change)),
  ]);
  console.log(
    args["json"] === true
      ? JSON.stringify(told, null, 1)
      : found.map(({ machine, changes }) => changesText(machine, changes)).join("\n\n"),
  );
  return EXIT.ok;
}

function usage(condition: string, seen = ""): UsageProblem {
  const cure = "Try: deno task history --help";
  return new UsageProblem({ action: 'run "history"', condition, seen, cure });
}
