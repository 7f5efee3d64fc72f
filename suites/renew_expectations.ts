/**
 * Expectations made, or renewed, from a result.
 *
 * @module
 */
import { UsageProblem } from "../problem.ts";
import {
  type Expectations,
  EXPECTATIONS_VERSION,
  type ExpectationSource,
  hasExpired,
  type Waiver,
  waiverFault,
} from "./expectations.ts";
import { CLAIMS } from "./claims/claims.ts";
import { endOf } from "./cut_short.ts";
import type { Result } from "./result.ts";

/** New expectations, and what of the earlier ones is in them. */
export interface Renewal {
  readonly expectations: Expectations;
  /** How many verdicts are the earlier ones, because the result has none. */
  readonly carried: number;
  /** The earlier waivers that had expired, and are left out. */
  readonly expired: readonly Waiver[];
}

/**
 * The verdicts of a result as what is expected from now on. Of the earlier expectations stay the
 * verdicts of claims that the result does not have, and the waivers that have not expired on the day
 * of `now`; `waiver` is added, in the place of one of the same claim.
 *
 * @throws {UsageProblem} for a result that is not finished, a waiver that is none, or verdicts of
 * two hosts or thresholds
 */
export function renewExpectations(
  result: Result,
  { earlier, waiver, now }: {
    readonly earlier: Expectations | null;
    readonly waiver: Waiver | null;
    readonly now: Date;
  },
): Renewal {
  refuseUnfinished(result);
  if (waiver !== null) refuseUselessWaiver(waiver, now);
  const verdicts = Object.fromEntries(result.claims.map(({ id, verdict }) => [id, verdict]));
  const source = sourceOf(result);
  const carried = Object.keys(earlier?.claims ?? {}).filter((id) => !(id in verdicts));
  if (earlier !== null && carried.length > 0) refuseMixture(earlier.source, source);
  const claims = { ...earlier?.claims, ...verdicts };
  const others = (earlier?.waivers ?? []).filter(({ id }) => id !== waiver?.id);
  const expired = others.filter((one) => hasExpired(one, now));
  const kept = others.filter((one) => !hasExpired(one, now));
  return {
    expectations: {
      version: EXPECTATIONS_VERSION,
      source,
      claims: inOrder(claims),
      waivers: waiver === null ? kept : [...kept, waiver],
    },
    carried: carried.length,
    expired,
  };
}

function sourceOf({ host, run }: Result): ExpectationSource {
  return {
    hostname: host.hostname,
    startedAt: run.startedAt,
    cellproof: run.version,
    thresholds: run.thresholds,
    fixture: run.dryRun?.fixture ?? null,
  };
}

/** In the document's order, so that two files of one host differ by nothing but verdicts. */
function inOrder(claims: Expectations["claims"]): Expectations["claims"] {
  const place = new Map(CLAIMS.map(({ id }, index) => [id, index]));
  const placeOf = (id: string) => place.get(id) ?? CLAIMS.length;
  return Object.fromEntries(
    Object.entries(claims).sort(([a], [b]) => placeOf(a) - placeOf(b)),
  );
}

function refuseUnfinished({ run, claims }: Result): void {
  const isWhole = endOf(run) === "whole";
  if (isWhole && claims.length > 0) return;
  throw new UsageProblem({
    action: "take expectations from this result",
    condition: isWhole ? "it judged no claim" : "its run did not finish",
    cure: "Finish the run with --out, or name another result.",
  });
}

function refuseUselessWaiver(waiver: Waiver, now: Date): void {
  const fault = waiverFault(waiver) ??
    (hasExpired(waiver, now)
      ? { condition: `the waiver of ${waiver.id} would have expired already`, seen: waiver.expires }
      : null);
  if (fault !== null) throw new UsageProblem({ action: "waive a claim", ...fault });
}

/** One file holds one host's verdicts, under the same thresholds. */
function refuseMixture(earlier: ExpectationSource, source: ExpectationSource): void {
  const kindOf = ({ hostname, thresholds: { high, medium }, fixture }: ExpectationSource) =>
    `${hostname}${fixture === null ? "" : ` (fixture ${fixture})`}, high=${high},medium=${medium}`;
  if (kindOf(earlier) === kindOf(source)) return;
  throw new UsageProblem({
    action: "renew a part of the expectations",
    condition: "the rest is of another host, fixture or thresholds",
    seen: `${kindOf(earlier)}; now ${kindOf(source)}`,
    cure: "Name another file with --out, or a result of all its claims.",
  });
}
