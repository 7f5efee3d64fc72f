/** Chart specifications for snapshots. @module */

const MOST_ROWS = 1;

/** The specification with the first row of each data alone, and how many others there were. */
export function trimmed(spec: unknown): unknown {
  if (Array.isArray(spec)) return spec.map(trimmed);
  if (typeof spec !== "object" || spec === null) return spec;
  const entries = Object.entries(spec).filter(([key]) => key !== "config" && key !== "$schema");
  return Object.fromEntries(entries.map(([key, value]) => [
    key,
    key === "values" && Array.isArray(value) ? firstRows(value) : trimmed(value),
  ]));
}

function firstRows(rows: readonly unknown[]): unknown[] {
  const more = rows.length - MOST_ROWS;
  return more > 0 ? [...rows.slice(0, MOST_ROWS), `and ${more} more`] : [...rows];
}
