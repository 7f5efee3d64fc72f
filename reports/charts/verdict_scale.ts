/**
 * How charts show verdicts: by a word with its symbol, on the verdict's colour.
 *
 * @module
 */
import { type Verdict, VERDICTS } from "../../suites/result.ts";
import { FACES } from "../verdicts.ts";
import type { ChartSpec } from "./spec.ts";

/** The name of the layer whose texts stand on colour: they stay black in every colour scheme. */
export const ON_COLOR = "on-color";

const NOT_JUDGED = "not asked for";

/** A verdict with its symbol: `"✔ confirmed"`; null stands for a claim that was not judged. */
export function verdictInWords(verdict: Verdict | null): string {
  return verdict === null ? NOT_JUDGED : `${FACES[verdict].symbol} ${FACES[verdict].wordEn}`;
}

/** The colour by the field `verdict`, which holds {@linkcode verdictInWords}; with the legend. */
export function verdictColor(shown: ReadonlySet<string>): ChartSpec {
  const words: (Verdict | null)[] = [...VERDICTS, null];
  const present = words.filter((verdict) => shown.has(verdictInWords(verdict)));
  return {
    field: "verdict",
    type: "nominal",
    scale: {
      domain: present.map(verdictInWords),
      range: present.map((verdict) => verdict === null ? "transparent" : FACES[verdict].color),
    },
    legend: { title: null, orient: "bottom", direction: "horizontal", symbolType: "square" },
  };
}
