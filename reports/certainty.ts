/**
 * How sure a verdict is, in a few words: the interval and its blocks, or the controls that held.
 *
 * @module
 */
import {
  type ClaimVerdict,
  isDecided,
  type Observation,
  type Result,
  type ThresholdRange,
  type Thresholds,
} from "../suites/result.ts";
import type { Bilingual } from "./sentences.ts";

/** Finds the observation of a name; null where the result has none. */
export type FindObservation = (name: string) => Observation | null;

/** Looks up the observations of a result. */
export function observationsOf({ probes }: Pick<Result, "probes">): FindObservation {
  const byName = new Map<string, Observation>(
    probes.flatMap(({ observations }) => observations.map((one) => [one.name, one] as const)),
  );
  return (name) => byName.get(name) ?? null;
}

/** What makes a decided verdict believable; null for one that is open or editorial. */
export function certainty(verdict: ClaimVerdict, find: FindObservation): Bilingual | null {
  if (!isDecided(verdict.verdict)) return null;
  const parts = [ratioCertainty(verdict), controlCertainty(verdict, find)].filter((one) =>
    one !== null
  );
  if (parts.length === 0) return null;
  return { en: parts.map(({ en }) => en).join("; "), zh: parts.map(({ zh }) => zh).join("；") };
}

/** The sentence has the figures; here stands how far the thresholds could move. */
function ratioCertainty({ holds, n }: ClaimVerdict): Bilingual | null {
  if (holds === undefined) return null;
  const moved = (["high", "medium"] as const).filter((name) =>
    holds[name].above !== null || holds[name].atMost !== null
  );
  const blocks = { en: `${n ?? 0} blocks`, zh: `${n ?? 0} 个区组` };
  if (moved.length === 0) {
    return {
      en: `${blocks.en}; neither threshold alone moves it`,
      zh: `${blocks.zh}；单独改动任一阈值均不影响`,
    };
  }
  const say = (language: "en" | "zh") =>
    moved.map((name) =>
      `${THRESHOLDS[name][language]} ${thresholdInWords(name, holds[name])[language]}`
    );
  return {
    en: `${blocks.en}; the same with ${say("en").join(" and ")}`,
    zh: `${blocks.zh}；${say("zh").join("且")}时判定相同`,
  };
}

const THRESHOLDS = {
  high: { en: "a high threshold", zh: "高阈值" },
  medium: { en: "a medium threshold", zh: "中阈值" },
} as const;

function controlCertainty(
  { parts = [], verdict }: ClaimVerdict,
  find: FindObservation,
): Bilingual | null {
  const deciding = parts.filter((part) => part.verdict === verdict);
  const names = new Set(deciding.map(({ name }) => name));
  const controls = [...names].flatMap((name) => find(name)?.controls ?? []);
  if (controls.length === 0) return null;
  const held = controls.filter((control) => control.held).length;
  return {
    en: `${held} of ${controls.length} controls held`,
    zh: `${controls.length} 项对照中 ${held} 项成立`,
  };
}

/** Bounds are told to a thousandth, rounded towards the thresholds that keep the verdict. */
const PRECISION = 1000;

/** All values that a threshold can have while the other one stays where it is. */
const ANY = {
  high: { en: "any above the medium one", zh: "中阈值以上的任意值" },
  medium: { en: "any up to the high one", zh: "不超过高阈值的任意值" },
} as const;

/** Over which values of one threshold a verdict stays, the other one unmoved: `"above 0.843"`. */
export function thresholdInWords(
  name: keyof Thresholds,
  { above, atMost }: ThresholdRange,
): Bilingual {
  const low = above === null ? null : Math.ceil(above * PRECISION) / PRECISION;
  const high = atMost === null ? null : Math.floor(atMost * PRECISION) / PRECISION;
  if (low === null && high === null) return ANY[name];
  if (low === null) return { en: `up to ${high}`, zh: `不高于 ${high}` };
  if (high === null) return { en: `above ${low}`, zh: `高于 ${low}` };
  return { en: `above ${low}, up to ${high}`, zh: `高于 ${low} 且不高于 ${high}` };
}

/** The thresholds over which a verdict stays, beside those it was judged by; null where none moves it. */
export function holdsInWords(
  { holds }: Pick<ClaimVerdict, "holds">,
  thresholds: Thresholds,
): Bilingual | null {
  if (holds === undefined) return null;
  const [high, medium] = [
    thresholdInWords("high", holds.high),
    thresholdInWords("medium", holds.medium),
  ];
  return {
    en:
      `high: ${high.en} (now ${thresholds.high}); medium: ${medium.en} (now ${thresholds.medium}); each alone`,
    zh:
      `高：${high.zh}（现为 ${thresholds.high}）；中：${medium.zh}（现为 ${thresholds.medium}）；各自单独改动`,
  };
}
