/**
 * The rank-sum test of Wilcoxon, Mann and Whitney, with its exact chance: how likely two groups that
 * are drawn alike come to lie as far apart as these do. It assumes nothing of the noise but that each
 * order of the values is as likely as any other.
 *
 * @module
 */

/** Two groups: `few` values of one, `many` of the other, and how far they overlap. */
export interface Overlap {
  readonly few: number;
  readonly many: number;
  /** Pairs in which a value of the first does not lie beyond that of the second; a tie counts half. */
  readonly against: number;
}

/**
 * A lower bound, in no time, of the chance that groups drawn alike overlap no more than this: where all
 * of the `few` lie beyond all but some of the `many`, they do not.
 */
export function leastChanceOfOverlap({ few, many, against }: Overlap): number {
  const some = Math.floor(against / few);
  let chance = 1;
  for (let i = 1; i <= few; i++) chance *= (some + i) / (many + i);
  return chance;
}

/**
 * The largest `against` that groups drawn alike fall to or below with a chance of at most `chance`; -1
 * where even none is likelier.
 */
export function mostAgainst(
  { few, many }: Pick<Overlap, "few" | "many">,
  chance: number,
): number {
  // What lies up to there does not depend on how far one looks, and it is seldom far.
  for (let against = 32;; against *= 2) {
    const shares = sharesOfOrders({ few, many, against });
    let sum = 0;
    const beyond = shares.findIndex((share) => (sum += share) > chance);
    if (beyond >= 0) return beyond - 1;
    if (against >= few * many) return few * many;
  }
}

/**
 * The shares of all orders that have 0, 1, 2, … pairs against. Their numbers are the coefficients of
 * Gauss's binomial, the product of `(1 - x^(many + i)) / (1 - x^i)` for each `i` up to `few`.
 */
function sharesOfOrders({ few, many, against }: Overlap): Float64Array {
  const last = Math.min(against, few * many);
  const counts = new Float64Array(last + 1);
  let orders = 1;
  counts[0] = 1;
  for (let i = 1; i <= few; i++) {
    for (let u = last; u >= many + i; u--) counts[u] = at(counts, u) - at(counts, u - many - i);
    for (let u = i; u <= last; u++) counts[u] = at(counts, u) + at(counts, u - i);
    orders *= (many + i) / i;
  }
  return counts.map((count) => count / orders);
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}
