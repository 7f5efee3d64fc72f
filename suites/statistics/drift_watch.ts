/**
 * Watches one series night by night: says which nights call for a second run, and finds each change
 * of the ratio once.
 *
 * The newest nights, by ones, twos, threes, …, are held against all nights of the level before them
 * by the exact rank-sum test, which assumes nothing of the noise but that a night without a change is
 * like any other. So heavy tails, outliers and two modes raise no more alarms than normal noise, a
 * single outlier neither makes a change nor hides one, and noise that has been seen before counts as
 * often as it has been seen. What passes must also matter: the change's interval, from run-to-run
 * variance, must lie beyond the margin. Both runs of a night count; where there is no second run, the
 * next night's takes its place, since one run alone is never enough. Both must be as independent as
 * runs of two nights are: what a night's runs share, such as a neighbour's load, looks like a change.
 *
 * A change begins a new level. While that has few nights of its own, those of the level before, moved
 * by as much as the ratio changed, stand in for them: so a change back is found as soon.
 *
 * @module
 */
import { type Levels, levelsOf } from "./drift_level.ts";
import { isComparable, isShown, isSuspect, MOST_NIGHTS, nearestSplit } from "./drift_rules.ts";
import { type Figure, type Run, Segment, type Side, type Split } from "./drift_segment.ts";

/** One night of one series: the first run's figure, and that of the run made to confirm it. */
export interface RatioNight {
  /** Null where the night gave none, which is no evidence of anything. */
  readonly first: Figure | null;
  readonly second: Figure | null;
}

/** A change that runs suggest; nights are indices into the history. */
export interface Suspicion extends Levels {
  /** The newest night. */
  readonly night: number;
  /** The first night of the new level, as an estimate. */
  readonly since: number;
}

/** A change that is shown; `night` is the one that showed it. */
export interface Drift extends Suspicion {
  readonly confirmed: true;
}

/** What a change must be to matter. */
export interface DriftOptions {
  /** A ratio that changes by no more than this share is the same for all practical purposes. */
  readonly margin?: number;
}

/**
 * Fixed before any measurement: more than the hundredth that the finest threshold tells apart, and
 * little beside the tenth that must be found.
 */
export const MARGIN = 0.02;

/** From so many nights on a level stands on its own; before, it borrows at most so many runs. */
const LEARNT = { nights: 14, borrowed: 30 };

/** Call `begin` with the first run of each night, then `end` with the second. */
export class DriftWatch {
  readonly #factor: number;
  #segment = new Segment(MOST_NIGHTS);
  #night = -1;
  /** The splits of the night before, if it had a second run and showed no change. */
  #unsettled: readonly Split[] = [];

  constructor({ margin = MARGIN }: DriftOptions = {}) {
    this.#factor = 1 + margin;
  }

  /** The next night, with its first run; null where it gave nothing. */
  begin(first: Figure | null): void {
    this.#night++;
    this.#add(first);
  }

  /** Whether the newest night, by its first run, calls for a second one. */
  isSuspect(): boolean {
    if (this.#segment.ratiosOf(this.#night).length === 0) return false;
    return [...this.#splits(), ...this.#unsettled].some(isSuspect);
  }

  /** The change that all runs of the newest night hint at; null for none. */
  suspicion(): Suspicion | null {
    const splits = this.#splits();
    return splits.some(isSuspect) ? this.#changeIn(splits) : null;
  }

  /** Ends the night with its second run, null for none; gives the change that it shows, or null. */
  end(second: Figure | null): Drift | null {
    this.#add(second);
    const splits = this.#splits();
    const drift = this.#driftIn(splits);
    this.#unsettled = drift === null && second !== null ? splits : [];
    if (drift !== null) this.#beginLevel(drift);
    else if (this.#segment.nights >= LEARNT.nights) this.#stopBorrowing();
    return drift;
  }

  #add(figure: Figure | null): void {
    if (figure === null || !(figure.ratio > 0 && Number.isFinite(figure.ratio))) return;
    this.#segment.add({ night: this.#night, figure });
  }

  #driftIn(splits: readonly Split[]): Drift | null {
    if (!splits.some((split) => isShown(split, this.#segment))) return null;
    const change = this.#changeIn(splits);
    return change !== null && this.#matters(change) ? { ...change, confirmed: true } : null;
  }

  /** The splits to look at: none where the newest night's runs do not all lie to one side. */
  #splits(): Split[] {
    const side = this.#side();
    return side === null ? [] : this.#segment.splits(side).filter(isComparable);
  }

  #side(): Side | null {
    const ratios = this.#segment.ratiosOf(this.#night);
    if (ratios.length === 0) return null;
    const usual = this.#segment.usual();
    if (ratios.every((ratio) => ratio > usual * this.#factor)) return "up";
    return ratios.every((ratio) => ratio < usual / this.#factor) ? "down" : null;
  }

  #changeIn(splits: readonly Split[]): Suspicion | null {
    const split = nearestSplit(splits, this.#segment);
    if (split === undefined) return null;
    const { before, after } = this.#parts(split);
    const levels = levelsOf({ before, after, others: this.#segment.borrowed });
    return { night: this.#night, since: split.since, ...levels };
  }

  #parts({ since }: Pick<Split, "since">): { before: Run[]; after: Run[] } {
    const { runs } = this.#segment;
    const first = runs.findIndex(({ night }) => night >= since);
    return { before: runs.slice(0, first), after: runs.slice(first) };
  }

  #matters({ change: { low, high } }: Levels): boolean {
    return low > this.#factor || high < 1 / this.#factor;
  }

  #beginLevel({ since, change }: Drift): void {
    const { before, after } = this.#parts({ since });
    const earlier = [...this.#segment.borrowed, ...before].slice(-LEARNT.borrowed);
    this.#segment = segmentOf(after, moved(earlier, change.ratio));
  }

  #stopBorrowing(): void {
    if (this.#segment.borrowed.length > 0) this.#segment = segmentOf(this.#segment.runs, []);
  }
}

/** The runs as they would have been at another level. */
function moved(runs: readonly Run[], factor: number): Run[] {
  return runs.map(({ night, figure }) => {
    return { night, figure: { ratio: figure.ratio * factor, low: null, high: null } };
  });
}

function segmentOf(runs: readonly Run[], borrowed: readonly Run[]): Segment {
  const segment = new Segment(MOST_NIGHTS, borrowed);
  for (const run of runs) segment.add(run);
  return segment;
}
