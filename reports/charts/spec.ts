/**
 * Vega-Lite specifications as plain data.
 *
 * @module
 */

/** A Vega-Lite specification or a part of one. */
export type ChartSpec = { readonly [key: string]: unknown };

/** The version that the specifications are written for. */
export const VEGA_LITE_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json";
