/**
 * Watches one series night by night: says which nights call for a second run, and finds each change
 * of the ratio once.
 *
 * A night is one draw, however many runs it had: what its runs share (a boot, a neighbour's load, the
 * heat) would else count as often as it is measured. Two runs that lie to one side count by their mean,
 * which differs from night to night as much as single runs do or less, whatever they share; of others
 * the one that is nearest to what is usual counts, and shows nothing.
 *
 * The newest nights, by twos, threes, …, are held against all nights of the level before them by the
 * exact rank-sum test, which assumes nothing of the noise but that a night without a change is like any
 * other. So heavy tails, outliers and two modes raise hardly more alarms than normal noise, a single
 * night neither makes a change nor hides one, and noise that has been seen before counts as often as it
 * has been seen. Where there are enough nights to know the noise by, Student's distance decides too, of
 * what ranks find unlikely already. What passes must also matter: the change's interval, from
 * night-to-night variance, must lie beyond the margin.
 *
 * A change begins a new level. While that has few nights of its own, those of the level before, moved
 * by as much as the ratio changed, stand in for them: so a change back is found as soon.
 *
 * @module
 */
import { type Levels, levelsOf } from "./drift_level.ts";
import { isComparable, isShown, isSuspect, MOST_NIGHTS, nearestSplit } from "./drift_rules.ts";
import { type Draw, type Figure, Segment, type Side, type Split } from "./drift_segment.ts";

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
  /** What the runs of the newest night found. */
  #runs: readonly Figure[] = [];
  /** The splits of the night before, if it had a second run and showed no change. */
  #unsettled: readonly Split[] = [];

  constructor({ margin = MARGIN }: DriftOptions = {}) {
    this.#factor = 1 + margin;
  }

  /** The next night, with its first run; null where it gave nothing. */
  begin(first: Figure | null): void {
    this.#night++;
    this.#runs = [first].filter(isPossible);
    const [figure] = this.#runs;
    if (figure !== undefined) this.#segment.add({ night: this.#night, figure });
  }

  /** Whether the newest night, by its first run, calls for a second one. */
  isSuspect(): boolean {
    if (this.#runs.length === 0) return false;
    return [...this.#splits(), ...this.#unsettled].some(isSuspect);
  }

  /** The change that all runs of the newest night hint at; null for none. */
  suspicion(): Suspicion | null {
    const splits = this.#splits();
    return splits.some(isSuspect) ? this.#changeIn(splits) : null;
  }

  /** Ends the night with its second run, null for none; gives the change that it shows, or null. */
  end(second: Figure | null): Drift | null {
    this.#settle(second);
    const splits = this.#splits();
    const drift = this.#driftIn(splits);
    this.#unsettled = drift === null && second !== null ? splits : [];
    if (drift !== null) this.#beginLevel(drift);
    else if (this.#segment.nights >= LEARNT.nights) this.#stopBorrowing();
    return drift;
  }

  #settle(second: Figure | null): void {
    if (!isPossible(second)) return;
    const [first] = this.#runs;
    this.#runs = [...this.#runs, second];
    if (first === undefined) this.#segment.add({ night: this.#night, figure: second });
    else this.#segment.replaceNewest(this.#figureOf(first, second));
  }

  #figureOf(first: Figure, second: Figure): Figure {
    if (this.#side() !== null) return meanOf(first, second);
    const usual = this.#segment.usual();
    const far = ({ ratio }: Figure): number => Math.abs(Math.log(ratio / usual));
    return far(first) <= far(second) ? first : second;
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
    const ratios = this.#runs.map(({ ratio }) => ratio);
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

  #parts({ since }: Pick<Split, "since">): { before: Draw[]; after: Draw[] } {
    const { draws } = this.#segment;
    const first = draws.findIndex(({ night }) => night >= since);
    return { before: draws.slice(0, first), after: draws.slice(first) };
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
    if (this.#segment.borrowed.length > 0) this.#segment = segmentOf(this.#segment.draws, []);
  }
}

/** The runs as they would have been at another level. */
function moved(runs: readonly Draw[], factor: number): Draw[] {
  return runs.map(({ night, figure }) => {
    return { night, figure: { ratio: figure.ratio * factor, low: null, high: null } };
  });
}

function segmentOf(runs: readonly Draw[], borrowed: readonly Draw[]): Segment {
  const segment = new Segment(MOST_NIGHTS, borrowed);
  for (const draw of runs) segment.add(draw);
  return segment;
}

function isPossible(figure: Figure | null): figure is Figure {
  return figure !== null && figure.ratio > 0 && Number.isFinite(figure.ratio);
}

function meanOf(first: Figure, second: Figure): Figure {
  const endOf = (one: number | null, other: number | null): number | null =>
    one === null || other === null ? null : geometricMean(one, other);
  return {
    ratio: geometricMean(first.ratio, second.ratio),
    low: endOf(first.low, second.low),
    high: endOf(first.high, second.high),
  };
}

/** Of equal numbers exactly that number, so that ties stay ties. */
function geometricMean(one: number, other: number): number {
  return one * (Math.sqrt(other) / Math.sqrt(one));
}
