/**
 * Confidence intervals for a median that hold at every look: a confidence sequence from betting on
 * signs. No assumption on the noise but that each value is independently as likely above the median
 * as below it, given those before.
 *
 * For a candidate median, the side on which each value falls is a fair coin. A gambler who bets that
 * one side has the chance `p > 1/2` multiplies their stake by `2p` on a hit and by `2(1 - p)` on a
 * miss. On a fair coin no mixture of such gamblers ever reaches `1/e` times the stake with a chance
 * above `e` (Ville 1939), however often one looks and whenever one stops. The candidates for which
 * they have not reached it form the interval, whose ends are order statistics.
 *
 * Sources: J. Ville, "Étude critique de la notion de collectif", 1939. S. R. Howard and A. Ramdas,
 * "Sequential estimation of quantiles with applications to A/B testing and best-arm identification",
 * Bernoulli 28, 2022. I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables
 * by betting", JRSS-B 86, 2024.
 *
 * @module
 */

/** An interval; an end is null where there are too few values for that bound. */
export interface Interval {
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * The share of the stake on "always this side" (`p = 1`). It brings the fewest values that can
 * exclude anything at the error 0.001 from 12 to 11; the rest pays almost nothing for it.
 */
const UNANIMOUS_STAKE = 1 / 4;

/**
 * Bets that the rest is spread over evenly: chances from the half above 1/2 of the arcsine law
 * Beta(1/2, 1/2), on which `p = sin² φ` has a uniform `φ`. Any mixture is valid, so a grid loses no
 * rigour. Logarithms, because the wealth outgrows a double's range.
 */
const BETS: readonly { readonly onHit: number; readonly onMiss: number }[] = Array.from(
  { length: 64 },
  (_, index) => Math.sin((Math.PI / 4) * (1 + (index + 0.5) / 64)) ** 2,
).map((p) => ({ onHit: Math.log(2 * p), onMiss: Math.log(2 - 2 * p) }));

/**
 * The gambler's wealth, from a stake of 1, after `hits` of `n` values fell on the side betted on.
 * Values on neither side count as misses, which can only lower it.
 */
export function wealth(n: number, hits: number): number {
  const unanimous = hits === n ? 2 ** n : 0;
  const spread = BETS.reduce(
    (sum, { onHit, onMiss }) => sum + Math.exp(hits * onHit + (n - hits) * onMiss),
    0,
  );
  return UNANIMOUS_STAKE * unanimous + (1 - UNANIMOUS_STAKE) * spread / BETS.length;
}

const fewestBySideError = new Map<number, Map<number, number | null>>();

/**
 * The fewest of `n` values that must lie on one side of a candidate median to exclude it at an error
 * of `sideError`; null when even all `n` would not do.
 */
export function fewestToExclude(n: number, sideError: number): number | null {
  const known = fewestBySideError.get(sideError) ?? new Map<number, number | null>();
  fewestBySideError.set(sideError, known);
  const fewest = known.get(n) ?? search(n, 1 / sideError, known.get(n - 1));
  known.set(n, fewest);
  return fewest;
}

/**
 * By bisection, as the wealth grows with the hits. One value more takes as many hits or one more than
 * `before`, those of one value less: another miss loses some of the wealth, another hit adds to it.
 */
function search(n: number, enough: number, before: number | null = null): number | null {
  if (before !== null) return wealth(n, before) >= enough ? before : before + 1;
  if (wealth(n, n) < enough) return null;
  let tooFew = Math.floor(n / 2);
  let sufficient = n;
  while (sufficient - tooFew > 1) {
    const middle = Math.floor((tooFew + sufficient) / 2);
    if (wealth(n, middle) >= enough) sufficient = middle;
    else tooFew = middle;
  }
  return sufficient;
}

/**
 * The interval for the median of `values`, wrong on each side with a chance of at most `sideError`
 * over all looks together. It does not depend on the order of the values. A value that equals a
 * candidate never helps to exclude it, and neither does one of the `unknown` further values, which
 * may have been lost for being large or small.
 *
 * @throws {TypeError} when a value is not finite.
 */
export function medianInterval(
  values: readonly number[],
  sideError: number,
  unknown = 0,
): Interval {
  const sorted = ascending(values);
  const hits = fewestToExclude(sorted.length + unknown, sideError);
  if (hits === null || hits > sorted.length) return { low: null, high: null };
  return { low: sorted[sorted.length - hits] ?? null, high: sorted[hits - 1] ?? null };
}

/**
 * The median; null for no values.
 *
 * @throws {TypeError} when a value is not finite.
 */
export function median(values: readonly number[]): number | null {
  const sorted = ascending(values);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.floor(sorted.length / 2)];
  return low === undefined || high === undefined ? null : low + (high - low) / 2;
}

function ascending(values: readonly number[]): Float64Array {
  const wrong = values.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) throw new TypeError(`statistics: ${wrong} is not a finite number`);
  return Float64Array.from(values).sort();
}
