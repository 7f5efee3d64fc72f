/**
 * Sentences that several reports share.
 *
 * @module
 */
import { FACTS_LINE } from "../suites/coverage.ts";
import { endOf } from "../suites/cut_short.ts";
import type { Coverage, MissingThing, Result } from "../suites/result.ts";
import { countsInWords, countVerdicts } from "./verdicts.ts";
import { duration, minuteInUtc } from "./units.ts";

/** A sentence in both of the document's languages. */
export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/** What a reader must know before anything else: a dry run, a run that did not finish. */
export function warnings({ run, baseline }: Pick<Result, "run" | "baseline">): Bilingual[] {
  const found: Bilingual[] = [];
  if (run.dryRun?.synthetic) {
    found.push({
      en: `SYNTHETIC: the fixture "${run.dryRun.fixture}" was written by hand. No machine ever ` +
        "gave these answers; the page only shows how a report looks.",
      zh: `合成数据：样本 "${run.dryRun.fixture}" 由人工编写，没有任何机器给出过这些结果；` +
        "本页仅展示报告的样式。",
    });
  } else if (run.dryRun) {
    const { fixture, recordedAt, recordedOn } = run.dryRun;
    found.push({
      en:
        `Dry run: nothing was executed. The answers were replayed from the fixture "${fixture}", ` +
        `recorded ${minuteInUtc(recordedAt)} on ${recordedOn}.`,
      zh: `演练：未执行任何命令。结果由样本 "${fixture}" 重放，` +
        `于 ${minuteInUtc(recordedAt)} 录制自 ${recordedOn}。`,
    });
  }
  if (baseline?.synthetic && !run.dryRun?.synthetic) {
    found.push({
      en: `SYNTHETIC: the result to compare with, ${baseline.source}, was written by hand. ` +
        "No verdict that rests on it tells of a machine.",
      zh: `合成数据：用于对照的结果 ${baseline.source} 由人工编写，` +
        "凡依赖它的判定均不反映任何真实机器。",
    });
  }
  if (endOf(run) !== "whole") {
    found.push({
      en: "This run did not finish: it is still going on, or it was stopped. " +
        "What it had measured until then is here.",
      zh: "本次运行尚未完成：仍在进行，或已被中止。此处是到那时为止的测量结果。",
    });
  }
  return found;
}

/**
 * How long a run took: one that was resumed did not go on all the time from its start to its end, and
 * says so.
 */
export function tookInWords({ startedAt, endedAt, durationSeconds }: Took): Bilingual {
  const took = duration(durationSeconds);
  const ended = endedAt === null ? NaN : Date.parse(endedAt);
  const pausedSeconds = (ended - Date.parse(startedAt)) / 1000 - durationSeconds;
  return pausedSeconds > LEAST_PAUSE_SECONDS
    ? { en: `${took} in several parts`, zh: `分段进行，共 ${took}` }
    : { en: took, zh: took };
}

type Took = Pick<Result["run"], "startedAt" | "endedAt" | "durationSeconds">;

/** Two clocks may differ by less. */
const LEAST_PAUSE_SECONDS = 10;

/** The verdict in one paragraph: how many, on which host, when, under which thresholds. */
export function summary({ claims, host, run }: Result): Bilingual {
  const count = countsInWords(countVerdicts(claims));
  const { high, medium } = run.thresholds;
  const took = tookInWords(run);
  const started = minuteInUtc(run.startedAt);
  return {
    en:
      `Of ${claims.length} claims judged on ${host.hostname} (${host.environment}): ${count.en}. ` +
      `Started ${started}, ${took.en}. A ratio to native of ${high} or more is called high, ` +
      `${medium} or more medium, less than that low.`,
    zh:
      `在 ${host.hostname}（${host.environment}）上判定了 ${claims.length} 条论断：${count.zh}。` +
      `开始于 ${started}，历时 ${took.zh}。与原生之比不低于 ${high} 为高，不低于 ${medium} 为中，` +
      "更低为低。",
  };
}

/** How much of the document was decided. */
export function decidedInWords({ matrices }: Coverage): Bilingual {
  const cells = { decided: 0, total: 0 };
  const facts = { decided: 0, total: 0 };
  for (const { matrix, decided, total } of matrices) {
    const sum = matrix === FACTS_LINE ? facts : cells;
    sum.decided += decided;
    sum.total += total;
  }
  return {
    en: `${cells.decided} of ${cells.total} cells and ${facts.decided} of ${facts.total} facts ` +
      "are decided.",
    zh: `${cells.total} 个单元格中已判定 ${cells.decided} 个，` +
      `${facts.total} 条事实中已判定 ${facts.decided} 条。`,
  };
}

/**
 * How many open claims need one thing: `"14 claims need nothing else that is known, 3 need more"`.
 * That is no promise: where a thing is there, figures may still straddle a threshold.
 */
export function neededInWords({ decides, needed }: MissingThing): Bilingual {
  const more = needed - decides;
  const alone = decides === 0 ? [] : [{
    en: `${counted(decides)} nothing else that is known`,
    zh: `${decides} 条论断只需此项（就目前所知）`,
  }];
  const others = more === 0 ? [] : [{
    en: decides === 0
      ? `${counted(more)} it among other things`
      : `${more} more among other things`,
    zh: `${decides === 0 ? "" : "另 "}${more} 条还需其他条件`,
  }];
  const parts = [...alone, ...others];
  return {
    en: parts.map(({ en }) => en).join(", "),
    zh: parts.map(({ zh }) => zh).join("，"),
  };
}

function counted(claims: number): string {
  return claims === 1 ? "1 claim needs" : `${claims} claims need`;
}
