/**
 * Colours and shapes of the charts: Okabe and Ito's palette, which colour-blind readers can tell
 * apart (Color Universal Design, 2008), always together with a shape.
 *
 * @module
 */

/** The arm that ratios are taken to, and its control. */
export const NEUTRAL = "#7A7F87";
/** What was measured, where it needs no telling apart; readable on light and dark. */
export const MEASURED = "#1478BE";
const COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"] as const;
const SHAPES = [
  "triangle-up",
  "square",
  "diamond",
  "triangle-down",
  "triangle-right",
  "triangle-left",
];

/** How an arm is drawn. */
export interface ArmMark {
  readonly color: string;
  readonly shape: string;
}

/** A mark for each arm: the first two (reference and control) neutral, the others coloured. */
export function armMarks(count: number): ArmMark[] {
  const neutral = [{ color: NEUTRAL, shape: "circle" }, { color: NEUTRAL, shape: "cross" }];
  const rest = Array.from({ length: Math.max(0, count - 2) }, (_, index) => ({
    color: COLORS[index % COLORS.length] ?? NEUTRAL,
    // Beyond the colours, each comes again with another shape.
    shape: SHAPES[(index + Math.floor(index / COLORS.length)) % SHAPES.length] ?? "circle",
  }));
  return [...neutral, ...rest].slice(0, count);
}

/** The bands' backgrounds, from low to high; faint, so that marks stand out on light and dark. */
export const BAND_COLORS = ["#D55E00", "#E69F00", "#009E73"] as const;

/** Type and lines common to all charts; no background, so that the page's own shows through. */
export const CHART_CONFIG = {
  background: "transparent",
  font: "system-ui, 'Noto Sans', 'Noto Sans CJK SC', sans-serif",
  view: { stroke: null },
  axis: { domain: false, gridOpacity: 0.25, labelLimit: 600, labelFontSize: 12, titleFontSize: 12 },
  header: { labelAnchor: "start", labelFontSize: 12, labelFontWeight: "bold", title: null },
  legend: {
    labelLimit: 600,
    labelFontSize: 12,
    titleFontSize: 12,
    symbolSize: 70,
    columnPadding: 16,
    layout: { bottom: { direction: "vertical", anchor: "start" } },
  },
  title: { anchor: "start", fontSize: 15, subtitleFontSize: 12, subtitlePadding: 6, offset: 12 },
} as const;
