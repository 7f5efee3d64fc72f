/**
 * Badges: the counts of verdicts as a small picture for other pages.
 *
 * @module
 */
import { makeBadge } from "badge-maker";
import type { Verdict } from "../../suites/result.ts";
import { displayText } from "../display.ts";
import type { StoredRun } from "../history/stored.ts";
import { FACES } from "../verdicts.ts";
import { originInWords } from "./origins.ts";

/** Counts that a badge shows, in this order; the others would make it too long. */
const SHOWN: readonly Verdict[] = ["confirmed", "refuted", "error"];

const LONGEST_LABEL = 40;

/**
 * An SVG of a host's newest night: its counts, its day, and whether it was no measurement, for the badge
 * stands without the page around it. Its colour is that of the worst verdict. `label` may be any text.
 */
export function verdictBadge(label: string, night: StoredRun | null): string {
  const present = night === null ? [] : SHOWN.filter((verdict) => night.counts[verdict] > 0);
  const counts = present.map((verdict) => `${FACES[verdict].symbol} ${night?.counts[verdict]}`);
  const origin = originInWords(night);
  const parts = [origin?.en, counts.join("  ") || "nothing decided", night?.startedAt.slice(0, 10)];
  return makeBadge({
    label: displayText(label, LONGEST_LABEL),
    message: parts.filter((part) => part !== undefined).join(" · "),
    color: FACES[origin === null ? present.at(-1) ?? "untested" : "untested"].color,
  });
}
