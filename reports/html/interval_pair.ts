/**
 * Two intervals on one scale: a ratio in two runs, or before and after.
 *
 * @module
 */
import { ratioWithInterval } from "../units.ts";
import { html, type Markup } from "./html.ts";

/** A ratio and its interval; null where there are too few blocks. */
export interface Figure {
  readonly ratio: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** Ratios are drawn by their logarithms: as far apart as they are by factor. */
export interface Scale {
  readonly low: number;
  readonly high: number;
}

/** A scale on which all the figures, and 1, can be seen. */
export function scaleOf(figures: readonly Figure[]): Scale {
  const known = figures.flatMap(({ ratio, low, high }) => [ratio, low, high])
    .filter((end) => end !== null && end > 0 && Number.isFinite(end)) as number[];
  return { low: Math.min(0.9, ...known) / 1.03, high: Math.max(1.05, ...known) * 1.03 };
}

const WIDTH = 260;

/** The first above as a circle, the second below as a square, and a line at 1. */
export function intervalPair(
  first: Figure,
  second: Figure,
  { scale, names }: { readonly scale: Scale; readonly names: readonly [string, string] },
): Markup {
  const one = position(1, scale);
  const name = `${names[0]} ${ratioWithInterval(first)}; ${names[1]} ${ratioWithInterval(second)}`;
  return html`
    <svg class="interval" viewBox="0 0 ${WIDTH} 26" role="img" aria-label="${name}">
      <title>${name}</title>
      <line class="one" x1="${one}" x2="${one}" y1="0" y2="26" />
      <g class="side-a">${rule(first, { scale, y: 8 })}<circle cx="${middle(
        first,
        scale,
      )}" cy="8" r="4"/></g>
      <g class="side-b">${rule(second, { scale, y: 18 })}<rect x="${middle(second, scale) -
        3.5}" y="14.5" width="7" height="7"/></g>
    </svg>
  `;
}

function rule(
  { ratio, low, high }: Figure,
  { scale, y }: { readonly scale: Scale; readonly y: number },
): Markup {
  const [left, right] = [low ?? ratio ?? 1, high ?? ratio ?? 1].map((end) => position(end, scale));
  return html`
    <line x1="${left ?? 0}" x2="${right ?? 0}" y1="${y}" y2="${y}" />
  `;
}

function middle({ ratio }: Figure, scale: Scale): number {
  return position(ratio ?? 1, scale);
}

function position(ratio: number, { low, high }: Scale): number {
  const share = Math.log(ratio / low) / Math.log(high / low);
  return Math.round(10 * WIDTH * Math.min(1, Math.max(0, share))) / 10;
}
