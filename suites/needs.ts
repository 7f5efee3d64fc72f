/**
 * What the selected claims need: which probes, experiments, arms and workloads have to run at all.
 *
 * @module
 */
import type { ArmNeeds } from "./arms.ts";
import { CLAIMS, selects } from "./claims/claims.ts";
import {
  type Check,
  checkOf,
  type ExperimentName,
  EXPERIMENTS,
  type ProbeName,
  PROBES,
} from "./checks.ts";
import { checkOfPart, checksOf, type Part, partsOf, referenceOf } from "./rules/rule.ts";
import { ruleOf } from "./rules/rules.ts";
import { UsageProblem } from "../problem.ts";

/**
 * The ids that `selectors` name, each an id or its prefix at a slash or dot; all for none.
 *
 * @throws {UsageProblem} for a selector that names nothing
 */
export function selectIds(selectors: readonly string[]): string[] {
  for (const selector of selectors) {
    if (!CLAIMS.some(({ id }) => selects(selector, id))) {
      throw new UsageProblem({
        action: `select "${selector}"`,
        condition: "no claim has this id or prefix",
        cure: "deno task list shows every id.",
      });
    }
  }
  return CLAIMS.map(({ id }) => id).filter((id) =>
    selectors.length === 0 || selectors.some((selector) => selects(selector, id))
  );
}

/** The ids of the claims that rest on any of the checks. */
export function idsRestingOn(checks: readonly Check[]): string[] {
  return CLAIMS.map(({ id }) => id).filter((id) => {
    const rule = ruleOf(id);
    return rule !== undefined && checksOf(rule).some((check) => checks.includes(check));
  });
}

/** The probes that the claims with these ids rest on, in the order in which they are run. */
export function probesOf(ids: readonly string[], facts: HostFacts): ProbeName[] {
  const wanted = new Set(partsOfClaims(ids, facts).map(checkOfPart));
  for (const part of partsOfClaims(ids, facts)) {
    const reference = part.kind === "observation" ? referenceOf(part.expected) : null;
    if (reference !== null) wanted.add(checkOf(reference));
  }
  return PROBES.filter((name) => wanted.has(name));
}

/** The arms and workloads of each experiment that the claims with these ids rest on. */
export function needsOf(
  ids: readonly string[],
  facts: HostFacts,
): Map<ExperimentName, ArmNeeds> {
  const needs = new Map<ExperimentName, ArmNeeds>();
  const parts = partsOfClaims(ids, facts);
  for (const name of EXPERIMENTS) {
    const own = parts.filter(isPaired).filter(({ experiment }) => experiment === name);
    const judged = new Set(own.flatMap(armsOf));
    if (judged.size === 0) continue;
    const pairs = new Set(own.flatMap(pairsOf));
    needs.set(name, {
      judged,
      judges: (arm, workload) => pairs.has(pairOf(arm, workload)),
      arms: new Set(["native", "native-again", ...judged]),
      workloads: new Set(own.flatMap(({ workloads }) => workloads)),
    });
  }
  return needs;
}

/** What decides beforehand which parts can be answered at all. */
interface HostFacts {
  readonly bareMetal: boolean;
}

function partsOfClaims(ids: readonly string[], { bareMetal }: HostFacts): Part[] {
  return ids.flatMap((id) => {
    const rule = ruleOf(id);
    return rule === undefined ? [] : partsOf(rule);
  }).filter((part) => bareMetal || !("needsBareMetal" in part && part.needsBareMetal));
}

/** The arms and workloads that a part asks for, each with each. */
function pairsOf(part: PairedPart): readonly string[] {
  return armsOf(part).flatMap((arm) => part.workloads.map((workload) => pairOf(arm, workload)));
}

function pairOf(arm: string, workload: string): string {
  return `${arm} ${workload}`;
}

type PairedPart = Extract<Part, { readonly experiment: ExperimentName }>;

function isPaired(part: Part): part is PairedPart {
  return "experiment" in part;
}

/** The arms that have to be decided; a native figure by itself needs as many blocks as its control. */
function armsOf(part: PairedPart): readonly string[] {
  switch (part.kind) {
    case "performance":
      return [part.arm];
    case "faster":
      return [part.arm, ...part.than];
    case "across":
    case "level":
      return ["native-again"];
  }
}
