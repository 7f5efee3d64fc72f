/**
 * Where the parts of a site lie, seen from its folder.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { RunName } from "./events.ts";
import { digestOf } from "./manifest.ts";

export const MANIFEST_FILE = ".cellproof-site.json";
export const LOCK_FILE = ".cellproof-site.lock";
/** What is being built, until all of it is. */
export const STAGING_FOLDER = ".cellproof-site.new";

const KEY_FORM = /^[0-9a-f]{16}$/;
const TIME_FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * The folder of a host: its key, which is safe as a name.
 *
 * @throws {Problem} for a key that no history has written
 */
export function hostFolder(key: string): string {
  if (KEY_FORM.test(key)) return `hosts/${key}`;
  throw damaged("the key of a machine", key);
}

/**
 * The folder of a run's page: its start, and its fixture's mark where it is a replay, which has the times
 * of what was recorded.
 *
 * @throws {Problem} for a time that no history has written
 */
export function nightFolder({ machine, startedAt, dryRun }: RunName): string {
  if (!TIME_FORM.test(startedAt)) throw damaged("the start of a run", startedAt);
  const mark = dryRun === null ? "" : `-${digestOf(dryRun).slice(0, 8)}`;
  return `${hostFolder(machine)}/${startedAt.replaceAll(":", "")}${mark}`;
}

/** Ids that are safe as names of files; longer ones would be digests. */
const PLAIN_ID = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,59}$/;

/** Where the page of a fleet lies, and beside it what it is made from: its id, or a digest of that. */
export function fleetFile(id: string, ending: "html" | "json.gz"): string {
  return `fleets/${PLAIN_ID.test(id) ? id : `id-${digestOf(id)}`}.${ending}`;
}

function damaged(what: string, seen: string): Problem {
  return new Problem({
    action: "build the site",
    condition: `${what} in the history has another form`,
    seen,
    cure: "The history is damaged: restore it from a copy.",
  });
}
