/**
 * What an observation comes to, in one word or the name of a control: what tables of tests compare.
 *
 * @module
 */
import type { Observation } from "../result.ts";

/** "holds", "does not hold", "error", "untested", or "control: WHAT" of the first that failed. */
export function standing({ value, controls, absence }: Observation): string {
  if (absence !== null) return absence.verdict;
  const failed = controls.find(({ held }) => !held);
  if (failed !== undefined) return `control: ${failed.what}`;
  return value === true ? "holds" : "does not hold";
}

/** What one of several observations comes to. */
export function standingOf(observations: readonly Observation[], name: string): string {
  const found = observations.find((observation) => observation.name === name);
  return found === undefined ? "absent" : standing(found);
}
