import { assert, assertEquals, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { History } from "./history.ts";
import { addResult, sampleNight, textOf, withFolder } from "./testing/nights.ts";

const SCRIPT = new URL("./testing/add_nights.ts", import.meta.url).pathname;
const ARGS = [
  "run",
  "--quiet",
  "--no-check",
  "--allow-read",
  "--allow-write",
  "--no-prompt",
  SCRIPT,
];

/** A process that adds the nights from one number up to another. */
function adding(path: string, from: number, to: number): Deno.Command {
  const args = [...ARGS, path, String(from), String(to)];
  return new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "piped" });
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
    const outputs = await Promise.all(spans.map((span) => adding(path, ...span).output()));
    const words = outputs.map(({ stdout }) => new TextDecoder().decode(stdout)).join("");
    assertEquals(outputs.map(({ code }) => code), [0, 0, 0]);
    assertEquals([words.match(/new/g)?.length, words.match(/known/g)?.length], [50, 40]);
    assertEquals(assertWhole(path), 50);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["history.sqlite"]);
  }));

Deno.test("add() leaves whole nights alone when its process is killed", () =>
  withFolder(async (folder) => {
    const path = `${folder}/history.sqlite`;
    let before = 0;
    for (let kill = 1; kill <= 3; kill++) {
      const child = adding(path, kill * 1e4, kill * 1e4 + 1e4).spawn();
      const output = child.stdout.getReader();
      await output.read();
      await new Promise((resolve) => setTimeout(resolve, 7 * kill));
      child.kill("SIGKILL");
      await Promise.all([child.status, child.stderr.cancel(), output.cancel()]);
      const now = assertWhole(path);
      assert(now > before && now < kill * 1e4, `${now} nights after ${before}`);
      before = now;
    }
  }));

/** Runs a command under a limit on the size of files, in KiB; the signal would end it at once. */
function limited(command: string[], kibibytes: number): Deno.Command {
  const script = `trap "" XFSZ; ulimit -f ${kibibytes}; exec "$@"`;
  const args = ["-c", script, "bash", ...command];
  return new Deno.Command("bash", { args, stdout: "piped", stderr: "piped" });
}

Deno.test("add() says so and leaves a history as it was when there is no room for more", () =>
  withFolder(async (folder) => {
    const path = `${folder}/history.sqlite`;
    using history = History.open(path, { create: true });
    const { run } = addResult(history, sampleNight(0));
    history.close();
    const kibibytes = Math.ceil(Deno.statSync(path).size / 1024) + 300;
    const command = [Deno.execPath(), ...ARGS, path, "1", "1000"];
    const { code, stderr } = await limited(command, kibibytes).output();
    const message = new TextDecoder().decode(stderr);
    assertMatch(message, /^Cannot add to the history .*(disk is full|file system failed)/);
    assertEquals(code, 2);
    const nights = assertWhole(path);
    assert(nights > 1 && nights < 999, String(nights));
    using after = History.open(path, { create: false });
    assertEquals(after.resultText(run.id), textOf(sampleNight(0)));
  }));
