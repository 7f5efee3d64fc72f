/**
 * Adds a fleet to a history: the results of its hosts, and what became of those that gave none.
 *
 * @module
 */
import { dirname, isAbsolute, join } from "node:path";
import { Problem } from "../problem.ts";
import { FLEET_FILE, parseFleet } from "../reports/fleet/fleet_json.ts";
import type { History } from "../reports/history/history.ts";
import type { FleetAddition } from "../reports/history/stored.ts";
import { isThere } from "../reports/json.ts";
import type { FleetResult } from "../suites/fleet/fleet_result.ts";
import { refuseDryRun } from "./dry_runs.ts";
import { readStored, type StoredResult } from "./stored_result.ts";

/** As many results wait for the disk together, and fit into memory. */
const BATCH = 32;

/** What became of a fleet and of its hosts' results. */
export interface AddedFleet extends FleetAddition {
  readonly results: {
    readonly added: number;
    /** That were there already, or a more complete one of the same run. */
    readonly known: number;
    /** Why the others could not be added, by where they lie. */
    readonly problems: readonly (readonly [path: string, problem: Problem])[];
  };
}

/** The `fleet.json` that `path` names, itself or its folder; null where there is none. */
export function fleetFileAt(path: string): string | null {
  const file = path === FLEET_FILE || path.endsWith(`/${FLEET_FILE}`)
    ? path
    : `${path}/${FLEET_FILE}`;
  try {
    return isThere(file) ? file : null;
  } catch {
    // Whoever reads it tells why that cannot be.
    return null;
  }
}

/**
 * Adds a fleet, and all results of its hosts that can be read.
 *
 * @throws {Problem} where the fleet itself cannot be read or added
 */
export async function addFleet(
  history: History,
  file: string,
  { dryRuns }: { readonly dryRuns: boolean },
): Promise<AddedFleet> {
  const text = await readText(file);
  const fleet = await parseFleet(text, file);
  if (!dryRuns) refuseDryRuns(fleet);
  const results = { added: 0, known: 0, problems: [] as [string, Problem][] };
  for (const paths of batches(resultsOf(fleet, file))) {
    const outcomes = await addBatch(history, paths, { dryRuns });
    for (const [path, outcome] of outcomes) {
      if (typeof outcome === "string") results[outcome]++;
      else results.problems.push([path, outcome]);
    }
  }
  return { ...history.addFleet(text, fleet), results };
}

async function readText(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    throw new Problem({
      action: `read the fleet ${file}`,
      condition: error instanceof Error ? error.message : "it cannot be read",
    });
  }
}

function refuseDryRuns({ common }: FleetResult): void {
  const kind = common?.kind ?? "live";
  if (kind !== "live") refuseDryRun("fleet", kind);
}

/** Where the results of the hosts lie that have any. */
function resultsOf({ hosts }: FleetResult, file: string): string[] {
  const folder = dirname(file);
  return hosts.flatMap(({ source }) => {
    if (source === null) return [];
    return [isAbsolute(source) ? source : join(folder, source)];
  });
}

function batches<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / BATCH);
  return Array.from(
    { length: count },
    (_, index) => items.slice(index * BATCH, (index + 1) * BATCH),
  );
}

type ResultOutcome = "added" | "known" | Problem;

async function addBatch(
  history: History,
  paths: readonly string[],
  { dryRuns }: { readonly dryRuns: boolean },
): Promise<[path: string, outcome: ResultOutcome][]> {
  const unread: [string, Problem][] = [];
  const read: (StoredResult & { readonly path: string })[] = [];
  for (const path of paths) {
    const one = await readOne(path, { dryRuns });
    if (one instanceof Problem) unread.push([path, one]);
    else read.push({ ...one, path });
  }
  const added = history.addAll(read).map((outcome, index): [string, ResultOutcome] => {
    const path = read[index]?.path ?? "";
    if ("problem" in outcome) return [path, outcome.problem];
    return [path, outcome.done.isNew ? "added" : "known"];
  });
  return [...unread, ...added];
}

async function readOne(
  path: string,
  { dryRuns }: { readonly dryRuns: boolean },
): Promise<StoredResult | Problem> {
  try {
    const stored = await readStored(path);
    const { dryRun } = stored.result.run;
    if (dryRun !== null && !dryRuns) refuseDryRun("result", dryRun.fixture);
    return stored;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}
