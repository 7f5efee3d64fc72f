import type { Requirement } from "./requirements.ts";

/** The parts of a {@linkcode Problem}: a sentence that a user can act on. */
export interface ProblemParts {
  /** What was being done, e.g. `"start the container"`. */
  readonly action: string;
  /** What went wrong, e.g. `"docker exited with status 125"`. */
  readonly condition: string;
  /** The value seen, shortened to fit a line. */
  readonly seen?: string;
  /** What the user can do about it. */
  readonly cure?: string;
}

const LONGEST_SEEN = 400;

/**
 * A failure that is the user's, the host's or a tool's, never a defect of cellproof: it is shown as
 * one sentence and without a stack trace.
 */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly parts: ProblemParts;

  constructor(parts: ProblemParts) {
    super(sentence(parts));
    this.parts = parts;
  }
}

/** A {@linkcode Problem} of the command line itself: exit status 1. */
export class UsageProblem extends Problem {}

/** A {@linkcode Problem} of something that this host lacks: its claims are untested, not in error. */
export class MissingTool extends Problem {
  /** What a reader would go and get. */
  readonly lacks: Requirement;

  constructor(parts: ProblemParts, lacks: Requirement = "tools") {
    super(parts);
    this.lacks = lacks;
  }
}

function sentence({ action, condition, seen, cure }: ProblemParts): string {
  const short = shorten(seen ?? "");
  const shown = short === "" ? "" : ` (seen: ${short})`;
  return `Cannot ${action}: ${condition}${shown}.${cure === undefined ? "" : ` ${cure}`}`;
}

/** Folds white space and cuts a tool's text to the length of a readable line. */
export function shorten(text: string, longest = LONGEST_SEEN): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= longest ? line : `${line.slice(0, longest)}…`;
}
