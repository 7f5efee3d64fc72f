/**
 * Stand-in for `@std/csv` over d3-dsv: as much of `parse` and `stringify` as cellproof uses.
 *
 * @module
 */
import { csvFormatRows, csvParseRows } from "d3-dsv";

/** Options of {@linkcode parse}. */
export interface ParseOptions {
  /** Take the first row as the column names and return records instead of rows. */
  skipFirstRow: true;
}

/**
 * Parses RFC 4180 text into one record a row, keyed by the first row.
 *
 * @throws {SyntaxError} if a row has another number of fields than the first.
 */
export function parse(text: string, _options: ParseOptions): Record<string, string>[] {
  const [header = [], ...rows] = csvParseRows(text.replace(/^\uFEFF/, ""));
  return rows.map((row, index) => {
    if (row.length !== header.length) {
      throw new SyntaxError(
        `Syntax error on line ${index + 2}: expected ${header.length} fields, found ${row.length}`,
      );
    }
    return Object.fromEntries(header.map((name, column) => [name, row[column] ?? ""]));
  });
}

/** Options of {@linkcode stringify}. */
export interface StringifyOptions {
  /** The columns, in order; they are also the first row. */
  columns: readonly string[];
}

/** Formats records as RFC 4180 text, lines ended by CR LF. */
export function stringify(
  data: readonly Readonly<Record<string, string | number>>[],
  { columns }: StringifyOptions,
): string {
  const rows = data.map((record) => columns.map((name) => String(record[name] ?? "")));
  // Row by row: a line feed inside a field stays as it is.
  return [[...columns], ...rows].map((row) => `${csvFormatRows([row])}\r\n`).join("");
}
