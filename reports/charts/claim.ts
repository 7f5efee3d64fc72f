/**
 * Chart of one claim: the ratio of each of its parts with its interval, before the bands. It is compiled
 * once; the page puts the parts of the claim that is open into it.
 *
 * @module
 */
import type { Thresholds } from "../../suites/result.ts";
import { bandLayer } from "./ratios.ts";
import { CHART_CONFIG } from "./palette.ts";
import { type ChartSpec, VEGA_LITE_SCHEMA } from "./spec.ts";

/** The name of the data that the page fills in: `{ name, ratio, low, high }` for each part. */
export const PARTS_DATA = "parts";

/** The page moves the upper end where a part reaches beyond it. */
const DOMAIN = [0, 1.25] as const;
/** The highest band reaches to wherever that end is. */
const BANDS = [0, Number.MAX_SAFE_INTEGER] as const;

/** The Vega-Lite specification, without its parts. */
export function claimChart(thresholds: Thresholds): ChartSpec {
  const scale = { domain: [...DOMAIN], nice: false, clamp: true };
  const y = { field: "name", type: "nominal", sort: null, axis: { title: null, ticks: false } };
  return {
    $schema: VEGA_LITE_SCHEMA,
    config: CHART_CONFIG,
    width: 460,
    height: { step: 24 },
    data: { name: PARTS_DATA },
    layer: [
      bandLayer(thresholds, BANDS),
      {
        mark: { type: "rule", strokeWidth: 2.5, color: "#1478BE" },
        encoding: {
          x: {
            ...{ field: "low", type: "quantitative", scale },
            axis: { title: "ratio to native", tickCount: 6 },
          },
          x2: { field: "high" },
          y,
        },
      },
      {
        mark: { type: "point", filled: true, size: 80, color: "#1478BE", opacity: 1 },
        encoding: { x: { field: "ratio", type: "quantitative", scale }, y },
      },
    ],
  };
}
