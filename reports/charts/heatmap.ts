/**
 * Chart of verdicts: every claim of the document as one square with its verdict's colour and symbol, a
 * line for each matrix and one for the facts.
 *
 * @module
 */
import { FACTS_LINE } from "../../suites/coverage.ts";
import type { Result } from "../../suites/result.ts";
import { type Judged, judgedFacts, matrices, matrixName } from "../judged.ts";
import { FACES } from "../verdicts.ts";
import { CHART_CONFIG, NEUTRAL } from "./palette.ts";
import { chartWarnings } from "./shared.ts";
import { type ChartSpec, VEGA_LITE_SCHEMA } from "./spec.ts";
import { ON_COLOR, verdictColor, verdictInWords } from "./verdict_scale.ts";

/** Pixels from one square to the next. */
const STEP = 21;
const SQUARE = 19;
/** Between two rows of a matrix, in squares. */
const ROW_GAP = 0.3;

interface Square {
  readonly line: string;
  /** The place in the line, in squares. */
  readonly place: number;
  readonly id: string;
  readonly claim: string;
  readonly verdict: string;
  readonly symbol: string;
}

/** The Vega-Lite specification of all verdicts. */
export function heatmapChart(result: Result): ChartSpec {
  const squares = squaresOf(result);
  const last = Math.max(...squares.map(({ place }) => place));
  return {
    $schema: VEGA_LITE_SCHEMA,
    config: CHART_CONFIG,
    title: {
      text: "Every claim and its verdict",
      subtitle: [
        ...chartWarnings(result),
        "A line for each matrix of the document, a gap between its rows; then the facts.",
      ],
    },
    width: Math.round((last + 1) * STEP),
    height: { step: STEP },
    data: { values: squares },
    encoding: { ...places(last), tooltip: TOOLTIP },
    layer: [
      {
        mark: {
          ...{ type: "point", shape: "square", size: SQUARE ** 2, filled: true, opacity: 1 },
          ...{ stroke: NEUTRAL, strokeWidth: 0.5, aria: false },
        },
        encoding: { fill: verdictColor(new Set(squares.map(({ verdict }) => verdict))) },
      },
      {
        name: ON_COLOR,
        mark: { type: "text", fontSize: 12, fontWeight: "bold", color: "#000", aria: false },
        encoding: { text: { field: "symbol", type: "nominal" } },
      },
    ],
  };
}

const TOOLTIP = [
  { field: "id", title: "id" },
  { field: "claim", title: "claim" },
  { field: "verdict", title: "verdict" },
];

function places(last: number): ChartSpec {
  return {
    x: {
      field: "place",
      type: "quantitative",
      scale: { domain: [-0.5, last + 0.5], nice: false },
      axis: null,
    },
    y: { field: "line", type: "nominal", sort: null, axis: { title: null, ticks: false } },
  };
}

function squaresOf(result: Result): Square[] {
  const facts = judgedFacts(result).map((judged, place) => square(FACTS_LINE, place, judged));
  const cells = matrices(result).flatMap(({ id, columns, rows }) =>
    rows.flatMap(({ cells }, row) =>
      cells.map((judged, column) => square(id, row * (columns.length + ROW_GAP) + column, judged))
    )
  );
  return [...cells, ...facts];
}

function square(matrix: string, place: number, { claim, verdict }: Judged): Square {
  const judged = verdict?.verdict ?? null;
  return {
    line: matrixName(matrix),
    place: Number(place.toFixed(1)),
    id: claim.id,
    claim: claim.claimEn,
    verdict: verdictInWords(judged),
    symbol: judged === null ? "" : FACES[judged].symbol,
  };
}
