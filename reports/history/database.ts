/**
 * The file of a history: made whole or not at all, told from other files, brought up to date.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { Problem } from "../../problem.ts";
import { cannotOpen, readHeader, refuseForeign } from "./database_file.ts";
import { rowsOf } from "./rows.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";
import { Damage, explained } from "./sqlite_problems.ts";

/** How long to wait for another process that writes. */
const MOST_WAIT_MS = 10_000;

export interface OpenOptions {
  /** Whether to make it where there is none. */
  readonly create: boolean;
  /** The steps to the newest version. */
  readonly migrations?: readonly string[];
}

/**
 * Opens a history's file. A file that is not a history, or of a newer version, is left as it is.
 *
 * @throws {Problem} where there is none or cannot be one, or it is foreign, damaged or newer
 */
export function openDatabase(
  path: string,
  { create, migrations = MIGRATIONS }: OpenOptions,
): DatabaseSync {
  const header = readHeader(path) ?? (create ? makeDatabase(path, migrations) : null);
  if (header === null) {
    throw cannotOpen(path, "there is none", "`deno task history add RESULT` makes one.");
  }
  refuseForeign(path, header);
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { timeout: MOST_WAIT_MS });
    // A night costs one sync of the disk, and not even a power cut then loses it.
    database.exec("PRAGMA synchronous = FULL");
    bringUpToDate(database, path, migrations);
    return database;
  } catch (error) {
    database?.close();
    throw explained(`open the history ${path}`, error);
  }
}

/** Does `work` as one transaction: all of it stays, or nothing. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  // IMMEDIATE: whoever reads first and then writes may find that another has written in between.
  database.exec("BEGIN IMMEDIATE");
  try {
    const value = work();
    database.exec("COMMIT");
    return value;
  } catch (error) {
    // After some errors, such as a full disk, SQLite itself has gone back already.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/**
 * Makes the database under another name, and then gives it its own: so nobody, not even after a kill,
 * finds half of one, and of two who make it at once one finds the other's.
 */
function makeDatabase(path: string, migrations: readonly string[]): Uint8Array | null {
  const unfinished = `${path}.${crypto.randomUUID()}.new`;
  try {
    const slash = path.lastIndexOf("/");
    if (slash > 0) Deno.mkdirSync(path.slice(0, slash), { recursive: true });
    fillDatabase(unfinished, migrations);
    Deno.linkSync(unfinished, path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw cannotMake(path, error);
  } finally {
    removeQuietly(unfinished);
  }
  return readHeader(path);
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It was not made: the first error is the one to tell.
  }
}

function fillDatabase(path: string, migrations: readonly string[]): void {
  using database = new DatabaseSync(path);
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  migrate(database, migrations);
  // Kept in the file. Readers then never wait for a writer, nor a writer for them.
  database.exec("PRAGMA journal_mode = WAL");
}

function bringUpToDate(
  database: DatabaseSync,
  path: string,
  migrations: readonly string[],
): void {
  const version = versionOf(database);
  if (version > migrations.length) throw newer(path, version, migrations.length);
  // None has its name before it has a version.
  if (version < 1) throw new Damage(`version ${version}`);
  assertWhole(database);
  if (version < migrations.length) migrate(database, migrations);
}

/**
 * What can be damaged so that SQLite reads it without a complaint is looked at beforehand. Left out are the
 * tables that hold texts, which are nearly all of a file: their gzip tells when one of them is read.
 */
function assertWhole(database: DatabaseSync): void {
  const [row] = rowsOf(database, {
    sql: `SELECT integrity_check FROM sqlite_schema, pragma_integrity_check(sqlite_schema.name)
      WHERE type = 'table' AND sqlite_schema.name NOT IN ('results', 'fleets')
        AND integrity_check <> 'ok' LIMIT 1`,
    columns: ["text"],
  });
  if (row !== undefined) throw new Damage(row[0]);
}

/** Takes all steps that are missing, or none. */
function migrate(database: DatabaseSync, migrations: readonly string[]): void {
  inTransaction(database, () => {
    // Read again: another process may just have taken them.
    for (const step of migrations.slice(versionOf(database))) database.exec(step);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

function versionOf(database: DatabaseSync): number {
  const [[version] = [0]] = rowsOf(database, { sql: "PRAGMA user_version", columns: ["integer"] });
  return version;
}

function newer(path: string, version: number, known: number): Problem {
  return new Problem({
    action: `open the history ${path}`,
    condition: `its version is newer than this cellproof's, which is ${known}`,
    seen: `version ${version}`,
    cure: "Use the cellproof that wrote it, or a newer one.",
  });
}

function cannotMake(path: string, error: unknown): unknown {
  const action = `make the history ${path}`;
  const better = explained(action, error);
  if (better !== error || !(error instanceof Error)) return better;
  const cure = "Name a file in a writable folder with --db.";
  return new Problem({
    action,
    condition: "the file system refused it",
    seen: error.message,
    cure,
  });
}
