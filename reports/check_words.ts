/**
 * Checks, observations and requirements in words. A result may name what another version of cellproof knows.
 *
 * @module
 */
import { REQUIREMENTS } from "../requirements.ts";
import { CHECKS, EXPERIMENTS, PROBES } from "../suites/checks.ts";
import { OBSERVATIONS } from "../suites/observations.ts";

/** Whether a check is a probe of this version. */
export function isProbe(check: string): boolean {
  return PROBES.some((name) => name === check);
}

/** Whether a check is one that a host makes by itself. */
export function isOfOneHost(check: string): boolean {
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

/** A requirement as a reader would go and get it; a name that is not known stays as it is. */
export function requirementInWords(requirement: string): string {
  return lookUp(REQUIREMENTS, requirement) ?? requirement;
}

function lookUp(known: Readonly<Record<string, string>>, name: string): string | null {
  return Object.hasOwn(known, name) ? known[name] ?? null : null;
}
