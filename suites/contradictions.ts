/**
 * Claims of the document that cannot both hold on one measurement.
 *
 * @module
 */
import { CLAIMS } from "./claims/claims.ts";
import type { Band, ClaimVerdict, Contradiction } from "./result.ts";
import { type Part, partsOf, type PerformancePart } from "./rules/rule.ts";
import { ruleOf } from "./rules/rules.ts";

/** A part that puts an arm into a band. */
type BandPart = PerformancePart & { readonly band: Band; readonly holds: "inside" };

/** One thing that a claim says of an arm's performance. */
interface Said {
  readonly id: string;
  readonly part: BandPart;
}

/**
 * The pairs among the judged claims that put one arm of one experiment into two bands, and which of the two the
 * evidence took.
 */
export function findContradictions(claims: readonly ClaimVerdict[]): Contradiction[] {
  const judged = new Set(claims.map(({ id }) => id));
  const said = CLAIMS.filter(({ id }) => judged.has(id)).flatMap(({ id }) => performanceOf(id));
  return said.flatMap((left, index) =>
    said.slice(index + 1)
      .filter((right) => left.id !== right.id && contradict(left.part, right.part))
      .map((right): Contradiction => ({
        ids: [left.id, right.id],
        because: sentence(left.part, right.part),
        evidenceTook: sideTaken([left, right], claims),
      }))
  );
}

function performanceOf(id: string): Said[] {
  const rule = ruleOf(id);
  const parts = rule === undefined ? [] : partsOf(rule);
  return parts.flatMap((part) => isBandPart(part) ? [{ id, part }] : []);
}

function isBandPart(part: Part): part is BandPart {
  return part.kind === "performance" && typeof part.band === "string" && part.holds === "inside";
}

function contradict(left: BandPart, right: BandPart): boolean {
  return left.experiment === right.experiment && left.arm === right.arm &&
    left.band !== right.band && shared(left, right).length > 0;
}

function shared(left: BandPart, right: BandPart): string[] {
  return left.workloads.filter((workload) => right.workloads.includes(workload));
}

function sentence(left: BandPart, right: BandPart): string {
  return `one puts ${left.arm} into the ${left.band} band of ${left.experiment}, the other into the ` +
    `${right.band} band, on ${shared(left, right).join(", ")}`;
}

/** The side that has every measured part confirmed; null when none has. */
function sideTaken(pair: readonly Said[], claims: readonly ClaimVerdict[]): string | null {
  const taken = pair.find(({ id, part }) => {
    const parts = claims.find((claim) => claim.id === id)?.parts ?? [];
    const measured = parts.filter(({ name }) => part.workloads.includes(name));
    return measured.length === part.workloads.length &&
      measured.every(({ verdict }) => verdict === "confirmed");
  });
  return taken?.id ?? null;
}
