import { assert, assertEquals, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { History } from "./history.ts";
import { addResult, sampleNight, textOf, withFolder } from "./testing/nights.ts";

const FLAGS = ["--quiet", "--no-check", "--allow-read", "--allow-write", "--no-prompt"];

/** The command of a process that adds nights: those from one up to another, or one of them. */
function command(script: string, path: string, ...nights: readonly number[]): string[] {
  const { pathname } = new URL(`./testing/${script}`, import.meta.url);
  return [Deno.execPath(), "run", ...FLAGS, pathname, path, ...nights.map(String)];
}

function started([name = "", ...args]: readonly string[]): Deno.Command {
  return new Deno.Command(name, { args, stdout: "piped", stderr: "piped" });
}

/** How many runs there are, each of them with its result, verdicts and ratio; SQLite finds no fault. */
function assertWhole(path: string): number {
  using database = new DatabaseSync(path);
  assertEquals(database.prepare("PRAGMA integrity_check").all().map(Object.values), [["ok"]]);
  assertEquals(database.prepare("PRAGMA foreign_key_check").all(), []);
  using history = History.open(path, { create: false });
  const [{ key = "" } = {}] = history.machines();
  const runs = history.runs(key);
  for (const { id, startedAt } of runs) {
    assertEquals(JSON.parse(history.resultText(id)).run.startedAt, startedAt);
  }
  const lists = [...history.verdicts(key), ...history.series(key)];
  assertEquals(lists.map(({ points }) => points.length), lists.map(() => runs.length));
  return runs.length;
}

Deno.test("add() keeps every night once when processes make a history and add to it at once", () =>
  withFolder(async (folder) => {
    const path = `${folder}/history.sqlite`;
    const spans: [number, number][] = [[0, 30], [20, 50], [10, 40]];
    const outputs = await Promise.all(
      spans.map((span) => started(command("add_nights.ts", path, ...span)).output()),
    );
    const words = outputs.map(({ stdout }) => new TextDecoder().decode(stdout)).join("");
    assertEquals(outputs.map(({ code }) => code), [0, 0, 0]);
    assertEquals([words.match(/new/g)?.length, words.match(/known/g)?.length], [50, 40]);
    assertEquals(assertWhole(path), 50);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["history.sqlite"]);
  }));

Deno.test("add() leaves nothing of what it was adding when its process is killed", () =>
  withFolder(async (folder) => {
    const path = `${folder}/history.sqlite`;
    using history = History.open(path, { create: true });
    for (const night of [0, 1, 2]) addResult(history, sampleNight(night));
    history.close();
    const child = started(command("stopped_addition.ts", path, 3)).spawn();
    const output = child.stdout.getReader();
    assertEquals(new TextDecoder().decode((await output.read()).value), "stopped\n");
    assert(Deno.statSync(`${path}-wal`).size > 2 ** 20);
    child.kill("SIGKILL");
    await Promise.all([child.status, child.stderr.cancel(), output.cancel()]);
    assertEquals(assertWhole(path), 3);
    using after = History.open(path, { create: false });
    assert(addResult(after, sampleNight(3)).isNew);
  }));

/** The command under a limit on the size of files, in KiB; the signal would end it at once. */
function limited(command: readonly string[], kibibytes: number): string[] {
  return ["bash", "-c", `trap "" XFSZ; ulimit -f ${kibibytes}; exec "$@"`, "bash", ...command];
}

Deno.test("add() says so and leaves a history as it was when there is no room for more", () =>
  withFolder(async (folder) => {
    const path = `${folder}/history.sqlite`;
    using history = History.open(path, { create: true });
    const { run } = addResult(history, sampleNight(0));
    history.close();
    const kibibytes = Math.ceil(Deno.statSync(path).size / 1024) + 300;
    const adding = limited(command("add_nights.ts", path, 1, 1000), kibibytes);
    const { code, stderr } = await started(adding).output();
    const message = new TextDecoder().decode(stderr);
    assertMatch(message, /^Cannot add to the history .*(disk is full|file system failed)/);
    assertEquals(code, 2);
    const nights = assertWhole(path);
    assert(nights > 1 && nights < 999, String(nights));
    using after = History.open(path, { create: false });
    assertEquals(after.resultText(run.id), textOf(sampleNight(0)));
  }));
