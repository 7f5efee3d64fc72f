/**
 * What a run made of its expectations, in words that are fit to be shown.
 *
 * @module
 */
import { CLAIMS } from "../suites/claims/claims.ts";
import type {
  Agreement,
  ClaimAgreement,
  ExpectationSource,
  Outcome,
  WaiverState,
} from "../suites/expectations.ts";
import { displayText } from "./display.ts";
import { subject } from "./judged.ts";
import { minuteInUtc } from "./units.ts";

/** How much something matters: an error was relied on and turned round. */
export type Weight = "error" | "warning" | "notice";

/** One thing to tell. */
export interface Told {
  readonly weight: Weight;
  /** A clause that begins with the claim's id. */
  readonly title: string;
  /** Whole sentences. */
  readonly text: string;
}

/** A waiver that ends within so many days is told, so that nobody is surprised by its end. */
export const DAYS_OF_NOTICE = 14;

/** A report lists no more; a file for another host would differ in everything. */
export const MOST_TOLD = 100;

interface OutcomeWords {
  /** Null for what is only counted. */
  readonly weight: Weight | null;
  /** In a title, after the claim's id. */
  readonly became: string;
  /** In the line of counts. */
  readonly counted: string;
}

const WORDS: Readonly<Record<Outcome, OutcomeWords>> = {
  flipped: { weight: "error", became: "has flipped", counted: "flipped" },
  lost: { weight: "warning", became: "is no longer decided", counted: "no longer decided" },
  missing: { weight: "warning", became: "was not judged", counted: "not judged" },
  gained: { weight: "notice", became: "is newly decided", counted: "newly decided" },
  moved: { weight: "notice", became: "is open in another way", counted: "open in another way" },
  waived: { weight: "notice", became: "is waived", counted: "waived" },
  kept: { weight: null, became: "is as expected", counted: "as expected" },
  unlisted: { weight: null, became: "is not expected", counted: "open and not in the file" },
};

const WEIGHTS: readonly Weight[] = ["error", "warning", "notice"];

/** All that a reader should know, what matters most first. */
export function toldOf({ claims, waivers }: Agreement): Told[] {
  const told = [...claims.flatMap(claimTold), ...waivers.flatMap(waiverTold)];
  return WEIGHTS.flatMap((weight) => told.filter((one) => one.weight === weight));
}

/** How many came out how: `"80 as expected, 1 flipped"`, beside whose verdicts, and what to do. */
export function agreementSentence({ source, claims }: Agreement): string {
  const counts = Object.entries(WORDS).map(([outcome, { counted }]) => ({
    count: claims.filter((claim) => claim.outcome === outcome).length,
    counted,
  }));
  const present = counts.filter(({ count }) => count > 0)
    .map(({ count, counted }) => `${count} ${counted}`);
  const keep = claims.some(({ outcome }) => outcome === "gained")
    ? " Run `deno task expect` to expect what is newly decided."
    : "";
  return `Held to the verdicts of ${sourceInWords(source)}: ${present.join(", ")}.${keep}`;
}

/** Whose verdicts they are: `"gpu-1, 2026-06-01 02:00 UTC"`. */
export function sourceInWords({ hostname, startedAt, fixture }: ExpectationSource): string {
  const played = fixture === null ? "" : ` (the fixture ${displayText(fixture)})`;
  return `${displayText(hostname)}${played}, ${displayText(minuteInUtc(startedAt))}`;
}

/** What came out, beside what was expected: `"refuted, expected confirmed"`. */
export function sidesInWords({ expected, verdict }: ClaimAgreement): string {
  return `${verdict?.verdict ?? "no verdict"}, ${
    expected === null ? "not in the file" : `expected ${expected}`
  }`;
}

/** A claim's outcome in a sentence or three: what it is about, why, and what its waiver says. */
export function claimText({ id, verdict, waiver, outcome }: ClaimAgreement): string {
  const claim = CLAIMS.find((one) => one.id === id);
  const about = claim === undefined ? "" : `${subject(claim)}: “${claim.claimEn}”. `;
  const because = verdict === null ? "The run has no verdict." : displayText(verdict.because);
  const excuse = waiver === null ? "" : ` ${waiverText(waiver, outcome)}`;
  return `${about}${because}${excuse}`;
}

function claimTold(claim: ClaimAgreement): Told[] {
  const { weight, became } = WORDS[claim.outcome];
  if (weight === null) return [];
  return [{
    weight,
    title: `${claim.id} ${became}: ${sidesInWords(claim)}`,
    text: claimText(claim),
  }];
}

/** A waiver that has expired is told, whatever became of its claim. */
function waiverTold(waiver: WaiverState): Told[] {
  const { id, reason, daysLeft, expires } = waiver;
  const why = `Its reason was: ${displayText(reason)}`;
  if (daysLeft < 0) {
    const text = `It excuses nothing any more: renew it, or remove it. ${why}`;
    return [{ weight: "warning", title: `${id}: its waiver expired on ${expires}`, text }];
  }
  if (daysLeft > DAYS_OF_NOTICE) return [];
  const left = `${daysLeft} ${daysLeft === 1 ? "day" : "days"} after this one`;
  return [{ weight: "notice", title: `${id}: its waiver ends on ${expires}, ${left}`, text: why }];
}

function waiverText({ verdicts, reason, expires, daysLeft }: WaiverState, outcome: Outcome) {
  if (daysLeft < 0) return `Its waiver expired on ${expires}.`;
  const why = `: ${displayText(reason)}`;
  if (outcome === "waived") return `Waived until ${expires}${why}`;
  const most = verdicts === undefined ? "" : `, for ${verdicts.join(" or ")}`;
  return `It has a waiver until ${expires}${most}${why}`;
}
