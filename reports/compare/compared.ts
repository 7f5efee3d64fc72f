/**
 * Two results and what was found of them, made fit to be shown; and the sentences that their reports share.
 *
 * @module
 */
import {
  compareResults,
  isComparable,
  type ResultComparison,
  type VerdictChange,
} from "../../suites/compare.ts";
import type { Aspect, Value } from "../../suites/compare_surroundings.ts";
import type { Result } from "../../suites/result.ts";
import {
  type Incomparable,
  PRACTICAL_FACTOR,
  type Side,
  type TwoRuns,
} from "../../suites/statistics/two_runs.ts";
import { displayText, forDisplay } from "../display.ts";
import { type Bilingual, warnings } from "../sentences.ts";
import { gibibytes } from "../units.ts";

export const SIDES: readonly Side[] = ["a", "b"];

/** Two results beside each other. */
export interface Compared extends Readonly<Record<Side, Result>> {
  readonly comparison: ResultComparison;
}

/** Compares two results, and makes all that is shown of them fit for it. */
export function comparedForDisplay(a: Result, b: Result): Compared {
  return { a: head(a), b: head(b), comparison: displayed(compareResults(a, b)) };
}

/** The result without its evidence, of which the comparison has what is shown. */
function head(result: Result): Result {
  return forDisplay({ ...result, probes: [], experiments: [] });
}

function displayed(comparison: ResultComparison): ResultComparison {
  return JSON.parse(
    JSON.stringify(comparison),
    (_, value: unknown) => typeof value === "string" ? displayText(value) : value,
  );
}

/** What a reader must know before anything else: dry runs, rules that differ, nothing to compare. */
export function comparisonWarnings({ a, b, comparison }: Compared): Bilingual[] {
  const ofSide = (side: Side, result: Result) =>
    warnings(result).map(({ en, zh }) => (
      { en: `${side.toUpperCase()}: ${en}`, zh: `${side.toUpperCase()}：${zh}` }
    ));
  const aspects = new Set(comparison.surroundings.differences.map(({ aspect }) => aspect));
  return [
    ...ofSide("a", a),
    ...ofSide("b", b),
    ...(isComparable(comparison) ? [] : [NOTHING_COMPARABLE]),
    ...(aspects.has("thresholds") ? [OTHER_THRESHOLDS] : []),
    ...(aspects.has("version") ? [OTHER_VERSION] : []),
  ];
}

const NOTHING_COMPARABLE: Bilingual = {
  en: "NOTHING CAN BE COMPARED: no claim is decided in both results, and no ratio is measured in " +
    "both. That nothing differs shows nothing.",
  zh:
    "无可比较：没有论断在两份结果中均已判定，也没有比值在两者中均已测得。未见差异不说明任何问题。",
};

const OTHER_THRESHOLDS: Bilingual = {
  en:
    "THE THRESHOLDS DIFFER: verdicts on performance may differ for that alone. Judge one of the " +
    "two again under the other's (deno task judge RESULT --threshold … --out DIR), and compare that.",
  zh: "阈值不同：仅此一点即可使性能判定不同。请以另一方的阈值重新判定其一" +
    "（deno task judge RESULT --threshold … --out DIR），再作比较。",
};

const OTHER_VERSION: Bilingual = {
  en: "The versions of cellproof differ, and so may the rules. This one judges stored evidence " +
    "again with deno task judge.",
  zh: "cellproof 版本不同，判定规则可能也不同。可用 deno task judge 以本版本重新判定已存证据。",
};

/** What two runs cannot tell, whatever their intervals. */
export function caution({ comparison }: Compared): Bilingual {
  const { sameRun, sameHost } = comparison.surroundings;
  if (sameRun) return ONE_RUN;
  return sameHost ? ONE_HOST : TWO_HOSTS;
}

const ONE_RUN: Bilingual = {
  en: "A and B are one run: what was measured is the same, so that it agrees shows nothing. What " +
    "differs comes from how it was judged, or from how far the run had come.",
  zh:
    "A 与 B 是同一次运行：测得的数据相同，因此一致并不说明任何问题。差异只来自判定方式或运行进度。",
};

const ONE_HOST: Bilingual = {
  en:
    "Two runs of one host: each interval holds the noise within its run, not that between runs. One " +
    "pair cannot tell a change of the machine from a change between any two runs; a history of " +
    "many nights can.",
  zh: "同一主机的两次运行：各区间只含本次运行内的噪声，不含运行之间的差异。" +
    "仅凭一对运行无法区分机器变化与运行间波动；多夜的历史记录可以。",
};

const TWO_HOSTS: Bilingual = {
  en:
    "Each interval holds the noise within its run, not that between runs of one host: figures that " +
    "have parted may have done so for this pair of runs alone.",
  zh: "各区间只含本次运行内的噪声，不含同一主机多次运行之间的差异：数值分离可能仅限于这一对运行。",
};

/** What a ratio in these tables is, and what is not compared. */
export const ABOUT_RATIOS: Bilingual = {
  en: `A ratio says how much of native was kept in the same run, not how fast a host is. ` +
    `“Parted” are two that are more than ${practicalPercent()} apart, “alike” two that are shown to be ` +
    "nearer than that. That intervals overlap shows neither.",
  zh:
    `比值表示同一次运行中保留了多少原生性能，而非主机快慢。相差超过 ${practicalPercent()} 者为“分离”，` +
    "确证相差更小者为“相近”；区间重叠本身两者都不能说明。",
};

function practicalPercent(): string {
  return `${Math.round((PRACTICAL_FACTOR - 1) * 100)} %`;
}

/** How many verdicts differ, and how many are the same, by what that tells. */
export function verdictCounts({ comparison: { verdicts } }: Compared): Bilingual {
  const { different: { length: differ }, same: { decided, open, editorial } } = verdicts;
  return {
    en: `${differ} differ, ${decided} are decided alike, ${open} are open in both, ` +
      `${editorial} are editorial`,
    zh: `${differ} 条不同，${decided} 条判定一致，${open} 条双方均未判定，${editorial} 条为论述`,
  };
}

/** Headings of the verdicts that differ. */
export const CHANGE_TITLES: Readonly<Record<VerdictChange, Bilingual>> = {
  opposed: { en: "Decided both ways", zh: "判定相反" },
  "decided-in-one": { en: "Decided in one, open in the other", zh: "仅一方已判定" },
  otherwise: { en: "Decided in neither", zh: "双方均未判定" },
};

/** What may be said of a ratio. */
export const FINDING_WORDS: Readonly<Record<TwoRuns["kind"], Bilingual>> = {
  parted: { en: "parted", zh: "分离" },
  alike: { en: "alike", zh: "相近" },
  "cannot-tell": { en: "cannot tell", zh: "无法判断" },
};

/** The rest of what may be said: which is higher and by how much, or why nothing may be said. */
export function findingInWords(finding: TwoRuns): Bilingual {
  if (finding.kind === "cannot-tell") return doubtInWords(finding);
  const { low, high } = finding.quotient;
  if (finding.kind === "alike") return sameInBoth(`B/A ${low.toFixed(3)} – ${high.toFixed(3)}`);
  const [least, most] = finding.higher === "b" ? [low, high] : [1 / high, 1 / low];
  const side = finding.higher.toUpperCase();
  return {
    en: `${side} higher, ${timesInWords(least)} to ${timesInWords(most)}`,
    zh: `${side} 更高，${timesInWords(least)} 至 ${timesInWords(most)}`,
  };
}

function doubtInWords({ quotient, why }: TwoRuns & { readonly kind: "cannot-tell" }): Bilingual {
  if ("seen" in why) return obstacleInWords(why);
  const sides = why.sides.map((side) => side.toUpperCase());
  const [en, zh] = [sides.join(" and "), sides.join("、")];
  if (why.reason === "too-few") return { en: `too few blocks in ${en}`, zh: `${zh} 的区组过少` };
  if (why.reason === "control") {
    return { en: `the A/A control of ${en} may explain it`, zh: `${zh} 的 A/A 对照足以解释差异` };
  }
  return sameInBoth(
    `B/A ${(quotient?.low ?? NaN).toFixed(3)} – ${(quotient?.high ?? NaN).toFixed(3)}`,
  );
}

const OBSTACLE_WORDS: Readonly<Record<Incomparable["reason"], Bilingual>> = {
  "other-work": { en: "other work: ", zh: "工作不同：" },
  "other-reference": { en: "other references: ", zh: "参照不同：" },
  obstacle: { en: "", zh: "" },
};

/** What keeps each run from being compared, in the words of the judge. */
function obstacleInWords({ reason, sides, seen }: Incomparable): Bilingual {
  const { en, zh } = OBSTACLE_WORDS[reason];
  const told = sides.map((side) => `${side.toUpperCase()}: ${seen[side]}`).join("; ");
  return { en: `${en}${told}`, zh: `${zh}${told}` };
}

function sameInBoth(text: string): Bilingual {
  return { en: text, zh: text };
}

/** A factor above 1: by how much in percent, or how many times. */
function timesInWords(factor: number): string {
  return factor < 2 ? `+${((factor - 1) * 100).toFixed(1)} %` : `${factor.toPrecision(3)} ×`;
}

/** Names of what may differ around two runs; a tool is named by itself. */
export const ASPECT_WORDS: Readonly<Record<Aspect, Bilingual>> = {
  thresholds: { en: "thresholds", zh: "阈值" },
  version: { en: "cellproof", zh: "cellproof" },
  selection: { en: "selected claims", zh: "所选论断" },
  budget: { en: "time budget (s)", zh: "时限（秒）" },
  hostname: { en: "host", zh: "主机" },
  environment: { en: "runs", zh: "运行环境" },
  cpu: { en: "CPU", zh: "处理器" },
  memory: { en: "memory", zh: "内存" },
  firmware: { en: "firmware", zh: "固件" },
  os: { en: "system", zh: "系统" },
  kernel: { en: "kernel", zh: "内核" },
  governor: { en: "frequency governor", zh: "调频策略" },
  "gpu-driver": { en: "NVIDIA driver", zh: "NVIDIA 驱动" },
  gpus: { en: "GPUs in one alone", zh: "仅一方有的 GPU" },
  pci: { en: "PCI functions in one alone", zh: "仅一方有的 PCI 功能" },
  tool: { en: "tool", zh: "工具" },
};

const MOST_LISTED = 8;

/** A value of an aspect; a dash where there is none. */
export function valueInWords(aspect: Aspect, value: Value): string {
  if (value === null || value === "") return "–";
  if (typeof value === "number") return aspect === "memory" ? gibibytes(value) : String(value);
  if (typeof value === "string") return value;
  if (value.length === 0) return "–";
  const more = value.length > MOST_LISTED ? [`and ${value.length - MOST_LISTED} more`] : [];
  return [...value.slice(0, MOST_LISTED), ...more].join("; ");
}
