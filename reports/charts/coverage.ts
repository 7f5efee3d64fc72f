/**
 * Chart of coverage: for each matrix a bar of its claims by verdict, with their counts.
 *
 * @module
 */
import { type Coverage, type MatrixCoverage, type Result, VERDICTS } from "../../suites/result.ts";
import { matrixName } from "../judged.ts";
import { decidedInWords } from "../sentences.ts";
import { FACES } from "../verdicts.ts";
import { CHART_CONFIG } from "./palette.ts";
import { chartWarnings } from "./shared.ts";
import { segmentBars, segmentCounts, type VerdictSegment } from "./segments.ts";
import { type ChartSpec, VEGA_LITE_SCHEMA } from "./spec.ts";
import { verdictInWords } from "./verdict_scale.ts";

/** Wide enough for a symbol and a digit. */
const CLAIM_PIXELS = 20;

interface Segment extends VerdictSegment {
  readonly line: string;
}

/** The Vega-Lite specification of the coverage. */
export function coverageChart(result: Result): ChartSpec {
  const segments = result.coverage.matrices.flatMap(segmentsOf);
  const most = Math.max(1, ...segments.map(({ to }) => to));
  return {
    $schema: VEGA_LITE_SCHEMA,
    config: CHART_CONFIG,
    title: {
      text: "Verdicts of each matrix",
      subtitle: [...chartWarnings(result), decidedInWords(result.coverage).en],
    },
    width: most * CLAIM_PIXELS,
    height: { step: 21 },
    data: { values: segments },
    encoding: { ...places(most), tooltip: TOOLTIP },
    layer: [segmentBars(segments), segmentCounts(), decidedLayer(result.coverage)],
  };
}

const TOOLTIP = [
  { field: "line", title: "matrix" },
  { field: "verdict", title: "verdict" },
  { field: "claims", title: "claims" },
];

function segmentsOf({ matrix, verdicts }: MatrixCoverage): Segment[] {
  let to = 0;
  return VERDICTS.filter((verdict) => verdicts[verdict] > 0).map((verdict) => {
    const claims = verdicts[verdict];
    const from = to;
    to += claims;
    return {
      line: matrixName(matrix),
      ...{ from, to, middle: from + claims / 2, claims },
      verdict: verdictInWords(verdict),
      label: `${FACES[verdict].symbol}${claims}`,
    };
  });
}

function places(most: number): ChartSpec {
  return {
    x: { type: "quantitative", scale: { domain: [0, most], nice: false }, axis: null },
    y: { field: "line", type: "nominal", sort: null, axis: { title: null, ticks: false } },
  };
}

/** How much was decided, behind the bar. */
function decidedLayer({ matrices }: Coverage): ChartSpec {
  const judged = matrices.filter(({ total }) => total > 0);
  const values = judged.map(({ matrix, decided, total }) => ({
    line: matrixName(matrix),
    total,
    decided: `${decided} of ${total} decided`,
  }));
  return {
    data: { values },
    mark: { type: "text", align: "left", dx: 7, fontSize: 11, tooltip: false, aria: false },
    encoding: {
      x: { field: "total", type: "quantitative" },
      text: { field: "decided", type: "nominal" },
    },
  };
}
