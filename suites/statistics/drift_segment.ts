/**
 * The nights of one level, in their own order and in that of their ratios, so that the newest
 * nights are compared with all before them in little time, however many there are.
 *
 * @module
 */
import { Ascending } from "./ascending.ts";
import { median } from "./confidence_sequence.ts";
import type { Overlap } from "./rank_sum.ts";

/** What a run, or a night, found for one series. Of an interval, an end is null where there were too few blocks. */
export interface Figure {
  readonly ratio: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** What a night found: one draw, however many runs it had. */
export interface Draw {
  readonly night: number;
  readonly figure: Figure;
}

/** Which way a ratio went. */
export type Side = "up" | "down";

/** The newest nights against all before them: how far the newer lie to one side of the older. */
export interface Split extends Overlap {
  /** The first of the newest nights. */
  readonly since: number;
  /** Nights of this level before them. */
  readonly nightsBefore: number;
}

/** The draw of one of the newest nights, and how many of all others lie above it; a tie counts half. */
interface Placed {
  readonly night: number;
  readonly ratio: number;
  above: number;
}

/** From so many times the newest nights on, those are the lesser part by far. */
const LONG = 4;

/** Draws of which a median can be taken. */
const FEWEST = 7;

/** Takes the draws of a level in the order of their nights. */
export class Segment {
  readonly draws: Draw[] = [];
  /** Draws that stand for earlier nights of this level while it has few of its own. */
  readonly borrowed: readonly Draw[];
  readonly #ratios = new Ascending();
  /** The nights that a split may reach back to, oldest first. */
  readonly #newest: Placed[] = [];
  readonly #mostNights: number;

  /** No split takes more than `mostNights` nights for the newest. */
  constructor(mostNights: number, borrowed: readonly Draw[] = []) {
    this.#mostNights = mostNights;
    this.borrowed = borrowed;
    for (const { figure } of borrowed) this.#ratios.add(figure.ratio);
  }

  /** How many nights have figures. */
  get nights(): number {
    return this.draws.length;
  }

  /** Takes in the draw of a night after all others. */
  add(draw: Draw): void {
    const { ratio } = draw.figure;
    this.#weigh(ratio, 1);
    this.#newest.push({ night: draw.night, ratio, above: this.#ratios.above(ratio) });
    if (this.#newest.length > this.#mostNights) this.#newest.shift();
    this.#ratios.add(ratio);
    this.draws.push(draw);
  }

  /** Takes another figure for the newest night's. */
  replaceNewest(figure: Figure): void {
    const old = this.draws.pop();
    if (old === undefined) throw new TypeError("drift: there is no newest night");
    this.#newest.pop();
    this.#ratios.remove(old.figure.ratio);
    this.#weigh(old.figure.ratio, -1);
    this.add({ night: old.night, figure });
  }

  /**
   * The median before any of the newest nights, which may be those of a new level, or of the fewest
   * that say anything; in a long history that of all, which the newest do not move. NaN for none.
   */
  usual(): number {
    if (this.nights > LONG * this.#mostNights) return this.#ratios.median();
    const oldest = Math.max(FEWEST, this.#ratios.length - this.#newest.length);
    const draws = [...this.borrowed, ...this.draws].slice(0, oldest);
    return median(draws.map(({ figure }) => figure.ratio)) ?? NaN;
  }

  /** The newest 1, 2, 3, … nights against all before them, as far as there are any. */
  splits(side: Side): Split[] {
    const splits: Split[] = [];
    const others = this.#ratios.length - 1;
    let [few, sum] = [0, 0];
    for (const { night, above } of this.#newest.toReversed()) {
      few++;
      sum += above;
      const nightsBefore = this.nights - few;
      if (nightsBefore === 0) break;
      // Of each pair among the newer ones one lies above the other, whichever it is.
      const among = few * (few - 1) / 2;
      const against = (side === "up" ? sum : few * others - sum) - among;
      splits.push({ since: night, nightsBefore, few, many: others + 1 - few, against });
    }
    return splits;
  }

  /** Counts `ratio` so many times among what lies above the newest. */
  #weigh(ratio: number, times: number): void {
    for (const other of this.#newest) other.above += times * shareAbove(other.ratio, ratio);
  }
}

/** How much `other` counts as lying above `ratio`. */
function shareAbove(ratio: number, other: number): number {
  return other > ratio ? 1 : other === ratio ? 0.5 : 0;
}
