/**
 * Where a fleet says that the results of its hosts lie. A `fleet.json` may come from anybody: nothing is
 * read for it but results.
 *
 * @module
 */
import { basename, dirname, isAbsolute, resolve } from "node:path";
import { isThere, RESULT_FILE } from "../../reports/json.ts";

/**
 * The place that the `fleet.json` in a folder names; null for one that it may not name: a relative one
 * must lie below the folder, as those do that a merge writes, and an absolute one must be a run's folder
 * or a JSON file.
 */
export function placeOf(folder: string, source: string): string | null {
  const place = resolve(folder, source);
  if (!isAbsolute(source)) return place.startsWith(withSlash(resolve(folder))) ? place : null;
  return isFolder(place) || place.endsWith(".json") || !mayBeThere(place) ? place : null;
}

/** A place as `fleet.json` in a folder tells it: relative where it lies below. */
export function seenFrom(folder: string, place: string): string {
  const named = below(resolve(folder), resolve(place));
  if (named !== null) return named;
  const whole = realPath(place);
  return below(realPath(folder), whole) ?? whole;
}

/** The file of a run whose folder or file a place is; what is not there, a folder would be. */
export function resultFile(place: string): string {
  return mayBeThere(place) && !isFolder(place) ? place : `${place}/${RESULT_FILE}`;
}

/** The folder of a run, by itself or by its `result.json`; any other file is its own place. */
export function placeNamed(path: string): string {
  return basename(path) === RESULT_FILE && !isFolder(path) ? dirname(path) : path;
}

/** Whether there is something; what cannot be looked at is there, and whoever reads it tells why not. */
export function mayBeThere(path: string): boolean {
  try {
    return isThere(path);
  } catch {
    return true;
  }
}

/** Whether there certainly is something. */
export function isSeen(path: string): boolean {
  try {
    return isThere(path);
  } catch {
    return false;
  }
}

export function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** Where all links lead; of what is not there, where it would be. */
export function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return resolve(path);
  }
}

function below(folder: string, place: string): string | null {
  const base = withSlash(folder);
  return place.startsWith(base) ? place.slice(base.length) : null;
}

function withSlash(folder: string): string {
  return folder.endsWith("/") ? folder : `${folder}/`;
}
