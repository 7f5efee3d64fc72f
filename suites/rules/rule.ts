/**
 * What a rule can be: a closed set of shapes, so that a rule is data and one function judges it.
 *
 * @module
 */
import { type Check, checkOf, type ExperimentName } from "../checks.ts";
import type { FleetObservationName, ObservationName } from "../observations.ts";
import type { Band } from "../result.ts";

/** A claim that no measurement could falsify. */
export interface EditorialRule {
  readonly kind: "editorial";
}

/** A claim that holds when each of its parts does. */
export interface MeasuredRule {
  readonly kind: "measured";
  /** How the claim is read. */
  readonly reading: string;
  readonly parts: readonly [Part, ...Part[]];
}

export type Rule = EditorialRule | MeasuredRule;

/** What an observation must be: true or false, a number, or a size relative to another one. */
export type Expected =
  | boolean
  | { readonly equals: number }
  | { readonly belowHalfOf: ObservationName }
  | { readonly above: ObservationName };

/** "A probe observes this." */
export interface ObservationPart {
  readonly kind: "observation";
  readonly observation: ObservationName;
  readonly expected: Expected;
  /** True where the claim is about a physical device, which only bare metal is sure to have. */
  readonly needsBareMetal: boolean;
  /** True where one counterexample refutes the claim, and none found would prove nothing. */
  readonly onlyRefutes: boolean;
}

/** Where a ratio must lie: a band, or bounds that no threshold moves. */
export type RatioRange = Band | { readonly atLeast: number; readonly below: number };

/** "This arm's performance lies in this band", on every one of the workloads. */
export interface PerformancePart {
  readonly kind: "performance";
  readonly experiment: ExperimentName;
  readonly arm: string;
  readonly band: RatioRange;
  /** `outside`: the part holds where the arm is shown to lie outside. */
  readonly holds: "inside" | "outside";
  readonly workloads: readonly string[];
  readonly needsBareMetal: boolean;
}

/** "This run's figures, taken in a guest, lie in this band of those on bare metal (`--baseline`)." */
export interface AcrossPart {
  readonly kind: "across";
  readonly experiment: ExperimentName;
  readonly band: Band;
  readonly workloads: readonly string[];
}

/** "This figure of the host lies between these bounds", on every one of the workloads. */
export interface LevelPart {
  readonly kind: "level";
  readonly experiment: ExperimentName;
  readonly workloads: readonly string[];
  /** In the workload's unit, or as a share of what the sample's detail {@linkcode of} tells. */
  readonly atLeast: number;
  /** Null for no upper bound. */
  readonly below: number | null;
  /** The detail that the figure is divided by, such as the link's capacity; null for none. */
  readonly of: string | null;
  /** The GPUs of a host that the claim is about. */
  readonly gpus: "one" | "several" | "any";
  readonly needsBareMetal: boolean;
}

/** "This arm is faster than each of those", on every one of the workloads. */
export interface FasterPart {
  readonly kind: "faster";
  readonly experiment: ExperimentName;
  readonly arm: string;
  readonly than: readonly string[];
  readonly workloads: readonly string[];
}

/** "This is true of many hosts together", which no host's result tells by itself. */
export interface FleetPart {
  readonly kind: "fleet";
  readonly observation: FleetObservationName;
}

export type Part =
  | ObservationPart
  | PerformancePart
  | FasterPart
  | AcrossPart
  | LevelPart
  | FleetPart;

/** The check that a part rests on. */
export function checkOfPart(part: Part): Check {
  switch (part.kind) {
    case "observation":
    case "fleet":
      return checkOf(part.observation);
    case "performance":
    case "faster":
    case "across":
    case "level":
      return part.experiment;
  }
}

/** The parts of a rule; none for an editorial one. */
export function partsOf(rule: Rule): readonly Part[] {
  return rule.kind === "editorial" ? [] : rule.parts;
}

/** The checks that a rule rests on, each once. */
export function checksOf(rule: Rule): Check[] {
  return [
    ...new Set(
      partsOf(rule).flatMap((part) => {
        const reference = part.kind === "observation" ? referenceOf(part.expected) : null;
        return [checkOfPart(part), ...(reference === null ? [] : [checkOf(reference)])];
      }),
    ),
  ];
}

/** The observation that another one is compared with; null for none. */
export function referenceOf(expected: Expected): ObservationName | null {
  if (typeof expected === "boolean" || "equals" in expected) return null;
  return "above" in expected ? expected.above : expected.belowHalfOf;
}

/** The rule of the `typical-use` rows. */
export const EDITORIAL: Rule = { kind: "editorial" };

/** A rule whose parts must all hold. */
export function measured(reading: string, first: Part, ...others: Part[]): Rule {
  return { kind: "measured", reading, parts: [first, ...others] };
}

/** A part that holds where the observation is what it must be. */
export function observes(observation: ObservationName, expected: Expected = true): Part {
  return observed(observation, expected);
}

/** The same, of a physical device. */
export function observesPhysical(observation: ObservationName, expected: Expected = true): Part {
  return { ...observed(observation, expected), needsBareMetal: true };
}

/** A part that the observation refutes: its counterexample, found on any host. */
export function refutedBy(observation: ObservationName): Part {
  return { ...observed(observation, false), onlyRefutes: true };
}

function observed(observation: ObservationName, expected: Expected): ObservationPart {
  return { kind: "observation", observation, expected, needsBareMetal: false, onlyRefutes: false };
}

/** A part that holds where the arm lies in the band on every one of the workloads. */
export function inBand(
  experiment: ExperimentName,
  { arm, band, workloads }: Pick<PerformancePart, "arm" | "band" | "workloads">,
): PerformancePart {
  const common = { kind: "performance", holds: "inside", needsBareMetal: false } as const;
  return { ...common, experiment, arm, band, workloads };
}

/** A part that holds where the observation is true of the merged results of many hosts. */
export function observesOfFleet(observation: FleetObservationName): Part {
  return { kind: "fleet", observation };
}

/** How a rule reads its claim. */
export function readingOf(rule: Rule): string {
  return rule.kind === "editorial" ? "a matter of taste and custom" : rule.reading;
}
