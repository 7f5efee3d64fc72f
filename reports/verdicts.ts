/**
 * How each verdict looks: a symbol, a word in both languages and a colour, together, never the
 * colour alone. The colours are Okabe and Ito's, which colour-blind readers can tell apart
 * (Okabe and Ito, Color Universal Design, 2008).
 *
 * @module
 */
import { type Verdict, VERDICTS } from "../suites/result.ts";

/** A verdict's face. */
export interface VerdictFace {
  readonly symbol: string;
  readonly wordZh: string;
  readonly wordEn: string;
  readonly color: string;
  readonly meaningZh: string;
  readonly meaningEn: string;
}

export const FACES: Readonly<Record<Verdict, VerdictFace>> = {
  confirmed: {
    symbol: "✔",
    wordZh: "证实",
    wordEn: "confirmed",
    color: "#009E73",
    meaningZh: "本机的证据满足该论断的判定规则",
    meaningEn: "the evidence gathered on this host satisfies the claim's rule",
  },
  refuted: {
    symbol: "✘",
    wordZh: "证伪",
    wordEn: "refuted",
    color: "#D55E00",
    meaningZh: "本机的证据与该论断相悖",
    meaningEn: "the evidence contradicts the claim; the sentence says what is true instead",
  },
  inconclusive: {
    symbol: "≈",
    wordZh: "未决",
    wordEn: "inconclusive",
    color: "#E69F00",
    meaningZh: "已测量，但区间跨越阈值、对照失败或测量降级",
    meaningEn: "measured, but the interval straddles a threshold, or a control failed",
  },
  untested: {
    symbol: "○",
    wordZh: "未测",
    wordEn: "untested",
    color: "#B4B9C0",
    meaningZh: "本机缺少所需条件，并说明如何获得",
    meaningEn: "something is missing here; the sentence names it and says how to get it",
  },
  error: {
    symbol: "!",
    wordZh: "出错",
    wordEn: "error",
    color: "#CC79A7",
    meaningZh: "检查本身失败，绝不算作证伪",
    meaningEn: "the check itself broke; never counted as refuted",
  },
  editorial: {
    symbol: "¶",
    wordZh: "论述",
    wordEn: "editorial",
    color: "#56B4E9",
    meaningZh: "没有任何测量能够证伪",
    meaningEn: "no measurement could falsify it",
  },
};

/** How many have each verdict; every verdict is present. */
export function countVerdicts(
  judged: Iterable<{ readonly verdict: Verdict }>,
): Record<Verdict, number> {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<
    Verdict,
    number
  >;
  for (const { verdict } of judged) counts[verdict]++;
  return counts;
}

/** The counts in words, without those that are 0: `"12 confirmed, 3 refuted"`. */
export function countsInWords(
  counts: Readonly<Record<Verdict, number>>,
): { readonly en: string; readonly zh: string } {
  const present = VERDICTS.filter((verdict) => counts[verdict] > 0);
  return {
    en: present.map((one) => `${counts[one]} ${one}`).join(", ") || "none",
    zh: present.map((one) => `${FACES[one].wordZh} ${counts[one]}`).join("、") || "无",
  };
}
