import { assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { type Column, rowsOf } from "./rows.ts";
import { Damage } from "./sqlite_problems.ts";

/** Values of each kind, and values that are not. */
const CASES: Record<Column, [fits: readonly string[], odd: readonly string[]]> = {
  integer: [["0", "-3"], ["0.5", "'1'", "null", "x'00'"]],
  "integer?": [["null", "1"], ["0.5", "'1'"]],
  real: [["0.5", "1"], ["9e999", "'1'", "null"]],
  "real?": [["null", "0.5"], ["9e999", "'1'"]],
  text: [["''", "'1'"], ["1", "null", "x'00'"]],
  "text?": [["null", "'1'"], ["1"]],
  time: [["'2026-01-02T03:04:05.000Z'"], ["'2026'", "'zzz'", "2026", "null"]],
  "time?": [["null", "'2026-01-02T03:04:05.000Z'"], ["'zzz'", "1"]],
  blob: [["x'00'"], ["'a'", "1", "null"]],
};

for (const [column, [fits, odd]] of Object.entries(CASES) as [Column, [string[], string[]]][]) {
  Deno.test(`rowsOf() takes for ${column} only what is one`, () => {
    using database = new DatabaseSync(":memory:");
    const read = (value: string) =>
      rowsOf(database, { sql: `SELECT 1, ${value}`, columns: ["integer", column] });
    for (const value of fits) assertEquals(read(value).map(([one]) => one), [1]);
    for (const value of odd) assertThrows(() => read(value), Damage, column);
  });
}

Deno.test("rowsOf() gives the rows of a query with its parameters, and none where there are none", () => {
  using database = new DatabaseSync(":memory:");
  const read = (least: number) =>
    rowsOf(database, {
      sql: "SELECT column1, column2 FROM (VALUES (1, 'a'), (2, 'b')) WHERE column1 >= ?",
      columns: ["integer", "text"],
      parameters: [least],
    });
  assertEquals(read(1), [[1, "a"], [2, "b"]]);
  assertEquals(read(3), []);
});
