/**
 * The files in the folder of a run that are its own, and whether a run may have that folder.
 *
 * @module
 */
import { dirname } from "node:path";
import { Problem, UsageProblem } from "../problem.ts";
import { PROBES } from "../suites/checks.ts";
import { FLEET_FILE } from "./fleet/fleet_json.ts";
import { isThere, RESULT_FILE } from "./json.ts";

/** Says how the evidence beside it was collected. */
export const COLLECTION_FILE = "collection.json";

/** Leaves room below the 255 bytes of most file systems. */
const LONGEST_NAME = 200;

/**
 * Tries to write into a folder, and leaves nothing.
 *
 * @throws {Problem}
 */
export function assertWritable(path: string): void {
  const missing = missingFolders(`${path}/evidence`);
  try {
    Deno.mkdirSync(`${path}/evidence`, { recursive: true });
    const probe = `${path}/.writable`;
    Deno.writeTextFileSync(probe, "");
    Deno.removeSync(probe);
    for (const folder of missing) Deno.removeSync(folder);
  } catch (error) {
    throw notWritable(path, error);
  }
}

/** A folder and those above it, as far as they are not there, the lowest first. */
function missingFolders(path: string): string[] {
  return isThere(path) ? [] : [path, ...missingFolders(dirname(path))];
}

/**
 * Whoever merged the folder afterwards would get the run or the fleet.
 *
 * @throws {UsageProblem}
 */
export function refuseFleet(path: string): void {
  if (!holdsFleet(path)) return;
  throw new UsageProblem({
    action: `put a result into ${path}`,
    condition: "it holds a fleet",
    cure: "Name another folder with --out.",
  });
}

function holdsFleet(path: string): boolean {
  try {
    return isThere(`${path}/${FLEET_FILE}`);
  } catch {
    // Whatever is wrong with the path, writing there tells.
    return false;
  }
}

/**
 * A folder that says not whose evidence it holds may be anything, also something of the user's.
 *
 * @throws {UsageProblem}
 */
export function refuseForeignEvidence(path: string): void {
  const [found] = entriesOf(`${path}/evidence`);
  if (found === undefined) return;
  throw new UsageProblem({
    action: `put a result into ${path}`,
    condition: `it holds an evidence folder, but no ${RESULT_FILE} that says whose it is`,
    seen: found.name,
    cure: "Name another folder with --out.",
  });
}

/** Paths, from the evidence folder on, of the files in it that are cellproof's own. */
export function evidenceFiles(path: string): string[] {
  return entriesOf(`${path}/evidence`).flatMap(({ name, isFile, isDirectory }) => {
    if (isDirectory && PROBES.some((probe) => probe === name)) return readings(path, name);
    return isFile && (name === COLLECTION_FILE || name.endsWith(".jsonl")) ? [name] : [];
  });
}

/** Names of the files in the folder of charts that are charts. */
export function chartFiles(path: string): string[] {
  return entriesOf(`${path}/charts`).flatMap(({ name, isFile }) =>
    isFile && /\.(svg|vl\.json)$/.test(name) ? [name] : []
  );
}

/** What is in a folder; nothing where it is not there. */
function entriesOf(path: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(path)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function readings(path: string, probe: string): string[] {
  return entriesOf(`${path}/evidence/${probe}`).flatMap(({ name, isFile }) =>
    isFile ? [`${probe}/${name}`] : []
  );
}

/** A name that is safe as a file's, and stays in its folder, whatever it was. */
export function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/g, "_").replace(/^\.*$|^\.+/, "_").slice(0, LONGEST_NAME);
}

/** A text file; null where there is none. */
export function readIfThere(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** What is told where a run cannot write. */
export function notWritable(path: string, error: unknown): Problem {
  return new Problem({
    action: `write to ${path}`,
    condition: error instanceof Error ? error.message : String(error),
    cure: "Name a folder with room that you may write to with --out.",
  });
}
