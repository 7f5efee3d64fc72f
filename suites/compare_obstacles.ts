/**
 * What keeps a ratio in two runs from being compared, whatever its figures: the judge's own obstacles in
 * either run, and what makes the two ratios of different things. Pure.
 *
 * @module
 */
import { workIn } from "./judge_across.ts";
import { obstacle, type Subject } from "./judge_performance.ts";
import type { Incomparable, Side } from "./statistics/two_runs.ts";

/** Why the two may not be compared, or null. */
export function obstacleBetween(a: Subject, b: Subject): Incomparable | null {
  const references = { a: a.reference, b: b.reference };
  if (references.a !== references.b) return inBoth("other-reference", references);
  const obstacles = { a: obstacleIn(a), b: obstacleIn(b) };
  const sides = (["a", "b"] as const).filter((side) => obstacles[side] !== null);
  if (sides.length > 0) return { reason: "obstacle", sides, seen: obstacles };
  const works = { a: workOf(a), b: workOf(b) };
  return works.a === works.b ? null : inBoth("other-work", works);
}

function inBoth(
  reason: Incomparable["reason"],
  seen: Readonly<Record<Side, string>>,
): Incomparable {
  return { reason, sides: ["a", "b"], seen };
}

/**
 * What keeps the judge from a ratio of one run, or null. The control stands for no paradigm, but where it
 * is degraded it shows nothing of the run either.
 */
export function obstacleIn(subject: Subject): string | null {
  const { control } = subject.experiment;
  const found = obstacle(subject) ?? obstacle({ ...subject, arm: control });
  return found?.because ?? null;
}

function workOf({ experiment, workload }: Subject): string {
  return workIn(experiment, workload);
}
