/**
 * What the newest nights against those before them must be to call for a second run, and to show a
 * change.
 *
 * @module
 */
import { median } from "./confidence_sequence.ts";
import type { Segment, Split } from "./drift_segment.ts";
import { leastChanceOfOverlap, mostAgainst } from "./rank_sum.ts";
import { studentQuantile } from "./student.ts";

/** The most nights that are held against those before them. */
export const MOST_NIGHTS = 12;

/** Nights in which a change should be found; more of them find what is slow or small. */
const FEW_NIGHTS = 3;

/** With fewer draws or nights before, nothing can be said of a change. */
const FEWEST_BEFORE = { draws: 7, nights: 3 };

/**
 * The chance of ranks that shows a change. It is looked for each night, so what is allowed falls as the
 * draws before it grow beyond `draws`, and the sum over a history of any length stays small. More nights
 * than a few seldom show what those do not, and get a smaller `share`.
 */
const SHOWN = { chance: 5e-5, draws: 32, power: 1.5, share: 1 / 8 };

/**
 * What calls for a second run: a night that is the first one on its side, or among so large a share; or
 * nights that together are so unlikely.
 */
const SUSPECT = { rank: 1, share: 0.04, chance: 0.005, chanceOfMore: 0.002 };

/**
 * So few nights show a change by their mean's distance, too, where those before are enough to know the
 * noise by (`before`). Student's chance of it is right for normal noise alone, so ranks must find the
 * nights unlikely as well (`ranks`); it falls as those of ranks do.
 */
const DISTANT = { before: 30, ranks: 2e-4, chance: 1e-4, draws: 60, power: 1.5 };

/** Nights never agree better than this; as the standard deviation of a ratio's logarithm. */
const LEAST_DEVIATION = 0.001;

/** Whether there is enough before the newest nights to hold them against. */
export function isComparable({ many, nightsBefore }: Split): boolean {
  return many >= FEWEST_BEFORE.draws && nightsBefore >= FEWEST_BEFORE.nights;
}

const isHint = isUnlikely(({ few }) => few > FEW_NIGHTS ? SUSPECT.chanceOfMore : SUSPECT.chance);

const isUnlikelyNoise = isUnlikely(({ many, few }) =>
  falling(SHOWN, many) * (few > FEW_NIGHTS ? SHOWN.share : 1)
);

const isUnlikelyEnough = isUnlikely(() => DISTANT.ranks);

/** Whether the newest nights hint at a change. */
export function isSuspect(split: Split): boolean {
  const { few, many, against } = split;
  if (few > 1) return isHint(split);
  return against + 1 <= Math.max(SUSPECT.rank, SUSPECT.share * (many + 1));
}

/** Whether the newest nights of `segment` show a change by `split`: one night alone never does. */
export function isShown(split: Split, segment: Segment): boolean {
  return split.few > 1 && (isUnlikelyNoise(split) || isDistant(split, segment));
}

/** What is allowed where so many draws come before. */
function falling(
  { chance, draws, power }: Pick<typeof SHOWN, "chance" | "draws" | "power">,
  many: number,
): number {
  return chance * Math.min(1, (draws / many) ** power);
}

/** Whether the chance is at most the one that is allowed, which depends on the size of a split alone. */
function isUnlikely(allowed: (split: Split) => number): (split: Split) => boolean {
  const mostBySize = new Map<number, number>();
  return (split) => {
    if (leastChanceOfOverlap(split) > allowed(split)) return false;
    const { few, many } = split;
    const size = many * (MOST_NIGHTS + 1) + few;
    const most = mostBySize.get(size) ?? mostAgainst(split, allowed(split));
    mostBySize.set(size, most);
    return split.against <= most;
  };
}

function isDistant(split: Split, segment: Segment): boolean {
  const { few, many } = split;
  if (few > FEW_NIGHTS || many < DISTANT.before || !isUnlikelyEnough(split)) return false;
  const logs = logsOf(segment);
  const before = logs.slice(0, many);
  const usual = meanOf(before);
  const squares = before.reduce((sum, log) => sum + (log - usual) ** 2, 0);
  const deviation = Math.max(LEAST_DEVIATION, Math.sqrt(squares / (many - 1)));
  const reach = deviation * Math.sqrt(1 / few + 1 / many);
  const distance = Math.abs(meanOf(logs.slice(many)) - usual);
  return distance > reach * leastDistance(many);
}

const distanceByDraws = new Map<number, number>();

/** In standard errors, after so many draws. */
function leastDistance(many: number): number {
  const distance = distanceByDraws.get(many) ??
    studentQuantile(falling(DISTANT, many), many - 1);
  distanceByDraws.set(many, distance);
  return distance;
}

function logsOf({ borrowed, draws }: Segment): number[] {
  return [...borrowed, ...draws].map(({ figure }) => Math.log(figure.ratio));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The split at which the nights lie nearest to two levels, the older ones to where they lay before any of
 * these splits; undefined for no splits. Ranks alone could not tell how near.
 */
export function nearestSplit(
  splits: readonly Split[],
  segment: Segment,
): Split | undefined {
  const logs = logsOf(segment);
  const fewest = Math.min(...splits.map(({ many }) => many));
  const usual = median(logs.slice(0, fewest)) ?? NaN;
  const distances = splits.map(({ many }) => {
    const newer = logs.slice(many);
    return distance(logs.slice(fewest, many), usual) + distance(newer, median(newer) ?? NaN);
  });
  return splits[distances.indexOf(Math.min(...distances))];
}

function distance(values: readonly number[], from: number): number {
  return values.reduce((sum, value) => sum + Math.abs(value - from), 0);
}
