/**
 * Bars of verdicts, a segment for each: the layers that every such chart has.
 *
 * @module
 */
import type { ChartSpec } from "./spec.ts";
import { ON_COLOR, verdictColor } from "./verdict_scale.ts";

/** Data of a bar: where each segment begins and ends, its verdict in words, and how many claims have it. */
export interface VerdictSegment {
  readonly from: number;
  readonly to: number;
  /** Where {@linkcode label} stands. */
  readonly middle: number;
  readonly verdict: string;
  readonly claims: number;
  readonly label: string;
}

/** The bars; `axis` is that of the counts, Vega-Lite's own where it is not given. */
export function segmentBars(
  segments: readonly VerdictSegment[],
  axis?: { readonly title: string; readonly grid: boolean },
): ChartSpec {
  return {
    mark: { type: "bar", aria: false },
    encoding: {
      x: { field: "from", type: "quantitative", ...(axis === undefined ? {} : { axis }) },
      x2: { field: "to" },
      fill: verdictColor(new Set(segments.map(({ verdict }) => verdict))),
    },
  };
}

/** The field `label` in the middle of each segment. */
export function segmentCounts(): ChartSpec {
  return {
    name: ON_COLOR,
    mark: { type: "text", fontSize: 11, fontWeight: "bold", color: "#000", aria: false },
    encoding: {
      x: { field: "middle", type: "quantitative" },
      text: { field: "label", type: "nominal" },
    },
  };
}
