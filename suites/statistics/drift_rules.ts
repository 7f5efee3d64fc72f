/**
 * What the newest nights against those before them must be to call for a second run, and to show a
 * change.
 *
 * @module
 */
import { median } from "./confidence_sequence.ts";
import type { Segment, Split } from "./drift_segment.ts";
import { leastChanceOfOverlap, mostAgainst } from "./rank_sum.ts";

/** The most nights that are held against those before them. */
export const MOST_NIGHTS = 12;

/** Nights in which a change should be found; more of them find what is slow or small. */
const FEW_NIGHTS = 3;

/** With fewer runs or nights before, nothing can be said of a change. */
const FEWEST_BEFORE = { runs: 7, nights: 3 };

/**
 * The chance that shows a change. It is looked for each night, so what is allowed falls as the runs
 * before it grow beyond `runs`, and the sum over a history of any length stays small. More nights
 * than a few seldom show what those do not, and get a smaller `share`.
 */
const SHOWN = { chance: 6e-5, runs: 32, power: 1.5, share: 1 / 8 };

/**
 * What calls for a second run: a run that is the first or the second one on its side, or among so
 * large a share; or nights that together are so unlikely.
 */
const SUSPECT = { rank: 2, share: 0.025, chance: 0.01, chanceOfMore: 0.003 };

/**
 * Runs that all lie so many times as far from the median as any before show a change even where their
 * ranks alone cannot yet, if those before are enough to know their noise by. Logarithms of ratios.
 */
const FAR = { times: 3, runs: 40, least: 0.001 };

/** Whether there is enough before the newest nights to hold them against. */
export function isComparable({ many, nightsBefore }: Split): boolean {
  return many >= FEWEST_BEFORE.runs && nightsBefore >= FEWEST_BEFORE.nights;
}

const isHint = isUnlikely(({ nights }) =>
  nights > FEW_NIGHTS ? SUSPECT.chanceOfMore : SUSPECT.chance
);

const isUnlikelyNoise = isUnlikely(({ many, nights }) => {
  const falling = Math.min(1, (SHOWN.runs / many) ** SHOWN.power);
  return SHOWN.chance * falling * (nights > FEW_NIGHTS ? SHOWN.share : 1);
});

/** Whether the newest nights hint at a change. */
export function isSuspect(split: Split): boolean {
  const { few, many, against } = split;
  if (few > 1) return isHint(split);
  return against + 1 <= Math.max(SUSPECT.rank, SUSPECT.share * (many + 1));
}

/** Whether the newest nights of `segment` show a change by `split`: one run alone never does. */
export function isShown(split: Split, segment: Segment): boolean {
  return split.few > 1 && (isUnlikelyNoise(split) || isFar(split, segment));
}

/** Whether the chance is at most the one that is allowed, which depends on the size of a split alone. */
function isUnlikely(allowed: (split: Split) => number): (split: Split) => boolean {
  const mostBySize = new Map<number, number>();
  return (split) => {
    if (leastChanceOfOverlap(split) > allowed(split)) return false;
    const { few, many, nights } = split;
    const size = 2 * (many * 2 * MOST_NIGHTS + few) + Number(nights > FEW_NIGHTS);
    const most = mostBySize.get(size) ?? mostAgainst(split, allowed(split));
    mostBySize.set(size, most);
    return split.against <= most;
  };
}

function isFar({ few, many, against, nights }: Split, { runs, borrowed }: Segment): boolean {
  if (against > 0 || many < FAR.runs || nights > FEW_NIGHTS) return false;
  const logs = [...borrowed, ...runs].map(({ figure }) => Math.log(figure.ratio));
  const before = logs.slice(0, many);
  const middle = median(before) ?? NaN;
  const far = (log: number): number => Math.abs(log - middle);
  const farthest = Math.max(FAR.least, ...before.map(far));
  return logs.slice(-few).every((log) => far(log) >= FAR.times * farthest);
}

/**
 * The split at which the runs lie nearest to two levels, the older ones to where they lay before any of
 * these splits; undefined for no splits. Ranks alone could not tell how near.
 */
export function nearestSplit(
  splits: readonly Split[],
  { runs, borrowed }: Segment,
): Split | undefined {
  const logs = [...borrowed, ...runs].map(({ figure }) => Math.log(figure.ratio));
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
