/**
 * What a result must not say twice: readers would take one of the two, and not all of them the same. Pure.
 *
 * @module
 */
import type { Result } from "./result.ts";

/**
 * A claim, or a ratio of an experiment, that stands twice in a result; null where none does. Two are the
 * same that are the same `as` they are kept.
 */
export function saidTwice(
  { claims, experiments }: Pick<Result, "claims" | "experiments">,
  as: (text: string) => string = (text) => text,
): string | null {
  const ratios = experiments.flatMap(({ name, ratios }) =>
    ratios.map(({ workload, arm }) => JSON.stringify([name, workload, arm].map(as)))
  );
  const seen = new Set<string>();
  const names = [...claims.map(({ id }) => as(id)), ...ratios];
  return names.find((name) => seen.size === seen.add(name).size) ?? null;
}
