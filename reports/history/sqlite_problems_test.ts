import { assert, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Problem } from "../../problem.ts";
import { explained } from "./sqlite_problems.ts";
import { withFolder } from "./testing/nights.ts";

/** What fails, given a database with one table. */
type Failure = (database: DatabaseSync, path: string) => void;

/** Each once by a statement and once by `exec`, since Deno gives a code in one case alone. */
const FAILURES: Record<string, [condition: RegExp, ...Failure[]]> = {
  "is locked": [
    /another process is writing/,
    (database, path) => locked(database, path).exec("BEGIN IMMEDIATE"),
    (database, path) => locked(database, path).prepare("BEGIN IMMEDIATE").run(),
  ],
  "has no room": [
    /the disk is full/,
    (database) => full(database).exec("INSERT INTO t VALUES (zeroblob(100000))"),
    (database) => full(database).prepare("INSERT INTO t VALUES (zeroblob(100000))").run(),
  ],
  "was opened for reading": [
    /may not be written/,
    (_, path) => new DatabaseSync(path, { readOnly: true }).exec("DELETE FROM t"),
    (_, path) => new DatabaseSync(path, { readOnly: true }).prepare("DELETE FROM t").run(),
  ],
  "is a text": [
    /is damaged/,
    (_, path) => text(path).exec("SELECT * FROM t"),
    (_, path) => text(path).prepare("SELECT * FROM t").all(),
  ],
  "lost a name": [
    /is damaged/,
    (database) => database.exec("SELECT * FROM u"),
    (database) => database.prepare("SELECT b FROM t"),
    (database) => database.exec("INSERT INTO t (b) VALUES (1)"),
    (database) => database.exec("INSERT INTO t VALUES (1) ON CONFLICT (a) DO NOTHING"),
  ],
  "lost what is referred to": [
    /is damaged/,
    (database) => referring(database).exec("INSERT INTO c VALUES (9)"),
    (database) => referring(database).prepare("INSERT INTO c VALUES (9)").run(),
  ],
  "is given a value of another type": [
    /what is to be added does not fit/,
    (database) => typed(database).exec("INSERT INTO n VALUES (12.5)"),
    (database) => typed(database).prepare("INSERT INTO n VALUES (12.5)").run(),
  ],
  "is a folder": [/cannot be opened/, (_, path) => new DatabaseSync(`${path}/..`)],
};
for (const [words, [condition, ...failures]] of Object.entries(FAILURES)) {
  for (const [way, fail] of failures.entries()) {
    Deno.test(`explained() says what is wrong when a database ${words} (${way})`, () =>
      withFolder((folder) => {
        const path = `${folder}/x.sqlite`;
        using database = new DatabaseSync(path);
        database.exec("CREATE TABLE t (a)");
        const problem = explained(`open the history x`, errorOf(() => fail(database, path)));
        assert(problem instanceof Problem, String(problem));
        assertMatch(problem.message, condition);
      }));
  }
}

/** A database with a table whose rows refer to one that has none. */
function referring(database: DatabaseSync): DatabaseSync {
  database.exec("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p)");
  return database;
}

function typed(database: DatabaseSync): DatabaseSync {
  database.exec("CREATE TABLE n (n INTEGER) STRICT");
  return database;
}

/** A second connection to a database that the first one is writing to. */
function locked(database: DatabaseSync, path: string): DatabaseSync {
  database.exec("BEGIN IMMEDIATE");
  return new DatabaseSync(path, { timeout: 1 });
}

function full(database: DatabaseSync): DatabaseSync {
  database.exec("PRAGMA max_page_count = 3");
  return database;
}

function text(path: string): DatabaseSync {
  const file = `${path}.txt`;
  Deno.writeTextFileSync(file, "words, ".repeat(1000));
  return new DatabaseSync(file);
}

function errorOf(fail: () => void): unknown {
  try {
    return fail();
  } catch (error) {
    return error;
  }
}

const DISK = [
  { code: "ERR_SQLITE_ERROR", errcode: 778 }, // SQLITE_IOERR_WRITE
  { code: "ERR_SQLITE_ERROR" },
];
for (const codes of DISK) {
  Deno.test(`explained() says that the file system failed when ${JSON.stringify(codes)}`, () => {
    const error = Object.assign(new Error("disk I/O error"), codes);
    assertMatch(String(explained("add to the history x", error)), /the file system failed/);
  });
}

Deno.test("explained() shows none of the statements when one makes what is there", () => {
  using database = new DatabaseSync(":memory:");
  const make = () => database.exec("\nCREATE TABLE t (a);\nCREATE TABLE t (a)");
  const problem = explained("open the history x", errorOf(make));
  assertMatch(String(problem), /it is damaged \(seen: table t already exists\)/);
});

Deno.test("explained() leaves an error alone when it is a defect", () => {
  const defects = [
    new TypeError("x"),
    Object.assign(new Error("near SELEKT"), { code: "ERR_SQLITE_ERROR", errcode: 1 }),
    Object.assign(new Error("near SELEKT"), { code: "ERR_SQLITE_ERROR" }),
  ];
  for (const defect of defects) assert(explained("read x", defect) === defect);
});
