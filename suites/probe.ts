/**
 * What a probe is: it observes, with controls, and keeps the raw readings beside.
 *
 * @module
 */
import { MissingTool, Problem } from "../problem.ts";
import type { ObservationName } from "./observations.ts";
import type { Places } from "./places.ts";
import type { Requirement } from "../requirements.ts";
import type { Control, Observation } from "./result.ts";

/** What a probe gives. */
export interface Probed {
  readonly observations: readonly Observation[];
  /** The raw readings by name, each kept as a file beside the result: text, or plain JSON. */
  readonly readings: Readonly<Record<string, unknown>>;
}

/**
 * Collects one probe's observations.
 *
 * @throws {Problem} where nothing could be observed
 */
export type CollectProbe = (places: Places) => Promise<Probed>;

/** What was found, with the controls that make it believable. */
export interface Finding {
  readonly value: boolean | number;
  /** The readings, as a sentence that tells what is true here. */
  readonly seen: string;
  readonly controls: readonly Control[];
}

/** An observation with a value. */
export function observed(name: ObservationName, { value, seen, controls }: Finding): Observation {
  return { name, value, seen, controls, absence: null };
}

/** An observation that could not be made because the host lacks something. */
export function lacking(
  name: ObservationName,
  because: string,
  lacks: Requirement | null,
): Observation {
  return {
    name,
    value: null,
    seen: because,
    controls: [],
    absence: { verdict: "untested", because, lacks },
  };
}

/** An observation that failed: a missing tool leaves it untested, anything else is an error. */
export function failed(name: ObservationName, problem: Problem): Observation {
  if (problem instanceof MissingTool) return lacking(name, problem.message, problem.lacks);
  const because = problem.message;
  const absence = { verdict: "error", because, lacks: null } as const;
  return { name, value: null, seen: because, controls: [], absence };
}

/** Makes several observations in one go; where that fails, each of them says why. */
export async function attempt(
  names: readonly ObservationName[],
  observe: () => Promise<readonly Observation[]>,
): Promise<readonly Observation[]> {
  try {
    return await observe();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return names.map((name) => failed(name, error));
  }
}

/** A control that must succeed. */
export function positive(what: string, held: boolean, seen: string): Control {
  return { kind: "positive", what, held, seen };
}

/** A control that must fail: `held` is whether it did. */
export function negative(what: string, held: boolean, seen: string): Control {
  return { kind: "negative", what, held, seen };
}
