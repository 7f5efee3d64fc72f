/**
 * Flips of a claim's verdict in a history of nights.
 *
 * A verdict stands until another one is borne out: by both runs of a night, or, where there is no
 * second run, by the next night. One that came within the weeks before is nothing new, be it that
 * it goes to and fro or that it slipped once; then it must come on so many nights in a row that chance
 * would hardly do it. Where a verdict rests on figures, noise may carry it over a threshold and back:
 * there a flip takes such a row, too, unless a ratio is known to have changed. A night is one draw,
 * however many runs it had: what its runs share may have decided both.
 *
 * @module
 */
import { isDecided, type Verdict } from "../result.ts";
import type { Drift } from "./drift.ts";

/** One night of one claim: the verdict of the first run, and of the run made to confirm it. */
export interface VerdictNight {
  /** Null where the night gave none, which is no evidence of anything. */
  readonly first: Verdict | null;
  readonly second: Verdict | null;
  /** Whether the verdict rests on figures, not on what was observed. */
  readonly byRatio: boolean;
}

/** A verdict that became another; nights are indices into the history. */
export interface Flip {
  /** The night that bore it out. */
  readonly night: number;
  /** The first night of the new verdict. */
  readonly since: number;
  /** The verdict that stood; the last decided one where it became another only by way of an open one. */
  readonly from: Verdict;
  readonly to: Verdict;
}

/** A verdict that came within so many nights before is nothing new. */
const RECENT_NIGHTS = 30;

/** Unless it comes in a row so long that chance would do it as seldom as this, or as many nights. */
const CHANCE = 2e-5;

/** Runs that must agree. */
const FEWEST_AGREEING = 2;

/** A flip by a ratio begins at most so many nights from where the ratio changed. */
const NEAR_NIGHTS = 7;

/** What a verdict comes to; open is all that is neither. */
type Standing = "confirmed" | "refuted" | "open";

/** What the runs of one night came to. */
interface Reading {
  readonly night: number;
  readonly standings: readonly Standing[];
}

/** Nights in a row of which all runs are alike and differ from what stands. */
interface Row {
  readonly standing: Standing;
  readonly since: number;
  readonly nights: number;
  readonly runs: number;
}

/**
 * Every flip from a decided verdict to the other one, or to one that decides nothing, in the order in
 * which they were borne out. `drifts` are those of the ratios that the claim rests on.
 */
export function flipsIn(
  nights: readonly VerdictNight[],
  drifts: readonly Drift[] = [],
): Flip[] {
  const watch = new FlipWatch(drifts);
  return nights.flatMap((night) => watch.next(night) ?? []);
}

/** Whether the last night's first run calls for a second one: were that to agree, it would be a flip. */
export function isSuspectVerdict(
  nights: readonly VerdictNight[],
  drifts: readonly Drift[] = [],
): boolean {
  const last = nights.at(-1);
  if (last === undefined) return false;
  const agreeing = [...nights.slice(0, -1), { ...last, second: last.first }];
  return flipsIn(agreeing, drifts).at(-1)?.night === nights.length - 1;
}

class FlipWatch {
  readonly #drifts: readonly Drift[];
  readonly #readings: Reading[] = [];
  #night = -1;
  /** What stands, and from which night on; null before anything does. */
  #stands: Pick<Row, "standing" | "since"> | null = null;
  /** The last decided one of those that stood. */
  #decided: Verdict | null = null;
  #row: Row | null = null;

  constructor(drifts: readonly Drift[]) {
    this.#drifts = drifts;
  }

  /** The flip that the next night bears out; null for none. */
  next({ first, second, byRatio }: VerdictNight): Flip | null {
    this.#night++;
    const verdicts = [first, second].filter((verdict) => verdict !== null);
    const to = verdicts.at(-1);
    if (to === undefined || to === "editorial") return null;
    const standings = verdicts.map(standingOf);
    const row = this.#rowAfter(standings);
    const from = row === null ? null : this.#flipsFrom(row);
    const stands = row !== null && this.#isBorneOut(row, { isFlip: from !== null, byRatio });
    this.#readings.push({ night: this.#night, standings });
    this.#row = stands ? null : row;
    if (!stands) return null;
    this.#stands = row;
    if (row.standing !== "open") this.#decided = to;
    return from === null ? null : { night: this.#night, since: row.since, from, to };
  }

  /** Null where the runs disagree, or are what stands. */
  #rowAfter(standings: readonly Standing[]): Row | null {
    const [standing] = standings;
    if (standing === undefined || standings.some((other) => other !== standing)) return null;
    if (this.#stands?.standing === standing) return null;
    const row = this.#row?.standing === standing
      ? this.#row
      : { standing, since: this.#night, nights: 0, runs: 0 };
    return { ...row, nights: row.nights + 1, runs: row.runs + standings.length };
  }

  /** Null where nothing flips: no verdict stood yet, or an open one becomes what it was before. */
  #flipsFrom({ standing }: Row): Verdict | null {
    const decided = this.#decided;
    return decided === null || standingOf(decided) === standing ? null : decided;
  }

  #isBorneOut(
    row: Row,
    { isFlip, byRatio }: { readonly isFlip: boolean; readonly byRatio: boolean },
  ): boolean {
    if (row.runs < FEWEST_AGREEING) return false;
    if (!isFlip) return true;
    return byRatio && !this.#isByDrift(row) ? this.#isNoChance(row) : this.#isNew(row);
  }

  #isByDrift(row: Row): boolean {
    return this.#drifts.some(({ night, since }) =>
      night <= this.#night && Math.abs(since - row.since) <= NEAR_NIGHTS
    );
  }

  #isNew(row: Row): boolean {
    const { standing, since } = row;
    if (this.#night - since >= RECENT_NIGHTS) return true;
    const recent = this.#readingsFrom(since - RECENT_NIGHTS, since);
    return !recent.some(({ standings }) => standings.includes(standing)) || this.#isNoChance(row);
  }

  /** Whether the row is longer than chance makes it where nights are as they were since what stands. */
  #isNoChance({ standing, since, nights }: Row): boolean {
    const stood = this.#readingsFrom(this.#stands?.since ?? 0, since);
    const alike = stood.filter(({ standings }) => standings.includes(standing));
    return chanceOfRow(nights, alike.length, stood.length) <= CHANCE;
  }

  #readingsFrom(from: number, until: number): Reading[] {
    return this.#readings.filter(({ night }) => night >= from && night < until);
  }
}

function standingOf(verdict: Verdict): Standing {
  return isDecided(verdict) ? verdict : "open";
}

/** The chance that the last `nights` are all among the alike ones, in an order as likely as any other. */
function chanceOfRow(nights: number, alikeBefore: number, before: number): number {
  let chance = 1;
  for (let i = 1; i <= nights; i++) chance *= (alikeBefore + i) / (before + i);
  return chance;
}
