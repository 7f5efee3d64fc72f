/**
 * The tables of a history, as the steps that lead to them.
 *
 * @module
 */

/** Tells a history from every other SQLite file (`PRAGMA application_id`): "cell". */
export const APPLICATION_ID = 0x63656c6c;

/**
 * Names stand in tables of their own, and rows of verdicts and ratios lie together by run: a night
 * then takes a few pages, and a machine is read in the order in which it lies on disk. A result's
 * text is kept apart, so that reading runs does not pass over it.
 */
const FIRST = `
CREATE TABLE machines (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  hostname TEXT NOT NULL,
  environment TEXT NOT NULL,
  cpu_model TEXT NOT NULL,
  cpu_count REAL NOT NULL,
  gpus TEXT NOT NULL, -- a JSON list of names
  pci TEXT, -- a JSON list of vendors and devices
  gpu_uuids TEXT -- a JSON list of the digests of UUIDs
) STRICT;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  machine INTEGER NOT NULL REFERENCES machines,
  started_at TEXT NOT NULL,
  ended_at TEXT,
  duration_seconds REAL NOT NULL,
  version TEXT NOT NULL,
  firmware TEXT,
  gpu_driver TEXT,
  kernel TEXT NOT NULL,
  os TEXT NOT NULL,
  high REAL NOT NULL,
  medium REAL NOT NULL,
  selection TEXT NOT NULL, -- a JSON list of ids and prefixes
  confirms INTEGER REFERENCES runs,
  dry_run TEXT,
  synthetic INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX runs_in_time ON runs (machine, started_at, ifnull(dry_run, ''));

CREATE TABLE results (
  run INTEGER PRIMARY KEY REFERENCES runs,
  digest BLOB NOT NULL UNIQUE, -- SHA-256 of the text
  gzip BLOB NOT NULL
) STRICT;

CREATE TABLE claims (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE verdict_names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE verdicts (
  run INTEGER NOT NULL REFERENCES runs,
  claim INTEGER NOT NULL REFERENCES claims,
  verdict INTEGER NOT NULL REFERENCES verdict_names,
  by_ratio INTEGER NOT NULL,
  cut INTEGER NOT NULL, -- 1 where the end of the run left it open: it is counted, and no evidence
  PRIMARY KEY (run, claim)
) STRICT, WITHOUT ROWID;

CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  experiment TEXT NOT NULL,
  workload TEXT NOT NULL,
  arm TEXT NOT NULL,
  UNIQUE (experiment, workload, arm)
) STRICT;
CREATE TABLE ratios (
  run INTEGER NOT NULL REFERENCES runs,
  series INTEGER NOT NULL REFERENCES series,
  ratio REAL NOT NULL,
  low REAL,
  high REAL,
  n INTEGER NOT NULL,
  PRIMARY KEY (run, series)
) STRICT, WITHOUT ROWID;
`;

/**
 * A fleet's text is kept last in its row, so that reading fleets does not pass over it. Its hosts name
 * machines as their results do, and refer to no row: a result may come in later, or never.
 */
const SECOND = `
CREATE TABLE fleets (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE, -- the scheduler's request, or a digest of the runs
  scheduler TEXT,
  cluster TEXT,
  partition TEXT,
  started_at TEXT NOT NULL,
  ended_at TEXT,
  merged_at TEXT NOT NULL,
  version TEXT NOT NULL,
  kind TEXT,
  digest BLOB NOT NULL, -- SHA-256 of the text
  gzip BLOB NOT NULL
) STRICT;

CREATE TABLE fleet_hosts (
  fleet INTEGER NOT NULL REFERENCES fleets,
  place INTEGER NOT NULL, -- as the fleet has them
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  because TEXT,
  hostname TEXT,
  machine TEXT, -- a key
  started_at TEXT,
  PRIMARY KEY (fleet, place)
) STRICT, WITHOUT ROWID;
`;

/**
 * What makes each version (`PRAGMA user_version`) from the one before, the first from an empty file.
 * A step that has been published is never changed.
 */
export const MIGRATIONS: readonly string[] = [FIRST, SECOND];
