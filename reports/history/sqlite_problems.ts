/**
 * SQLite's errors as sentences that a user can act on.
 *
 * @module
 */
import { Problem } from "../../problem.ts";

/** What to do about a damaged history. */
export const RESTORE = "Restore it from a copy, or move it away and add the results again.";

/** That a history holds what nobody has written, although SQLite took no offence. */
export class Damage extends Error {
  override readonly name = "Damage";
}

interface Kind {
  /** SQLite's result code, and its words for it, which are all that some errors have. */
  readonly code: number;
  readonly words: RegExp;
  readonly condition: string;
  readonly cure?: string;
}

/** The code of all that has none of its own, defects among them. */
const GENERAL = 1;

const DAMAGED = { condition: "it is damaged", cure: RESTORE };

/** The errors that can be the user's or the disk's, and no defect. */
const KINDS: readonly Kind[] = [
  {
    // What the statements name was there when the file was made, and what they make was not.
    ...{
      code: GENERAL,
      words:
        /^no such|^unknown function|^unsupported file format|^table .* has no column|^ON CONFLICT clause|^(table|index) \S+ already exists/,
    },
    ...DAMAGED,
  },
  {
    ...{ code: 5, words: /^database is locked/, condition: "another process is writing to it" },
    cure: "Try again when that has ended.",
  },
  {
    // SQLite also reads no history without a file beside it that it writes to.
    ...{ code: 8, words: /^attempt to write a readonly/, condition: "it may not be written" },
    cure: "Let it and its folder be written to, or use a copy of it in a folder of your own.",
  },
  {
    ...{ code: 10, words: /^disk I\/O error/, condition: "the file system failed" },
    cure: "Look whether the disk is full, failing or read-only.",
  },
  { code: 11, words: /malformed/, ...DAMAGED },
  {
    ...{ code: 13, words: /^database or disk is full/, condition: "the disk is full" },
    cure: "Make room, and try again: nothing was changed.",
  },
  {
    ...{ code: 14, words: /^unable to open/, condition: "it cannot be opened" },
    cure: "Look whether it and its folder may be read and written.",
  },
  {
    // What is added fits what a whole file holds: nothing is named twice, and all that is named is there.
    ...{ code: 19, words: /constraint failed/, ...DAMAGED },
  },
  {
    // SQLITE_CONSTRAINT_DATATYPE: not what the file holds is wrong, but what it was to hold.
    ...{ code: 3091, words: /^cannot store/, condition: "what is to be added does not fit it" },
    cure: "Leave that out: the history is as it was.",
  },
  { code: 26, words: /^file is not a database/, ...DAMAGED },
];

/** An error as one that a user can act on, where it is SQLite's and no defect, or damage; else itself. */
export function explained(action: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const kind = kindOf(error);
  if (kind === undefined) return error;
  const { condition, cure } = kind;
  // To some errors of `exec`, all the statements are appended.
  const [seen = ""] = error.message.split(" in \n");
  return new Problem({ action, condition, seen, ...(cure === undefined ? {} : { cure }) });
}

type SqliteError = Error & { readonly code?: unknown; readonly errcode?: unknown };

function kindOf(error: SqliteError): Pick<Kind, "condition" | "cure"> | undefined {
  const { code, errcode, message } = error;
  // An integer beyond all that are ever written.
  if (error instanceof Damage || code === "ERR_OUT_OF_RANGE") return DAMAGED;
  if (code !== "ERR_SQLITE_ERROR") return undefined;
  if (typeof errcode !== "number" || errcode === GENERAL) {
    return KINDS.find(({ words }) => words.test(message));
  }
  const ofCode = (wanted: number) => KINDS.find(({ code }) => code === wanted);
  // The low byte is the primary code.
  return ofCode(errcode) ?? ofCode(errcode & 0xff);
}
