/**
 * Claims that no single host decides: they are judged by what only many hosts tell.
 *
 * @module
 */
import type { Requirement } from "../../requirements.ts";
import { lackedBy } from "../coverage.ts";
import { combine } from "../judge.ts";
import { judgeFound } from "../judge_observation.ts";
import type { ClaimPart, Observation, Verdict } from "../result.ts";
import { type FleetPart, type Part, partsOf } from "../rules/rule.ts";
import { ruleOf } from "../rules/rules.ts";

/** What is said of such a claim. */
export interface FleetJudgement {
  readonly verdict: Verdict;
  readonly because: string;
  readonly lacks: Requirement | null;
}

/** Judges a claim by the fleet's observations; null for one that its hosts decide. */
export function judgeFleetClaim(
  id: string,
  observations: readonly Observation[],
): FleetJudgement | null {
  const rule = ruleOf(id);
  const ofFleet = rule === undefined ? [] : partsOf(rule).filter(isOfFleet);
  if (ofFleet.length === 0) return null;
  const parts = ofFleet.map((part) => judgePart(part, observations));
  const { verdict, because } = combine(parts);
  const lacks = lackedBy({ id, verdict, because, reading: "", evidence: [], parts });
  const [only = null] = lacks.size === 1 ? lacks : [];
  return { verdict, because, lacks: only };
}

/** The names of the observations that any of these claims rests on. */
export function fleetObservationsOf(ids: readonly string[]): ReadonlySet<string> {
  const rules = ids.flatMap((id) => ruleOf(id) ?? []);
  return new Set(rules.flatMap(partsOf).filter(isOfFleet).map(({ observation }) => observation));
}

function isOfFleet(part: Part): part is FleetPart {
  return part.kind === "fleet";
}

function judgePart(
  { observation: name }: FleetPart,
  observations: readonly Observation[],
): ClaimPart {
  const found = observations.find((one) => one.name === name);
  if (found !== undefined) return judgeFound(found);
  return { name, verdict: "untested", because: "these results were merged without asking for it" };
}
