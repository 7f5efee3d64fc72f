/**
 * How sure a verdict is, in a few words: the interval and its blocks, or the controls that held.
 *
 * @module
 */
import type {
  ClaimVerdict,
  Observation,
  Result,
  ThresholdRange,
  Thresholds,
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
  if (verdict.verdict !== "confirmed" && verdict.verdict !== "refuted") return null;
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
  const [en, zh] = (["en", "zh"] as const).map((language) =>
    moved.map((name) => `${THRESHOLDS[name][language]} ${thresholdInWords(holds[name])[language]}`)
  );
  return {
    en: `${n ?? 0} blocks; stays while the threshold is ${en?.join(" and ")}`,
    zh: `${n ?? 0} 个区组；阈值${zh?.join("且")}时判定不变`,
  };
}

const THRESHOLDS = {
  high: { en: "high", zh: "高" },
  medium: { en: "medium", zh: "中" },
} as const;

function controlCertainty(
  { parts = [], verdict }: ClaimVerdict,
  find: FindObservation,
): Bilingual | null {
  const deciding = parts.filter((part) => part.verdict === verdict);
  const controls = deciding.flatMap(({ name }) => find(name)?.controls ?? []);
  if (controls.length === 0) return null;
  const held = controls.filter((control) => control.held).length;
  return {
    en: `${held} of ${controls.length} controls held`,
    zh: `${controls.length} 项对照中 ${held} 项成立`,
  };
}

/** Over which values of one threshold a verdict stays: `"above 0.843"`. */
export function thresholdInWords({ above, atMost }: ThresholdRange): Bilingual {
  if (above === null && atMost === null) return { en: "any", zh: "任意" };
  if (above === null) return { en: `up to ${atMost}`, zh: `不高于 ${atMost}` };
  if (atMost === null) return { en: `above ${above}`, zh: `高于 ${above}` };
  return { en: `above ${above}, up to ${atMost}`, zh: `高于 ${above} 且不高于 ${atMost}` };
}

/** The thresholds over which a verdict stays, beside those it was judged by; null where none moves it. */
export function holdsInWords(
  { holds }: Pick<ClaimVerdict, "holds">,
  thresholds: Thresholds,
): Bilingual | null {
  if (holds === undefined) return null;
  const [high, medium] = [thresholdInWords(holds.high), thresholdInWords(holds.medium)];
  return {
    en:
      `high: ${high.en} (now ${thresholds.high}); medium: ${medium.en} (now ${thresholds.medium})`,
    zh: `高：${high.zh}（现为 ${thresholds.high}）；中：${medium.zh}（现为 ${thresholds.medium}）`,
  };
}
