/**
 * What claims are expected to come out as, and what a run made of that: pure.
 *
 * @module
 */
import { CLAIMS } from "./claims/claims.ts";
import { type ClaimVerdict, isDecided, type Thresholds, type Verdict } from "./result.ts";

/** Version of the shape below; a reader refuses a newer one. */
export const EXPECTATIONS_VERSION = 1;

/** The verdicts that a user relies on, and what may differ from them for a while. */
export interface Expectations {
  readonly version: number;
  readonly source: ExpectationSource;
  /** The verdict that is expected, by the claim's id. */
  readonly claims: Readonly<Record<string, Verdict>>;
  readonly waivers: readonly Waiver[];
}

/** The run that the verdicts were last renewed from. */
export interface ExpectationSource {
  readonly hostname: string;
  readonly startedAt: string;
  /** Version of cellproof. */
  readonly cellproof: string;
  /** Verdicts under other thresholds are no match for these. */
  readonly thresholds: Thresholds;
  /** The fixture that was replayed; null where the run was live. */
  readonly fixture: string | null;
}

/** Lets one claim come out otherwise than expected until it expires. */
export interface Waiver {
  readonly id: string;
  /** The verdicts that are let pass; absent for any. */
  readonly verdicts?: readonly Verdict[];
  readonly reason: string;
  /** The last day on which it excuses, in UTC, such as "2027-01-31". */
  readonly expires: string;
}

/** A waiver on the day of the comparison. */
export interface WaiverState extends Waiver {
  /** Days on which it still excuses after this one; negative once it has expired. */
  readonly daysLeft: number;
}

/**
 * What became of one expectation:
 * - `kept`: the verdict is the one that is expected
 * - `flipped`: confirmed instead of refuted, or refuted instead of confirmed
 * - `lost`: it was decided, and is no longer
 * - `missing`: it was to be judged, and the result has no verdict
 * - `gained`: it is decided, and was not, or is not in the file
 * - `moved`: it is open or editorial, and was so in another way
 * - `waived`: it would be flipped, lost or missing, and a waiver excuses that
 * - `unlisted`: it is open or editorial, and is not in the file
 */
export type Outcome =
  | "kept"
  | "flipped"
  | "lost"
  | "missing"
  | "gained"
  | "moved"
  | "waived"
  | "unlisted";

/** One claim beside what is expected of it. */
export interface ClaimAgreement {
  readonly id: string;
  /** Null where the file does not list it. */
  readonly expected: Verdict | null;
  /** Null where the result lacks it. */
  readonly verdict: ClaimVerdict | null;
  readonly outcome: Outcome;
  /** The waiver of this claim, whether or not it excuses anything. */
  readonly waiver: WaiverState | null;
}

/** A run beside the expectations of it. */
export interface Agreement {
  readonly source: ExpectationSource;
  /** The selected claims that the file or the result has, in the document's order. */
  readonly claims: readonly ClaimAgreement[];
  /** The waivers of selected claims. */
  readonly waivers: readonly WaiverState[];
}

const MILLISECONDS_PER_DAY = 86_400_000;

/** What a run made of the expectations of the claims with the `selected` ids, on the day of `now`. */
export function agreementOf(
  { source, claims: expected, waivers: all }: Expectations,
  { claims, selected, now }: {
    readonly claims: readonly ClaimVerdict[];
    readonly selected: readonly string[];
    readonly now: Date;
  },
): Agreement {
  const verdicts = new Map(claims.map((claim) => [claim.id, claim]));
  const waivers = all.filter(({ id }) => selected.includes(id))
    .map((waiver) => ({ ...waiver, daysLeft: daysLeft(waiver, now) }));
  const listed = selected.filter((id) => id in expected || verdicts.has(id));
  return {
    source,
    claims: listed.map((id) => {
      const waiver = waivers.find((one) => one.id === id) ?? null;
      const sides = { expected: expected[id] ?? null, verdict: verdicts.get(id) ?? null };
      return { id, ...sides, outcome: waivedOutcome(sides, waiver), waiver };
    }),
    waivers,
  };
}

/**
 * What became of an expectation, without regard to waivers. In the rows stands what is expected, in
 * the columns what came out:
 *
 * |                                   | confirmed | refuted | same open | other open | absent  |
 * | --------------------------------- | --------- | ------- | --------- | ---------- | ------- |
 * | confirmed                         | kept      | flipped |           | lost       | missing |
 * | refuted                           | flipped   | kept    |           | lost       | missing |
 * | inconclusive, untested, error or editorial ("open") | gained | gained | kept | moved | missing |
 * | not in the file                   | gained    | gained  |           | unlisted   |         |
 *
 * A run disagrees where one is flipped, lost or missing. What was newly decided, a refuted claim
 * too, is told, and is no failure: nothing that was relied on has changed.
 */
export function outcomeOf(expected: Verdict | null, seen: Verdict | null): Outcome {
  if (seen === null) return "missing";
  if (seen === expected) return "kept";
  if (isDecided(seen)) return isDecided(expected) ? "flipped" : "gained";
  if (expected === null) return "unlisted";
  return isDecided(expected) ? "lost" : "moved";
}

/** Outcomes that a waiver may excuse, and that fail a run otherwise. */
export const DISAGREEMENTS: readonly Outcome[] = ["flipped", "lost", "missing"];

function waivedOutcome(
  { expected, verdict }: Pick<ClaimAgreement, "expected" | "verdict">,
  waiver: WaiverState | null,
): Outcome {
  const seen = verdict?.verdict ?? null;
  const outcome = outcomeOf(expected, seen);
  if (waiver === null || !DISAGREEMENTS.includes(outcome)) return outcome;
  return excuses(waiver, seen) ? "waived" : outcome;
}

/** A waiver that names verdicts does not excuse that there is none. */
function excuses({ verdicts, daysLeft }: WaiverState, seen: Verdict | null): boolean {
  if (daysLeft < 0) return false;
  return verdicts === undefined || (seen !== null && verdicts.includes(seen));
}

/** Whether its last day lies before that of `now`, by UTC. */
export function hasExpired(waiver: Waiver, now: Date): boolean {
  return daysLeft(waiver, now) < 0;
}

function daysLeft({ expires }: Waiver, now: Date): number {
  const today = Math.floor(now.getTime() / MILLISECONDS_PER_DAY);
  return Date.parse(`${expires}T00:00:00Z`) / MILLISECONDS_PER_DAY - today;
}

/** Why expectations cannot be used, and the value that shows it. */
export interface Fault {
  readonly condition: string;
  readonly seen: string;
}

/** What no run can be held to: unknown claims, waivers that are none; null where all is well. */
export function faultOf({ claims, waivers }: Expectations): Fault | null {
  const listed = Object.keys(claims);
  if (listed.length === 0) return { condition: "it expects nothing of any claim", seen: "" };
  const unknown = listed.find((id) => !isClaim(id));
  if (unknown !== undefined) return { condition: "it names a claim that is none", seen: unknown };
  const ids = waivers.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) return { condition: "it waives a claim twice", seen: twice };
  return waivers.map(waiverFault).find((fault) => fault !== null) ?? null;
}

/** Why a waiver cannot be used; null where it can. */
export function waiverFault({ id, verdicts, reason, expires }: Waiver): Fault | null {
  if (!isClaim(id)) return { condition: "it waives a claim that is none", seen: id };
  if (reason.trim() === "") return { condition: `the waiver of ${id} gives no reason`, seen: "" };
  if (verdicts?.length === 0) {
    return { condition: `the waiver of ${id} lets no verdict pass`, seen: "[]" };
  }
  if (isDate(expires)) return null;
  return { condition: `the waiver of ${id} expires on no date such as 2027-01-31`, seen: expires };
}

function isClaim(id: string): boolean {
  return CLAIMS.some((claim) => claim.id === id);
}

function isDate(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
