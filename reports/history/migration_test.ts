import { assert, assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Problem } from "../../problem.ts";
import { sampleFleet } from "../testing/sample_fleet.ts";
import { History } from "./history.ts";
import { MIGRATIONS } from "./schema.ts";
import { addResult, sampleNight, textOf, withFolder } from "./testing/nights.ts";

/** Runs `test` with a history of three nights that an earlier version made, which nobody has open. */
function withVersion(
  version: number,
  test: (path: string) => Promise<void> | void,
): Promise<void> {
  return withFolder(async (folder) => {
    const path = `${folder}/history.sqlite`;
    using history = History.open(path, { create: true, migrations: MIGRATIONS.slice(0, version) });
    for (const night of [0, 1, 2]) addResult(history, sampleNight(night));
    history.close();
    assertEquals(versionOf(path), version);
    await test(path);
  });
}

function versionOf(path: string): unknown {
  using database = new DatabaseSync(path);
  return database.prepare("PRAGMA user_version").get()?.["user_version"];
}

/** That all of the three nights are there, and SQLite finds no fault. */
function assertWhole(path: string, migrations = MIGRATIONS): void {
  using database = new DatabaseSync(path);
  assertEquals(database.prepare("PRAGMA integrity_check").all().map(Object.values), [["ok"]]);
  assertEquals(database.prepare("PRAGMA foreign_key_check").all(), []);
  using history = History.open(path, { create: false, migrations });
  const [{ key = "" } = {}] = history.machines();
  const texts = history.runs(key).map(({ id }) => history.resultText(id));
  assertEquals(texts.slice(0, 3), [0, 1, 2].map((night) => textOf(sampleNight(night))));
  assertEquals(history.series(key)[0]?.points.length, texts.length);
}

function process(script: string, ...args: string[]): Deno.Command {
  const path = new URL(`./testing/${script}`, import.meta.url).pathname;
  const flags = ["--quiet", "--no-check", "--allow-read", "--allow-write", "--no-prompt"];
  return new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, path, ...args],
    stdout: "piped",
    stderr: "piped",
  });
}

Deno.test("open() keeps all that a history of version 1 holds, and takes fleets into it", () =>
  withVersion(1, (path) => {
    assertWhole(path);
    assertEquals(versionOf(path), MIGRATIONS.length);
    using history = History.open(path, { create: false });
    assertEquals(history.fleets(), []);
    const fleet = sampleFleet();
    assertEquals(history.addFleet(JSON.stringify(fleet), fleet).isNew, true);
  }));

Deno.test("a history of an older version stays as it is for the cellproof that made it", () =>
  withVersion(1, (path) => {
    assertWhole(path, MIGRATIONS.slice(0, 1));
    assertEquals(versionOf(path), 1);
  }));

Deno.test("an older cellproof says that a history is of a newer version, and leaves it alone", () =>
  withVersion(2, (path) => {
    const before = Deno.readFileSync(path);
    const open = () => History.open(path, { create: false, migrations: MIGRATIONS.slice(0, 1) });
    assertThrows(open, Problem, "its version is newer than this cellproof's, which is 1");
    assertEquals(Deno.readFileSync(path), before);
  }));

Deno.test("open() takes a step once when two processes open a history at once", () =>
  withVersion(1, async (path) => {
    const spans = [["3", "20"], ["20", "40"]];
    const outputs = await Promise.all(
      spans.map((span) => process("add_nights.ts", path, ...span).output()),
    );
    assertEquals(outputs.map(({ code }) => code), [0, 0]);
    assertWhole(path);
    using history = History.open(path, { create: false });
    assertEquals(history.machines().map(({ runs }) => runs), [40]);
  }));

Deno.test("open() leaves a history whole, and of its version, when it is killed during a step", () =>
  withVersion(1, async (path) => {
    const child = process("slow_migration.ts", path).spawn();
    const output = Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
    await untilWriting(path);
    child.kill("SIGKILL");
    await Promise.all([child.status, output]);
    assertEquals(versionOf(path), 1);
    assertWhole(path, MIGRATIONS.slice(0, 1));
    assertWhole(path);
  }));

/** Waits until another process is writing to the history. */
async function untilWriting(path: string): Promise<void> {
  using database = new DatabaseSync(path, { timeout: 0 });
  for (let tries = 0; tries < 1000; tries++) {
    try {
      database.exec("BEGIN IMMEDIATE; ROLLBACK");
    } catch (error) {
      assert(error instanceof Error && error.message.includes("locked"));
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("Nobody wrote.");
}
