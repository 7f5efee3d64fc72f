import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type HostChange, parseChange } from "../settings/change.ts";
import { FakePciHost, PF, PLAIN, VF } from "../testing/fake_pci_host.ts";
import { undoAbandoned } from "./abandoned.ts";
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

  const { sentences } = await undoAbandoned(journalFolder, living);
  assertEquals(sentences, ["Ended the processes of a killed run.", `Removed ${left}.`]);
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
  const { restored } = await undoAbandoned(journalFolder, new FakePciHost().host);
  assertEquals([restored, await exists(precious)], [false, true]);
  await Deno.remove(precious);
  await Deno.remove(journalFolder, { recursive: true });
});

Deno.test("undoAbandoned() finds nothing where no run was ever journaled", async () => {
  const recovery = await undoAbandoned("/nonexistent/journal", new FakePciHost().host);
  assertEquals(recovery, { sentences: [], restored: true });
});

const DRIVER = { setting: { kind: "pci-driver", address: PLAIN }, before: "nvme/", serial: null };
const NAMESPACE = {
  setting: { kind: "nvme-namespace", address: PF, namespaceId: 2, controllerId: 1 },
  before: "detached",
  serial: "LABPF001",
};

/** A folder with the journal of a killed run that changed `fake`. */
async function abandoned(
  fake: FakePciHost,
  changes: readonly object[],
): Promise<{ folder: string; path: string; entry: string }> {
  const folder = await Deno.makeTempDir();
  const id = crypto.randomUUID();
  const noted = changes.map((change) => ({ bootId: fake.bootId, ...change }));
  const path = `${folder}/${id}.json`;
  const entry = JSON.stringify({ id, folders: [], changes: noted });
  await Deno.writeTextFile(path, entry);
  return { folder, path, entry };
}

Deno.test("undoAbandoned() puts settings back after it has ended the processes", async () => {
  const fake = new FakePciHost();
  const { folder } = await abandoned(fake, [DRIVER, NAMESPACE]);
  fake.state.drivers[PLAIN] = { driver: "vfio-pci", override: "vfio-pci" };
  fake.state.namespaces[2] = [1];
  const first = await undoAbandoned(folder, fake.host);
  assertEquals(first, {
    sentences: [
      "Ended the processes of a killed run.",
      `Put back the namespace 2 at the controller 1 of ${PF}: detached.`,
      `Put back the driver of ${PLAIN}: nvme.`,
    ],
    restored: true,
  });
  assertEquals(fake.commands[0]?.[0], "bash");
  assertEquals(fake.state, new FakePciHost().state);
  const second = await undoAbandoned(folder, fake.host);
  assertEquals(second, { sentences: [], restored: true });
  await Deno.remove(folder);
});

Deno.test("undoAbandoned() keeps a journal with what could not be undone", async () => {
  const fake = new FakePciHost();
  const { folder, path } = await abandoned(fake, [DRIVER, NAMESPACE]);
  fake.state.drivers[PLAIN] = { driver: "vfio-pci", override: "vfio-pci" };
  fake.intercept = ({ argv }) =>
    argv[1]?.endsWith("/unbind") ? { ended: "timed-out", status: null } : null;
  const { sentences, restored } = await undoAbandoned(folder, fake.host);
  assertEquals(restored, false);
  assertStringIncludes(sentences.join(" "), "still uses the device");
  const { changes } = JSON.parse(await Deno.readTextFile(path));
  assertEquals(changes.map((change: HostChange) => change.setting.kind), ["pci-driver"]);
  fake.intercept = () => null;
  assertEquals((await undoAbandoned(folder, fake.host)).restored, true);
  await Deno.remove(folder);
});

Deno.test("undoAbandoned() says once that a device is gone", async () => {
  const fake = new FakePciHost();
  const gone = { ...DRIVER, setting: { kind: "pci-driver", address: VF } };
  const { folder } = await abandoned(fake, [gone]);
  const { sentences, restored } = await undoAbandoned(folder, fake.host);
  assertEquals([restored, sentences.length], [false, 2]);
  assertStringIncludes(sentences[1] ?? "", "not there any more");
  assertEquals((await undoAbandoned(folder, fake.host)).restored, true);
  await Deno.remove(folder);
});

Deno.test("undoAbandoned() undoes after a restart only what devices keep themselves", async () => {
  const fake = new FakePciHost();
  const { folder } = await abandoned(fake, [DRIVER, NAMESPACE]);
  fake.bootId = crypto.randomUUID();
  fake.state.drivers[PLAIN] = { driver: "", override: "" };
  fake.state.namespaces[2] = [1];
  const { sentences, restored } = await undoAbandoned(folder, fake.host);
  assertEquals([restored, fake.state.drivers[PLAIN]?.driver], [true, ""]);
  assertEquals(fake.state.namespaces[2], []);
  assertStringIncludes(sentences.join(" "), "The host was restarted since");
  await Deno.remove(folder);
});

Deno.test("undoAbandoned() forgets the namespace of a controller that went with its function", async () => {
  for (const restarted of [false, true]) {
    const fake = new FakePciHost();
    const { folder } = await abandoned(fake, [{ ...NAMESPACE, before: "attached" }]);
    fake.intercept = ({ argv }) =>
      argv[1] === "attach-ns" ? { status: 1, stderr: "Controller List Invalid" } : null;
    if (restarted) fake.bootId = crypto.randomUUID();
    const { sentences, restored } = await undoAbandoned(folder, fake.host);
    assertEquals(restored, restarted);
    assertStringIncludes(sentences[1] ?? "", restarted ? "was restarted" : "not there any more");
    const second = await undoAbandoned(folder, fake.host);
    assertEquals(second, { sentences: [], restored: true });
    await Deno.remove(folder);
  }
});

Deno.test("undoAbandoned() keeps a namespace noted that its controller refuses", async () => {
  const fake = new FakePciHost();
  fake.state.vfs = 1;
  const { folder } = await abandoned(fake, [{ ...NAMESPACE, before: "attached" }]);
  fake.intercept = ({ argv }) =>
    argv[1] === "attach-ns" ? { status: 1, stderr: "Namespace Is Private" } : null;
  assertEquals((await undoAbandoned(folder, fake.host)).restored, false);
  assertEquals([...Deno.readDirSync(folder)].length, 1);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("undoAbandoned() leaves another device at the same address alone", async () => {
  const fake = new FakePciHost();
  const { folder } = await abandoned(fake, [NAMESPACE]);
  fake.serial = "OTHER";
  fake.state.namespaces[2] = [1];
  assertEquals((await undoAbandoned(folder, fake.host)).restored, false);
  assertEquals(fake.state.namespaces[2], [1]);
  await Deno.remove(folder);
});

Deno.test("undoAbandoned() acts on nothing that does not parse, and keeps it", async () => {
  const fake = new FakePciHost();
  const { folder, path, entry } = await abandoned(fake, [DRIVER]);
  const id = path.slice(folder.length + 1, -".json".length);
  const hostile = [
    "",
    "null",
    "[]",
    "\u0000",
    "x".repeat(2 ** 21),
    entry.replace(PLAIN, "../../../etc"),
    entry.replace("nvme/", "../x/"),
    entry.replace(id, crypto.randomUUID()),
    entry.replace('"folders":[]', '"folders":["/"]'),
    ...Array.from({ length: 20 }, (_, at) => entry.slice(0, at * entry.length / 20)),
  ];
  fake.changesLeft = 0;
  for (const text of hostile) {
    await Deno.writeTextFile(path, text);
    assertEquals((await undoAbandoned(folder, fake.host)).restored, false, text.slice(0, 300));
    assertEquals(await Deno.readTextFile(path), text);
  }
  assertEquals(fake.commands, []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("undoAbandoned() leaves another user's journal alone, and says who may undo it", async () => {
  const fake = new FakePciHost();
  const { folder, path, entry } = await abandoned(fake, [DRIVER]);
  const owner = Deno.statSync(path).uid ?? 0;
  const user = owner + 1;
  const { sentences, restored } = await undoAbandoned(folder, fake.host, { user });
  assertEquals([sentences.length, restored, fake.commands], [1, false, []]);
  assertStringIncludes(sentences[0] ?? "", "run deno task recover as");
  assertEquals(await Deno.readTextFile(path), entry);
  await Deno.writeTextFile(path, "what this user cannot read");
  assertEquals(await undoAbandoned(folder, fake.host, { user }), { sentences, restored });
  await Deno.writeTextFile(path, entry);
  assertEquals((await undoAbandoned(folder, fake.host, { user: 0 })).restored, true);
  await Deno.remove(folder);
});

Deno.test("undoAbandoned() tells what was undone also where that cannot be noted", async () => {
  const fake = new FakePciHost();
  const { folder, path } = await abandoned(fake, []);
  fake.intercept = () => {
    Deno.removeSync(path);
    return null;
  };
  const { sentences, restored } = await undoAbandoned(folder, fake.host);
  assertEquals([sentences[0], restored], ["Ended the processes of a killed run.", false]);
  assertStringIncludes(sentences[1] ?? "", `Cannot note in ${path}`);
  await Deno.remove(folder);
});

Deno.test("undoAbandoned() neither follows links nor opens what is no file", async () => {
  const fake = new FakePciHost();
  const { folder, path, entry } = await abandoned(fake, [DRIVER]);
  await Deno.rename(path, `${folder}/elsewhere`);
  await Deno.symlink(`${folder}/elsewhere`, path);
  await Deno.mkdir(`${folder}/${crypto.randomUUID()}.json`);
  const { sentences, restored } = await undoAbandoned(folder, fake.host);
  assertEquals([sentences.length, restored, fake.commands], [3, false, []]);
  assertEquals(await Deno.readTextFile(`${folder}/elsewhere`), entry);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("undoAbandoned() goes by the last whole journal where its run was killed while writing", async () => {
  for (const part of [0, 0.3, 0.9, 1]) {
    const fake = new FakePciHost();
    const { folder, path, entry } = await abandoned(fake, [DRIVER]);
    const draft = path.replace(".json", ".draft");
    const later = entry.replace("nvme/", "e1000/");
    await Deno.writeTextFile(draft, later.slice(0, part * later.length));
    fake.state.drivers[PLAIN] = { driver: "", override: "" };
    assertEquals((await undoAbandoned(folder, fake.host)).restored, true);
    assertEquals(fake.state, new FakePciHost().state);
    await Deno.remove(folder);
  }
});

Deno.test("parseChange() takes only whole changes", () => {
  const change = { ...DRIVER, bootId: crypto.randomUUID() };
  assert(parseChange(change) !== null);
  const broken = [
    null,
    { ...change, bootId: "now" },
    { ...change, before: "loaded" },
    { ...change, before: 1 },
    { ...change, serial: "X" },
    { ...change, setting: {} },
    { ...NAMESPACE, bootId: change.bootId, serial: null },
  ];
  assertEquals(broken.map(parseChange), broken.map(() => null));
});
