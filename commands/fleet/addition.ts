/**
 * Adds a fleet to a history: the results of its hosts, and what became of those that gave none.
 *
 * @module
 */
import { dirname, isAbsolute, join } from "node:path";
import { Problem } from "../../problem.ts";
import { MOST_RESULT_BYTES } from "../../reports/fleet/digest_result.ts";
import { FLEET_FILE, parseFleet } from "../../reports/fleet/fleet_json.ts";
import type { History } from "../../reports/history/history.ts";
import type { FleetAddition } from "../../reports/history/stored.ts";
import { assertRegular, readRegularFile } from "../../reports/regular_file.ts";
import type { FleetHost, FleetResult } from "../../suites/fleet/fleet_result.ts";
import { machineOf } from "../../suites/machine_identity.ts";
import { refuseDryRun } from "../dry_runs.ts";
import { mayBeThere, placeOf, resultFile } from "./sources.ts";
import { MOST_FLEET_BYTES } from "./named_hosts.ts";
import { readStored, type StoredResult } from "../stored_result.ts";

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
  return mayBeThere(file) ? file : null;
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
  for (const hosts of batches(hostsWithResults(fleet))) {
    const outcomes = await addBatch(history, hosts, { folder: dirname(file), dryRuns });
    for (const [path, outcome] of outcomes) {
      if (typeof outcome === "string") results[outcome]++;
      else results.problems.push([path, outcome]);
    }
  }
  return { ...history.addFleet(text, fleet), results };
}

async function readText(file: string): Promise<string> {
  const action = `read the fleet ${file}`;
  try {
    return await readRegularFile(file, { action, mostBytes: MOST_FLEET_BYTES });
  } catch (error) {
    if (error instanceof Problem) throw error;
    const condition = error instanceof Error ? error.message : "it cannot be read";
    throw new Problem({ action, condition });
  }
}

function refuseDryRuns({ common }: FleetResult): void {
  const kind = common?.kind ?? "live";
  if (kind !== "live") refuseDryRun("fleet", kind);
}

/** A host, and where the fleet says that its result lies. */
type SourcedHost = FleetHost & { readonly source: string };

function hostsWithResults({ hosts }: FleetResult): SourcedHost[] {
  return hosts.filter((host): host is SourcedHost => host.source !== null);
}

function batches<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / BATCH);
  return Array.from(
    { length: count },
    (_, index) => items.slice(index * BATCH, (index + 1) * BATCH),
  );
}

type ResultOutcome = "added" | "known" | Problem;

/** How the results of a fleet are read. */
interface Reading {
  /** That of the fleet's file. */
  readonly folder: string;
  readonly dryRuns: boolean;
}

async function addBatch(
  history: History,
  hosts: readonly SourcedHost[],
  reading: Reading,
): Promise<[path: string, outcome: ResultOutcome][]> {
  const unread: [string, Problem][] = [];
  const read: (StoredResult & { readonly path: string })[] = [];
  for (const host of hosts) {
    const path = isAbsolute(host.source) ? host.source : join(reading.folder, host.source);
    const one = await readOne(host, reading);
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
  host: SourcedHost,
  { folder, dryRuns }: Reading,
): Promise<StoredResult | Problem> {
  try {
    const stored = await readResultOf(host, folder);
    const { dryRun } = stored.result.run;
    if (dryRun !== null && !dryRuns) refuseDryRun("result", dryRun.fixture);
    return stored;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // Not what was seen: a file that is no result may hold what nobody may publish.
    const { seen: _, ...parts } = error.parts;
    return new Problem(parts);
  }
}

/**
 * The result that a fleet was merged from.
 *
 * @throws {Problem} where it is not there, or another one is in its place
 */
async function readResultOf(host: SourcedHost, folder: string): Promise<StoredResult> {
  const place = placeOf(folder, host.source);
  const action = `add the result of ${host.name}`;
  if (place === null) {
    const condition = `${host.source} is neither below the fleet's folder nor a run's result`;
    throw new Problem({ action, condition, cure: "Look who wrote the fleet's file." });
  }
  if (mayBeThere(place)) {
    await assertRegular(resultFile(place), { action, mostBytes: MOST_RESULT_BYTES });
  }
  const stored = await readStored(place);
  if (isSameRun(host, stored.result)) return stored;
  throw new Problem({
    action,
    condition: "it is not the one that the fleet was merged from",
    cure: "Merge the fleet again (deno task merge), and add that.",
  });
}

function isSameRun({ told }: FleetHost, { host, run }: StoredResult["result"]): boolean {
  return told !== null && told.machine === machineOf(host).key && told.startedAt === run.startedAt;
}
