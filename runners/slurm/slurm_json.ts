/**
 * What all JSON of Slurm has in common, from 21.08 (openapi/v0.0.37) to 25.11 (data_parser/v0.0.44).
 *
 * @module
 */
import { isObject, isText } from "../json_values.ts";

export type SlurmFields = Readonly<Record<string, unknown>>;

/** What a command printed with `--json`. */
export interface SlurmDocument {
  /** Null where it has no such list. */
  readonly entries: readonly SlurmFields[] | null;
  /** Why it could not tell, in Slurm's words. */
  readonly errors: readonly string[];
}

/**
 * Reads the list of this name, with warnings before it or without. Null where this is no JSON of Slurm,
 * or where an entry of the list is no object.
 */
export function parseSlurmDocument(text: string, name: string): SlurmDocument | null {
  const root = documentOf(text);
  if (root === null) return null;
  const list = root[name];
  const entries = Array.isArray(list) && list.every(isObject)
    ? list.map((entry) => ({ ...entry }))
    : null;
  if (list !== undefined && entries === null) return null;
  const errors = Array.isArray(root["errors"]) ? root["errors"].map(errorText) : [];
  return { entries, errors };
}

/**
 * A number as it is printed: plain, or from 23.02 on as `{ set, infinite, number }`. Null for none, and
 * for one without a limit.
 */
export function slurmNumber(value: unknown): number | null {
  if (typeof value === "number") return value;
  if (!isObject(value)) return null;
  const { set, infinite, number }: SlurmFields = { ...value };
  return set === true && infinite !== true && typeof number === "number" ? number : null;
}

/** Words as they are printed: one, or from 23.02 on a list; in capitals. Null where it is neither. */
export function slurmWords(value: unknown): string[] | null {
  const words = isText(value) ? [value] : value;
  if (!Array.isArray(words) || !words.every(isText)) return null;
  return words.map((word) => word.trim().toUpperCase()).filter((word) => word !== "");
}

/** The text; null where it is empty or stands for none. */
export function slurmText(value: unknown): string | null {
  return isText(value) && !/^(?:|none|\(null\))$/i.test(value.trim()) ? value.trim() : null;
}

/** Slurm writes nothing before a line that opens the document but warnings. */
function documentOf(text: string): SlurmFields | null {
  const start = /^\{/m.exec(text)?.index;
  if (start === undefined) return null;
  try {
    const root: unknown = JSON.parse(text.slice(start));
    return isObject(root) ? { ...root } : null;
  } catch {
    return null;
  }
}

function errorText(error: unknown): string {
  const { description, error: word }: SlurmFields = isObject(error) ? { ...error } : {};
  const texts = [slurmText(word), slurmText(description)].filter((text) => text !== null);
  return texts.length === 0 ? JSON.stringify(error) : texts.join(": ");
}
