/**
 * What the charts share: which arms they draw, logarithmic ticks, and lines of text, which they do not break.
 *
 * @module
 */
import type { Arm, Result } from "../../suites/result.ts";
import { warnings } from "../sentences.ts";

const LONGEST_LINE = 120;

/** Whether an arm could be measured at all. */
export function ran({ missing, broken }: Arm): boolean {
  return missing === null && broken === null;
}

/** The ticks 1, 2 and 5 of every decade between two positive numbers. */
export function logTicks(lowest: number, highest: number): number[] {
  const first = Math.floor(Math.log10(lowest));
  const decades = Math.max(0, Math.ceil(Math.log10(highest)) - first) + 1;
  return Array.from({ length: decades }, (_, index) => first + index)
    .flatMap((exponent) => ["1", "2", "5"].map((digit) => Number(`${digit}e${exponent}`)))
    .filter((tick) => tick >= lowest && tick <= highest);
}

/** The lines that a chart of a dry or unfinished run starts with. */
export function chartWarnings(result: Result): string[] {
  return warnings(result).flatMap(({ en }) => wrap(en));
}

/** Text broken between words into lines of at most `longest` characters; longer words are cut. */
export function wrap(text: string, longest = LONGEST_LINE): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ").map((word) => word.slice(0, longest))) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > longest) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
