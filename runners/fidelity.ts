/**
 * Fidelity: a tool through cellproof's seam against the same tool run without it, paired block by block.
 *
 * @module
 */

/** A ratio with its interval at 95 %. */
export interface RatioEstimate {
  readonly middle: number;
  readonly low: number;
  readonly high: number;
}

/** Runs the tool once, and gives the figure that is compared. */
export type Way = () => Promise<number>;

/** An interval within these bounds says that the seam takes nothing away. */
const LOW = 0.98;
const HIGH = 1.02;

/**
 * The seam's figure over the direct one, from two runs of each in the order ABBA or BAAB, by chance: what
 * drifts steadily within a block cancels out.
 */
export async function ratioOfBlock(direct: Way, seam: Way): Promise<number> {
  const order = Math.random() < 0.5 ? [direct, seam, seam, direct] : [seam, direct, direct, seam];
  let logarithm = 0;
  for (const way of order) logarithm += Math.log(await way()) * (way === seam ? 0.5 : -0.5);
  return Math.exp(logarithm);
}

/**
 * Hodges and Lehmann's estimate with Wilcoxon's interval: both ways are alike but for the seam, so the
 * ratios' logarithms are symmetric.
 */
export function hodgesLehmann(ratios: readonly number[]): RatioEstimate {
  const values = ratios.map(Math.log);
  const n = values.length;
  const means = values.flatMap((a, i) => values.slice(i).map((b) => (a + b) / 2));
  means.sort((a, b) => a - b);
  const spread = 1.96 * Math.sqrt(n * (n + 1) * (2 * n + 1) / 24);
  const lowRank = Math.floor(n * (n + 1) / 4 - spread);
  const at = (rank: number): number => Math.exp(means[rank] ?? NaN);
  return {
    middle: at(Math.floor(means.length / 2)),
    low: at(lowRank),
    high: at(means.length - 1 - lowRank),
  };
}

/** Tells the estimate; the exit status is 1 unless its interval lies inside 0.98 to 1.02. */
export function reportFidelity(tool: string, ratios: readonly number[]): number {
  const { middle, low, high } = hodgesLehmann(ratios);
  const [estimate, from, to] = [middle, low, high].map((ratio) => ratio.toFixed(4));
  console.log(`fidelity of ${tool}: ${estimate} [${from}, ${to}] in ${ratios.length} blocks`);
  return low >= LOW && high <= HIGH ? 0 : 1;
}
