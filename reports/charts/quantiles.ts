/**
 * The figures of one process that tell of the distribution inside it, by their names in a sample's
 * details.
 *
 * @module
 */

/** What a detail is, and the shape it is drawn with. */
export interface Quantile {
  /** The details that hold it, in seconds. */
  readonly names: readonly string[];
  readonly word: string;
  readonly shape: string;
}

/** From least to greatest. */
export const QUANTILES: readonly Quantile[] = [
  { names: ["minSeconds"], word: "least", shape: "triangle-right" },
  { names: ["latencyMedianSeconds"], word: "median", shape: "cross" },
  { names: ["latencyMeanSeconds", "meanSeconds"], word: "mean", shape: "diamond" },
  { names: ["latencyP99Seconds"], word: "99th percentile", shape: "square" },
  { names: ["latencyMaxSeconds", "maxSeconds"], word: "greatest", shape: "triangle-left" },
];

const NAMES = new Set(QUANTILES.flatMap(({ names }) => names));

/** The details that are drawn; the others stand in `result.json` alone. */
export function quantileDetails(
  details: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(details).filter(([name]) => NAMES.has(name)));
}
