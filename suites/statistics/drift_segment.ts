/**
 * The runs of one level, in the order of their nights and in that of their ratios, so that the newest
 * nights are compared with all before them in little time, however many there are.
 *
 * @module
 */
import { Ascending } from "./ascending.ts";
import { median } from "./confidence_sequence.ts";
import type { Overlap } from "./rank_sum.ts";

/** What one run found for one series. Of an interval, an end is null where there were too few blocks. */
export interface Figure {
  readonly ratio: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** A run, and the night that it was made in. */
export interface Run {
  readonly night: number;
  readonly figure: Figure;
}

/** Which way a ratio went. */
export type Side = "up" | "down";

/** The newest nights against all before them: how far the newer runs lie to one side of the older. */
export interface Split extends Overlap {
  /** How many nights with runs are the newest. */
  readonly nights: number;
  /** The first of them. */
  readonly since: number;
  /** Nights of this level before them. */
  readonly nightsBefore: number;
}

/** A run of one of the newest nights, and how many of all others lie above it; a tie counts half. */
interface Placed {
  readonly ratio: number;
  above: number;
}

/** From so many times the newest nights on, those are the lesser part by far. */
const LONG = 4;

/** Runs of which a median can be taken. */
const FEWEST = 7;

interface Night {
  readonly night: number;
  readonly runs: Placed[];
}

/** Takes the runs of a level in the order of their nights. */
export class Segment {
  readonly runs: Run[] = [];
  /** Runs that stand for earlier nights of this level while it has few of its own. */
  readonly borrowed: readonly Run[];
  readonly #ratios = new Ascending();
  /** The nights that a split may reach back to, oldest first. */
  readonly #newest: Night[] = [];
  readonly #mostNights: number;
  #nights = 0;

  /** No split takes more than `mostNights` nights for the newest. */
  constructor(mostNights: number, borrowed: readonly Run[] = []) {
    this.#mostNights = mostNights;
    this.borrowed = borrowed;
    for (const { figure } of borrowed) this.#ratios.add(figure.ratio);
  }

  /** How many nights have runs. */
  get nights(): number {
    return this.#nights;
  }

  /** Takes in a run of the newest night, or of one after it. */
  add(run: Run): void {
    const { ratio } = run.figure;
    for (const { runs } of this.#newest) {
      for (const other of runs) other.above += shareAbove(other.ratio, ratio);
    }
    this.#runsOf(run.night).push({ ratio, above: this.#ratios.above(ratio) });
    this.#ratios.add(ratio);
    this.runs.push(run);
  }

  /**
   * The median before any of the newest nights, which may be those of a new level, or of the fewest runs
   * that say anything; in a long history that of all, which the newest do not move. NaN for no runs.
   */
  usual(): number {
    if (this.#nights > LONG * this.#mostNights) return this.#ratios.median();
    const newest = this.#newest.reduce((sum, { runs }) => sum + runs.length, 0);
    const oldest = Math.max(FEWEST, this.#ratios.length - newest);
    const ratios = [...this.borrowed, ...this.runs].slice(0, oldest);
    return median(ratios.map(({ figure }) => figure.ratio)) ?? NaN;
  }

  /** The ratios of one of the newest nights; none for a night without runs. */
  ratiosOf(night: number): number[] {
    const found = this.#newest.findLast((one) => one.night === night);
    return found?.runs.map(({ ratio }) => ratio) ?? [];
  }

  /** The newest 1, 2, 3, … nights against all before them, as far as there are any. */
  splits(side: Side): Split[] {
    const splits: Split[] = [];
    const others = this.#ratios.length - 1;
    let [few, above] = [0, 0];
    for (const { night, runs } of this.#newest.toReversed()) {
      few += runs.length;
      for (const run of runs) above += run.above;
      const nights = splits.length + 1;
      const nightsBefore = this.#nights - nights;
      if (nightsBefore === 0) break;
      // Of each pair among the newer runs one lies above the other, whichever it is.
      const among = few * (few - 1) / 2;
      const against = (side === "up" ? above : few * others - above) - among;
      splits.push({ nights, since: night, nightsBefore, few, many: others + 1 - few, against });
    }
    return splits;
  }

  #runsOf(night: number): Placed[] {
    const newest = this.#newest.at(-1);
    if (newest?.night === night) return newest.runs;
    const runs: Placed[] = [];
    this.#newest.push({ night, runs });
    if (this.#newest.length > this.#mostNights) this.#newest.shift();
    this.#nights++;
    return runs;
  }
}

/** How much `other` counts as lying above `ratio`. */
function shareAbove(ratio: number, other: number): number {
  return other > ratio ? 1 : other === ratio ? 0.5 : 0;
}
