/**
 * Events in words.
 *
 * @module
 */
import { claimOf } from "../../suites/claims/claims.ts";
import { displayText } from "../display.ts";
import type { Bilingual } from "../sentences.ts";
import { counted, ratioInWords } from "../units.ts";
import { FACES } from "../verdicts.ts";
import type { DriftEvent, FlipEvent, HostEvent } from "./events.ts";

/** A claim's place and words; its id where this version does not know it. */
export function claimInWords(id: string): Bilingual {
  const claim = claimOf(id);
  if (claim === null) return { en: displayText(id, 120), zh: displayText(id, 120) };
  if (claim.kind === "fact") {
    return {
      en: `Section ${claim.section}: “${claim.claimEn}”`,
      zh: `第 ${claim.section} 节：“${claim.claimZh}”`,
    };
  }
  return {
    en: `${claim.rowEn}, ${claim.columnEn}: “${claim.claimEn}”`,
    zh: `${claim.rowZh}，${claim.columnZh}：“${claim.claimZh}”`,
  };
}

/** A series by its three names. */
export function seriesInWords(
  { experiment, workload, arm }: Pick<DriftEvent, "experiment" | "workload" | "arm">,
): string {
  return [experiment, workload, arm].map((name) => displayText(name, 60)).join(", ");
}

/** What happened, in a line. */
export function eventInWords(event: HostEvent): Bilingual {
  return event.kind === "flip" ? flipInWords(event) : driftInWords(event);
}

function flipInWords({ claim, from, to }: FlipEvent): Bilingual {
  const { en, zh } = claimInWords(claim);
  return {
    en: `${from} → ${to}: ${en}`,
    zh: `${FACES[from].wordZh} → ${FACES[to].wordZh}：${zh}`,
  };
}

function driftInWords(event: DriftEvent): Bilingual {
  const { before, after } = event;
  const levels = `${ratioInWords(before.ratio)} → ${ratioInWords(after.ratio)}`;
  const [name, words] = [seriesInWords(event), changeInWords(event)];
  return {
    en: `ratio to native ${levels}, ${words}: ${name}`,
    zh: `与原生之比 ${levels}，${words}：${name}`,
  };
}

/** How sure it is: what bears it out. */
export function sureness(event: HostEvent): Bilingual {
  const agreed = event.repeated
    ? { en: "both runs of that night agree", zh: "同夜两次运行一致" }
    : { en: "nights in a row agree", zh: "接连数夜一致" };
  if (event.kind === "flip") return agreed;
  const { before, after } = event;
  return {
    en: `${agreed.en}; ${counted(before.nights, "night")} before, ${after.nights} since`,
    zh: `${agreed.zh}；此前 ${before.nights} 夜，此后 ${after.nights} 夜`,
  };
}

/** By how much a ratio moved, with its interval: `"−9.8 % (−10.4 … −9.1 %)"`. */
export function changeInWords({ change: { ratio, low, high } }: DriftEvent): string {
  const [from, to] = [percent(low), percent(high)];
  return `${percent(ratio)} % (${from} … ${to} %)`;
}

function percent(factor: number): string {
  const change = (factor - 1) * 100;
  return `${change < 0 ? "−" : "+"}${Math.abs(change).toFixed(1)}`;
}
