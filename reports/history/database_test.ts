import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { DatabaseSync } from "node:sqlite";
import { Problem } from "../../problem.ts";
import { sampleFleet } from "../testing/sample_fleet.ts";
import { History } from "./history.ts";
import { MIGRATIONS } from "./schema.ts";
import { addResult, sampleNight, withFolder } from "./testing/nights.ts";

/** Runs `test` with the path of a history of three nights that nobody has open. */
function withFile(test: (path: string) => void): Promise<void> {
  return withFolder((folder) => {
    const path = `${folder}/history.sqlite`;
    using history = History.open(path, { create: true });
    for (const night of [0, 1, 2]) addResult(history, sampleNight(night));
    history.addFleet(JSON.stringify(sampleFleet()), sampleFleet());
    history.close();
    test(path);
  });
}

/** That the file cannot be opened for that reason, and is as it was afterwards, alone in its folder. */
function assertRefused(path: string, condition: string): void {
  const before = Deno.readFileSync(path);
  for (const create of [true, false]) {
    assertThrows(() => History.open(path, { create }), Problem, condition);
  }
  assertEquals(Deno.readFileSync(path), before);
  const folder = path.slice(0, path.lastIndexOf("/"));
  assertEquals([...Deno.readDirSync(folder)].length, 1);
}

Deno.test("open() tells how to make a history when there is none, and leaves nothing behind", () =>
  withFolder((folder) => {
    const open = () => History.open(`${folder}/x`, { create: false });
    assertThrows(open, Problem, "history add");
    assertEquals([...Deno.readDirSync(folder)], []);
  }));

Deno.test("open() makes a history with its folders, and nothing beside it", () =>
  withFolder((folder) => {
    History.open(`${folder}/a/b/history.sqlite`, { create: true }).close();
    const names = [...Deno.readDirSync(`${folder}/a/b`)].map(({ name }) => name);
    assertEquals(names, ["history.sqlite"]);
    // What is published is read by another user than the one who measured as root.
    const { mode } = Deno.statSync(`${folder}/a/b/history.sqlite`);
    assertEquals((mode ?? 0) & 0o777, 0o644 & ~Deno.umask());
  }));

Deno.test("open() says why a history cannot be made when a file is where its folder would be", () =>
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/a`, "");
    assertThrows(() => History.open(`${folder}/a/x`, { create: true }), Problem, "history");
    assertThrows(() => History.open(folder, { create: true }), Problem, "directory");
  }));

const FOREIGN: Record<string, [condition: string, bytes: string]> = {
  "a text": ["no SQLite file", "precious words, ".repeat(500)],
  "empty": ["no SQLite file", ""],
};
for (const [words, [condition, bytes]] of Object.entries(FOREIGN)) {
  Deno.test(`open() refuses a file and leaves it alone when it is ${words}`, () =>
    withFolder((folder) => {
      Deno.writeTextFileSync(`${folder}/history.sqlite`, bytes);
      assertRefused(`${folder}/history.sqlite`, condition);
    }));
}

Deno.test("open() refuses another program's database and leaves it alone", () =>
  withFolder((folder) => {
    const path = `${folder}/history.sqlite`;
    using database = new DatabaseSync(path);
    database.exec("CREATE TABLE runs (id INTEGER PRIMARY KEY)");
    database.close();
    assertRefused(path, "another program's database");
  }));

Deno.test("open() refuses a history that was cut off and leaves it alone", () =>
  withFile((path) => {
    const { size } = Deno.statSync(path);
    for (const kept of [size - 1, size / 2, 4096, 50].map(Math.floor)) {
      Deno.truncateSync(path, kept);
      assertRefused(path, "damaged");
    }
  }));

Deno.test("History tells in a sentence that its file is damaged, wherever that is", () =>
  withFile((path) => {
    const whole = Deno.readFileSync(path);
    const places = fc.record({
      at: fc.nat(whole.length),
      bytes: fc.uint8Array({ maxLength: 400 }),
    });
    fc.assert(
      fc.property(places, ({ at, bytes }) => {
        const damaged = whole.slice();
        damaged.set(bytes.subarray(0, whole.length - at), at);
        Deno.writeFileSync(path, damaged);
        try {
          readAll(path);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
        }
      }),
      { numRuns: 60 },
    );
  }));

/** Reads all that there is, and adds a night. */
function readAll(path: string): void {
  using history = History.open(path, { create: false });
  for (const { key } of history.machines()) {
    for (const { id } of history.runs(key)) history.resultText(id);
    history.verdicts(key);
    history.series(key);
  }
  for (const { id } of history.fleets()) [history.fleetText(id), history.fleetHosts(id)];
  addResult(history, sampleNight(7));
}

/** Makes an index that leaves a run out, and then lets it say that it has them all. */
const LESS = " WHERE id > 1";
const LOSSY = `DROP INDEX runs_in_time;
  CREATE UNIQUE INDEX runs_in_time ON runs (machine, started_at, ifnull(dry_run, ''))${LESS}`;

Deno.test("open() refuses a history from which SQLite would read less than it holds", () =>
  withFile((path) => {
    using database = new DatabaseSync(path);
    database.exec(LOSSY);
    database.close();
    const bytes = Deno.readFileSync(path);
    const at = new TextDecoder("latin1").decode(bytes).indexOf(LESS);
    Deno.writeFileSync(path, bytes.fill(0x20, at, at + LESS.length));
    assertRefused(path, "it is damaged (seen: wrong # of entries in index runs_in_time)");
  }));

const VERSIONS: Record<number, string> = {
  [-1]: "version -1",
  0: "version 0",
  1: "table fleets already exists",
};
for (const [version, seen] of Object.entries(VERSIONS)) {
  Deno.test(`open() says that a history is damaged when its version says ${version}`, () =>
    withFile((path) => {
      using database = new DatabaseSync(path);
      database.exec(`PRAGMA user_version = ${version}`);
      database.close();
      assertRefused(path, `it is damaged (seen: ${seen})`);
    }));
}

const BEYOND: Record<string, string> = {
  "a list that is none": "UPDATE runs SET selection = '['",
  "names that are no list": "UPDATE machines SET gpus = '{}'",
  "a time that is none": "UPDATE runs SET started_at = 'zzz' WHERE id = 1",
  "a number that is too large": "UPDATE ratios SET n = 9007199254740993",
  "a verdict of a later version":
    "UPDATE verdict_names SET name = 'perhaps' WHERE name = 'confirmed'",
  "a text that was not compressed": "UPDATE results SET gzip = x'00'",
};
for (const [words, sql] of Object.entries(BEYOND)) {
  Deno.test(`History tells in a sentence that it holds ${words}`, () =>
    withFile((path) => {
      using database = new DatabaseSync(path);
      database.exec(sql);
      assertThrows(() => readAll(path), Problem);
    }));
}

const MORE = [
  ...MIGRATIONS,
  "CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT; SELECT * FROM runs",
];

Deno.test("open() brings an older history up to date and keeps what it holds, once", () =>
  withFile((path) => {
    for (let time = 0; time < 2; time++) {
      using history = History.open(path, { create: false, migrations: MORE });
      assertEquals(history.machines().map(({ runs }) => runs), [3]);
    }
    using database = new DatabaseSync(path);
    assertEquals(database.prepare("SELECT count(*) AS n FROM more").get()?.["n"], 0);
  }));

Deno.test("open() refuses a newer history and leaves it alone", () =>
  withFile((path) => {
    History.open(path, { create: false, migrations: MORE }).close();
    assertRefused(path, `version ${MORE.length}`);
  }));

Deno.test("open() leaves an older history as it was when a step to the newest version fails", () =>
  withFile((path) => {
    const migrations = [...MORE, "CREATE TABLE runs (id INTEGER)"];
    assertThrows(() => History.open(path, { create: false, migrations }));
    using history = History.open(path, { create: false });
    assertEquals(history.machines().map(({ runs }) => runs), [3]);
  }));
