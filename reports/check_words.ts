/**
 * Checks and observations in words. A result may name what another version of cellproof knows.
 *
 * @module
 */
import { CHECKS, EXPERIMENTS, PROBES } from "../suites/checks.ts";
import { OBSERVATIONS } from "../suites/observations.ts";

/** Whether a check is a probe of this version. */
export function isProbe(check: string): boolean {
  return PROBES.some((name) => name === check);
}

/** Whether a check is in this version. */
export function isInThisVersion(check: string): boolean {
  return isProbe(check) || EXPERIMENTS.some((name) => name === check);
}

/** The statement that an observation's name stands for; null for a name that is not known. */
export function statementOf(observation: string): string | null {
  return lookUp(OBSERVATIONS, observation);
}

/** What a check gathers; null for a name that is not known. */
export function purposeOf(check: string): string | null {
  return lookUp(CHECKS, check);
}

function lookUp(known: Readonly<Record<string, string>>, name: string): string | null {
  return Object.hasOwn(known, name) ? known[name] ?? null : null;
}
