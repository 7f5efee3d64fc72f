/**
 * Chart of verdicts: how many of each, by matrix.
 *
 * @module
 */
import { type Result, type Verdict, VERDICTS } from "../../suites/result.ts";
import { judgedFacts, matrices, verdictsOf } from "../judged.ts";
import { minuteInUtc } from "../units.ts";
import { chartWarnings } from "./shared.ts";
import { countVerdicts, FACES } from "../verdicts.ts";
import { CHART_CONFIG } from "./palette.ts";
import { type ChartSpec, VEGA_LITE_SCHEMA } from "./spec.ts";

interface Row {
  readonly section: string;
  readonly verdict: string;
  readonly count: number;
  readonly order: number;
  readonly label: string;
}

/** The Vega-Lite specification of the verdicts by matrix. */
export function overviewChart(result: Result): ChartSpec {
  const rows = overviewRows(result);
  const sections = [...new Set(rows.map(({ section }) => section))];
  return {
    $schema: VEGA_LITE_SCHEMA,
    config: CHART_CONFIG,
    title: {
      text: `Verdicts on ${result.host.hostname}, ${minuteInUtc(result.run.startedAt)}`,
      subtitle: chartWarnings(result),
    },
    width: 780,
    height: { step: 22 },
    data: { values: rows },
    encoding: {
      y: {
        field: "section",
        type: "nominal",
        sort: sections,
        axis: { title: null, ticks: false },
      },
      x: { field: "count", type: "quantitative", stack: "zero", axis: { title: "claims" } },
      order: { field: "order", type: "quantitative" },
    },
    layer: [barLayer(), labelLayer()],
  };
}

function barLayer(): ChartSpec {
  return {
    mark: { type: "bar", height: { band: 0.8 }, aria: false },
    encoding: {
      color: {
        field: "verdict",
        type: "nominal",
        scale: { domain: VERDICTS.map(named), range: VERDICTS.map((one) => FACES[one].color) },
        legend: { title: null, orient: "bottom", columns: 6, symbolType: "square" },
      },
      tooltip: [{ field: "section" }, { field: "verdict" }, { field: "count", title: "claims" }],
    },
  };
}

/** Symbol and count inside each bar that has the room for them. */
function labelLayer(): ChartSpec {
  return {
    mark: { type: "text", fontSize: 11, color: "#000", aria: false, tooltip: false },
    encoding: {
      x: { field: "count", type: "quantitative", stack: "zero", bandPosition: 0.5 },
      text: { field: "label", type: "nominal" },
    },
  };
}

function overviewRows(result: Result): Row[] {
  const sections = matrices(result).map((matrix) => ({
    section: `${matrix.id} ${matrix.titleEn}`,
    counts: countVerdicts(verdictsOf(matrix)),
  }));
  const facts = countVerdicts(judgedFacts(result).flatMap(({ verdict }) => verdict ?? []));
  return [...sections, { section: "Facts", counts: facts }].flatMap(({ section, counts }) =>
    VERDICTS.map((verdict, order) => row(verdict, { section, order, count: counts[verdict] }))
      .filter(({ count }) => count > 0)
  );
}

function row(verdict: Verdict, rest: Pick<Row, "section" | "order" | "count">): Row {
  const { symbol } = FACES[verdict];
  return {
    ...rest,
    verdict: named(verdict),
    label: rest.count < 2 ? symbol : `${symbol} ${rest.count}`,
  };
}

function named(verdict: Verdict): string {
  return `${FACES[verdict].symbol} ${verdict}`;
}
