import { isObject } from "./json_values.ts";

/** The objects of a text that has one JSON object a line; a line that is none is left out. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text.split("\n").flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return isObject(value) ? [value as Record<string, unknown>] : [];
    } catch {
      return [];
    }
  });
}
