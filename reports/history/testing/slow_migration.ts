/**
 * A process that brings a history to the newest version, and has not come to the end of that within a
 * minute, for a test that kills it: the argument is the history.
 *
 * @module
 */
import { openDatabase } from "../database.ts";
import { MIGRATIONS } from "../schema.ts";

/** Fills a table for as long as nobody ends it. */
const ENDLESS = `
CREATE TABLE numbers (n INTEGER) STRICT;
INSERT INTO numbers WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted)
  SELECT n FROM counted LIMIT 1000000000;
`;

const [path = ""] = Deno.args;
openDatabase(path, { create: false, migrations: [...MIGRATIONS, ENDLESS] });
