/**
 * Judges what probes observed: a value decides only with controls of both kinds that held.
 *
 * @module
 */
import { checkOf } from "./checks.ts";
import type { Evidence } from "./evidence.ts";
import { type ObservationName, OBSERVATIONS } from "./observations.ts";
import type { Absence, ClaimPart, Observation, Verdict } from "./result.ts";
import { type Expected, type ObservationPart, referenceOf } from "./rules/rule.ts";

/** The verdict on one observation. */
export function judgeObservation(part: ObservationPart, evidence: Evidence): ClaimPart {
  const { observation: name, expected } = part;
  if (part.needsBareMetal && !evidence.bareMetal) {
    const because = `needs a physical device; what runs natively here runs ${evidence.environment}`;
    return { name, verdict: "untested", because, lacks: "bare-metal" };
  }
  const reference = referenceOf(expected);
  for (const wanted of [name, ...reference === null ? [] : [reference]]) {
    const open = obstacle(wanted, evidence);
    if (open !== null) return open;
  }
  const found = observationOf(name, evidence);
  const other = reference === null ? undefined : observationOf(reference, evidence);
  if (found === undefined) throw new TypeError(`judge: no observation "${name}"`);
  const holds = meets(found, expected, other);
  if (holds && part.onlyRefutes) {
    return inconclusive(
      name,
      `${clauseOf(found)}; no counterexample was found, which proves nothing`,
    );
  }
  const verdict = holds ? "confirmed" : "refuted";
  const against = other === undefined ? "" : `, against ${other.value}: ${clauseOf(other)}`;
  return { name, verdict, because: `${clauseOf(found)}${against}` };
}

/** The verdict on an observation by itself, which must be true. */
export function judgeFound(found: Observation): ClaimPart {
  const verdict = found.value === true ? "confirmed" : "refuted";
  return obstacleIn(found) ?? { name: found.name, verdict, because: clauseOf(found) };
}

function obstacle(name: ObservationName, evidence: Evidence): ClaimPart | null {
  const found = observationOf(name, evidence);
  return found === undefined ? openBecause(name, absenceOf(name, evidence)) : obstacleIn(found);
}

/** Why an observation decides nothing; null where it can. */
function obstacleIn(found: Observation): ClaimPart | null {
  const { name } = found;
  if (found.absence !== null) return openBecause(name, found.absence);
  if (found.value === null) {
    return inconclusive(name, "the observation has neither a value nor a reason why");
  }
  const failed = found.controls.find(({ held }) => !held);
  if (failed !== undefined) {
    const because = `${clauseOf(found)}; but the ${failed.kind} control failed: ${failed.what} ` +
      `(seen: ${failed.seen})`;
    return inconclusive(name, because);
  }
  const missing = (["positive", "negative"] as const).find((kind) =>
    !found.controls.some((control) => control.kind === kind)
  );
  return missing === undefined ? null : inconclusive(
    name,
    `${clauseOf(found)}; but without a ${missing} control this decides nothing`,
  );
}

/** What was seen, to be joined with other clauses. */
function clauseOf({ seen }: Observation): string {
  return seen.replace(/\.$/, "");
}

function meets(
  { value }: Observation,
  expected: Expected,
  other: Observation | undefined,
): boolean {
  if (typeof expected === "boolean") return value === expected;
  if (typeof value !== "number") return false;
  if ("equals" in expected) return value === expected.equals;
  const size = other?.value;
  if (typeof size !== "number") return false;
  return "above" in expected ? value > size : value < size / 2;
}

function observationOf(name: ObservationName, { probes }: Evidence): Observation | undefined {
  return probes.flatMap(({ observations }) => observations).find((found) => found.name === name);
}

function absenceOf(name: ObservationName, { probes, absent }: Evidence): Absence {
  const check = checkOf(name);
  const known = absent[check];
  if (known !== undefined) return known;
  const ran = probes.some((probe) => probe.name === check);
  return ran
    ? { verdict: "error", because: `the probe did not report "${OBSERVATIONS[name]}"`, lacks: null }
    : { verdict: "untested", because: "the probe was not run", lacks: null };
}

function openBecause(name: ObservationName, { verdict, because, lacks }: Absence): ClaimPart {
  return { name, verdict, because, ...(lacks === null ? {} : { lacks }) };
}

function inconclusive(name: ObservationName, because: string): ClaimPart {
  const verdict: Verdict = "inconclusive";
  return { name, verdict, because };
}
