/**
 * Badges: the counts of verdicts as a small picture for other pages.
 *
 * @module
 */
import { makeBadge } from "badge-maker";
import { type Verdict, VERDICTS } from "../../suites/result.ts";
import { displayText } from "../display.ts";
import { FACES } from "../verdicts.ts";

/** Counts that a badge shows, in this order; the others would make it too long. */
const SHOWN: readonly Verdict[] = ["confirmed", "refuted", "error"];

const LONGEST_LABEL = 40;

/** An SVG of the counts; its colour is that of the worst verdict. `label` may be any text. */
export function verdictBadge(label: string, counts: Readonly<Record<Verdict, number>>): string {
  const present = SHOWN.filter((verdict) => counts[verdict] > 0);
  const message = present.map((verdict) => `${FACES[verdict].symbol} ${counts[verdict]}`);
  return makeBadge({
    label: displayText(label, LONGEST_LABEL),
    message: message.join("  ") || "nothing decided",
    color: FACES[present.at(-1) ?? "untested"].color,
  });
}

/** No counts at all. */
export function noVerdicts(): Record<Verdict, number> {
  return Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
}
