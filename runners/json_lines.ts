/** The objects of a text that has one JSON object a line; a line that is none is left out. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text.split("\n").flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
      return isObject ? [value as Record<string, unknown>] : [];
    } catch {
      return [];
    }
  });
}
