import { assert, assertEquals } from "@std/assert";
import { Journal, undoAbandoned } from "./journal.ts";
import { liveHost } from "./live.ts";

const KILLED = `
import { liveHost } from "${new URL("./live.ts", import.meta.url)}";
const host = await liveHost({ journalFolder: Deno.args[0] });
const folder = await host.temporaryFolder();
await host.start({ argv: ["setsid", "sleep", "300"], timeoutSeconds: 300 });
console.log(folder);
await new Promise(() => setInterval(() => {}, 1000));
`;

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

Deno.test("undoAbandoned() removes what a killed run left, and nothing of a living one", async () => {
  const journalFolder = await Deno.makeTempDir();
  const living = await liveHost({ journalFolder });
  const kept = await living.temporaryFolder();
  const killed = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", "-", journalFolder],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = killed.stdin.getWriter();
  await writer.write(new TextEncoder().encode(KILLED));
  await writer.close();
  const reader = killed.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const left = ((await reader.read()).value ?? "").trim();
  killed.kill("SIGKILL");
  await killed.status;
  await reader.cancel();
  assert(await exists(left));

  const done = await undoAbandoned(journalFolder);
  assertEquals(done, ["Ended the processes of a killed run.", `Removed ${left}.`]);
  assertEquals([await exists(left), await exists(kept)], [false, true]);
  await living.close();
  assertEquals([...Deno.readDirSync(journalFolder)].length, 0);
  await Deno.remove(journalFolder);
});

Deno.test("undoAbandoned() removes no folder that cellproof did not name itself", async () => {
  const journalFolder = await Deno.makeTempDir();
  const precious = await Deno.makeTempDir({ prefix: "precious-" });
  const id = crypto.randomUUID();
  const entry = JSON.stringify({ id, folders: [precious, "/", "/home"] });
  await Deno.writeTextFile(`${journalFolder}/${id}.json`, entry);
  await undoAbandoned(journalFolder);
  assert(await exists(precious));
  await Deno.remove(precious);
  await Deno.remove(journalFolder);
});

Deno.test("undoAbandoned() finds nothing where no run was ever journaled", async () => {
  assertEquals(await undoAbandoned("/nonexistent/journal"), []);
});

Deno.test("Journal.end() leaves no file", async () => {
  const folder = await Deno.makeTempDir();
  const journal = Journal.begin(folder, crypto.randomUUID());
  journal.add("/tmp/cellproof-1");
  journal.end();
  assertEquals([...Deno.readDirSync(folder)], []);
  await Deno.remove(folder);
});
