/**
 * What the charts share: which arms and samples they draw, and lines of text, which they do not break.
 *
 * @module
 */
import type { Arm, Experiment, Result, Sample } from "../../suites/result.ts";
import { warnings } from "../sentences.ts";

const LONGEST_LINE = 120;
const LONGEST_TITLE = 85;

/** Whether an arm could be measured at all. */
export function ran({ missing, broken }: Arm): boolean {
  return missing === null && broken === null;
}

/** The reference, its control, then the others that ran: the order of `armMarks`. */
export function armsInOrder({ arms, reference, control }: Experiment): string[] {
  return [...new Set([reference, control, ...arms.filter(ran).map(({ name }) => name)])];
}

/** A sample that has a figure. */
export type Measured = Sample & { readonly value: number };

/** Whether a sample has a figure. */
export function hasValue(sample: Sample): sample is Measured {
  return sample.value !== null;
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

/** A title in lines that are no wider than a chart. */
export function wrapTitle(title: string): string[] {
  return wrap(title, LONGEST_TITLE);
}
