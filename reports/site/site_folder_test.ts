import { assert, assertEquals, assertThrows } from "@std/assert";
import { Problem } from "../../problem.ts";
import { LOCK_FILE, MANIFEST_FILE, STAGING_FOLDER } from "./names.ts";
import { SiteFolder, type Target } from "./site_folder.ts";

async function withFolder(test: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(`${folder}/site`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function target(path: string, content: string, inputs = content): Target {
  return { path, inputs, make: () => content };
}

async function build(path: string, targets: readonly Target[]) {
  using folder = SiteFolder.open(path);
  for (const one of targets) await folder.bring(one);
  return folder.commit({});
}

function filesOf(path: string): Record<string, string> {
  const names = [...Deno.readDirSync(path)].flatMap(({ name, isDirectory }) =>
    isDirectory
      ? Object.entries(filesOf(`${path}/${name}`)).map(([file, text]) => [`${name}/${file}`, text])
      : [[name, Deno.readTextFileSync(`${path}/${name}`)]]
  );
  return Object.fromEntries(names.filter(([name]) => !name?.startsWith(".")));
}

Deno.test("SiteFolder writes what is new or has changed, keeps the rest and removes what is gone", async () => {
  await withFolder(async (path) => {
    const first = [target("a/b/one", "1"), target("a/two", "2"), target("index", "x")];
    assertEquals(await build(path, first), { written: 3, kept: 0, removed: 0 });
    const kept = { ...target("a/two", "2"), make: () => Promise.reject(new Error("made again")) };
    const second = await build(path, [kept, target("index", "y")]);
    assertEquals(second, { written: 1, kept: 1, removed: 1 });
    assertEquals(filesOf(path), { "a/two": "2", index: "y" });
    assertThrows(() => Deno.statSync(`${path}/a/b`), Deno.errors.NotFound);
  });
});

Deno.test("SiteFolder does not touch a file that comes out the same from other inputs", async () => {
  await withFolder(async (path) => {
    await build(path, [target("one", "1")]);
    const { mtime } = Deno.statSync(`${path}/one`);
    assertEquals((await build(path, [target("one", "1", "other")])).written, 0);
    assertEquals(Deno.statSync(`${path}/one`).mtime, mtime);
  });
});

Deno.test("SiteFolder makes a file again that was removed or cut off", async () => {
  await withFolder(async (path) => {
    await build(path, [target("one", "1"), target("two", "2")]);
    Deno.removeSync(`${path}/one`);
    Deno.writeTextFileSync(`${path}/two`, "");
    assertEquals((await build(path, [target("one", "1"), target("two", "2")])).written, 2);
    assertEquals(filesOf(path), { one: "1", two: "2" });
  });
});

Deno.test("SiteFolder leaves everything as it was when something cannot be made", async () => {
  await withFolder(async (path) => {
    await build(path, [target("one", "1"), target("gone", "g")]);
    const failing = { path: "two", inputs: "2", make: () => Promise.reject(new Error("no")) };
    await build(path, [target("one", "other"), failing]).catch(() => null);
    assertEquals(filesOf(path), { one: "1", gone: "g" });
    assertThrows(() => Deno.statSync(`${path}/${STAGING_FOLDER}`), Deno.errors.NotFound);
    assertEquals((await build(path, [target("one", "1"), target("gone", "g")])).written, 0);
  });
});

Deno.test("SiteFolder builds anew what a killed build may have left half done", async () => {
  await withFolder(async (path) => {
    await build(path, [target("one", "1")]);
    // As a commit leaves it that was killed after its first file.
    const manifest = JSON.parse(Deno.readTextFileSync(`${path}/${MANIFEST_FILE}`));
    manifest.files.one = { inputs: "", content: "", bytes: -1 };
    Deno.writeTextFileSync(`${path}/${MANIFEST_FILE}`, JSON.stringify(manifest));
    Deno.writeTextFileSync(`${path}/one`, "?");
    Deno.mkdirSync(`${path}/${STAGING_FOLDER}`);
    assertEquals((await build(path, [target("one", "1")])).written, 1);
    assertEquals(filesOf(path), { one: "1" });
  });
});

Deno.test("SiteFolder refuses a folder that holds something else, and leaves it alone", async () => {
  await withFolder((path) => {
    Deno.mkdirSync(path);
    Deno.writeTextFileSync(`${path}/thesis.txt`, "x");
    const problem = assertThrows(() => SiteFolder.open(path), Problem, "holds something else");
    assertEquals(problem.parts.seen, "thesis.txt");
    assertEquals([...Deno.readDirSync(path)].map(({ name }) => name), ["thesis.txt"]);
    return Promise.resolve();
  });
});

Deno.test("SiteFolder refuses a second build at the same time, and no later one", async () => {
  await withFolder(async (path) => {
    {
      using _folder = SiteFolder.open(path);
      assertThrows(() => SiteFolder.open(path), Problem, "another build is going on");
    }
    await build(path, [target("one", "1")]);
    assert(Deno.statSync(`${path}/${LOCK_FILE}`).isFile);
  });
});

Deno.test("SiteFolder refuses a manifest that leads out of its folder", async () => {
  await withFolder(async (path) => {
    await build(path, [target("one", "1")]);
    const record = { inputs: "", content: "", bytes: 1 };
    for (const name of ["../victim", "/etc/victim", "a/../../victim", "a//b"]) {
      const manifest = { schema: 1, files: { [name]: record }, hosts: {} };
      Deno.writeTextFileSync(`${path}/${MANIFEST_FILE}`, JSON.stringify(manifest));
      assertThrows(() => SiteFolder.open(path), Problem, "cannot be read");
    }
  });
});

Deno.test("SiteFolder refuses a file in its place", async () => {
  await withFolder((path) => {
    Deno.writeTextFileSync(path, "a file");
    assertThrows(() => SiteFolder.open(path), Problem, "it is a file, or lies below one");
    return Promise.resolve();
  });
});
