/**
 * How likely it is that so many of independent trials come out one way.
 *
 * @module
 */

/** The chance that `count` or more of `trials` succeed, each with the chance `each` (above 0, below 1). */
export function chanceOfAtLeast(
  count: number,
  { trials, each }: { readonly trials: number; readonly each: number },
): number {
  if (count <= 0) return 1;
  if (count > trials) return 0;
  const odds = each / (1 - each);
  let term = chanceOfExactly(count, trials, each);
  let sum = term;
  for (let successes = count; successes < trials; successes++) {
    term *= (trials - successes) / (successes + 1) * odds;
    sum += term;
  }
  return Math.min(1, sum);
}

/** By logarithms: of thousands of trials the binomial coefficient is larger than any number. */
function chanceOfExactly(count: number, trials: number, each: number): number {
  let log = count * Math.log(each) + (trials - count) * Math.log1p(-each);
  for (let index = 1; index <= count; index++) log += Math.log((trials - count + index) / index);
  return Math.exp(log);
}
