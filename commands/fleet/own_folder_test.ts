import { assert, assertEquals, assertThrows } from "@std/assert";
import { Problem, UsageProblem } from "../../problem.ts";
import { attempt, OwnFolder } from "./own_folder.ts";

const NOBODY = 65534;
/** Only root can make what is another user's. */
const ignore = Deno.uid() !== 0;

function withFolder(test: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync();
  try {
    test(folder);
  } finally {
    Deno.chmodSync(folder, 0o700);
    Deno.removeSync(folder, { recursive: true });
  }
}

function refusalOf(work: () => unknown): string {
  return assertThrows(work, UsageProblem).message;
}

Deno.test("OwnFolder makes a folder that nobody else may write to, whatever the umask is", () => {
  withFolder((base) => {
    const before = Deno.umask(0);
    try {
      assertEquals(new OwnFolder(`${base}/a/b`).path, `${base}/a/b`);
      new OwnFolder(`${base}/a/b`);
      assertEquals((Deno.statSync(`${base}/a/b`).mode ?? 0) & 0o777, 0o755);
      assertEquals([...Deno.readDirSync(`${base}/a/b`)], [], "it leaves nothing there");
    } finally {
      Deno.umask(before);
    }
  });
});

Deno.test("OwnFolder refuses a folder that others may write to, and says how to mend that", () => {
  for (const mode of [0o775, 0o757, 0o722, 0o1777]) {
    withFolder((folder) => {
      Deno.chmodSync(folder, mode);
      const message = refusalOf(() => new OwnFolder(folder));
      assert(message.includes("others may write") && message.includes("chmod go-w"), message);
      assert(message.includes(mode.toString(8)), message);
      assertEquals([...Deno.readDirSync(folder)], []);
      Deno.chmodSync(folder, mode & ~0o022);
      new OwnFolder(folder);
    });
  }
});

Deno.test("OwnFolder refuses another user's folder, and a link of theirs", { ignore }, () => {
  withFolder((base) => {
    Deno.mkdirSync(`${base}/theirs`, { mode: 0o755 });
    Deno.chownSync(`${base}/theirs`, NOBODY, NOBODY);
    assert(
      refusalOf(() => new OwnFolder(`${base}/theirs`)).includes("the folder is another user's"),
    );
    Deno.mkdirSync(`${base}/own`, { mode: 0o755 });
    Deno.symlinkSync(`${base}/own`, `${base}/link`);
    new OwnFolder(`${base}/link`);
    new Deno.Command("chown", { args: ["-h", `${NOBODY}`, `${base}/link`] }).outputSync();
    assert(refusalOf(() => new OwnFolder(`${base}/link`)).includes("link that is another user's"));
  });
});

Deno.test("OwnFolder.assertOwn() takes what is plain and the user's, and what is not there", () => {
  withFolder((path) => {
    Deno.writeTextFileSync(`${path}/plan.json`, "{}");
    Deno.mkdirSync(`${path}/nodes`);
    const folder = new OwnFolder(path);
    folder.assertOwn("plan.json", "file");
    folder.assertOwn("nodes", "folder");
    folder.assertOwn("missing", "file");
    assert(
      refusalOf(() => folder.assertOwn("nodes", "file")).includes("its nodes is no plain file"),
    );
    assert(refusalOf(() => folder.assertOwn("plan.json", "folder")).includes("no plain folder"));
  });
});

Deno.test("OwnFolder.assertOwn() follows no link, wherever it leads", () => {
  withFolder((path) => {
    Deno.writeTextFileSync(`${path}/file`, "{}");
    for (const [name, to] of [["to-file", "file"], ["to-nothing", "nothing"], ["to-all", "/"]]) {
      Deno.symlinkSync(to ?? "", `${path}/${name}`);
      const look = () => new OwnFolder(path).assertOwn(name ?? "", "file");
      assert(refusalOf(look).includes("no plain file"));
    }
  });
});

Deno.test("OwnFolder.assertOwn() refuses another user's file", { ignore }, () => {
  withFolder((path) => {
    Deno.writeTextFileSync(`${path}/plan.json`, "{}");
    Deno.chownSync(`${path}/plan.json`, NOBODY, NOBODY);
    const look = () => new OwnFolder(path).assertOwn("plan.json", "file");
    assert(refusalOf(look).includes("its plan.json is another user's"));
  });
});

Deno.test("OwnFolder.read() is null for what is not there, and a problem for what cannot be read", () => {
  withFolder((path) => {
    Deno.mkdirSync(`${path}/plan.json`);
    const folder = new OwnFolder(path);
    assertEquals([folder.read("missing"), folder.has("missing")], [null, false]);
    assert(folder.has("plan.json"));
    const { message } = assertThrows(() => folder.read("plan.json"), Problem);
    assert(message.includes("the file system refused it") && message.includes("--out"), message);
  });
});

Deno.test("OwnFolder tells as a problem what no folder can be made in", () => {
  withFolder((base) => {
    Deno.writeTextFileSync(`${base}/file`, "");
    for (const path of [`${base}/file`, `${base}/file/below`, "/proc/none/such"]) {
      const { message } = assertThrows(() => new OwnFolder(path), Problem);
      assert(message.includes(path) && /--out|Name a folder/.test(message), message);
    }
  });
});

Deno.test("attempt() asks for no permission that a user cannot give", () => {
  const barred = () => {
    throw new Deno.errors.NotCapable('Requires all access, run again with the "--allow-all" flag');
  };
  const { message } = assertThrows(() => attempt("make the folder /proc/x", barred), Problem);
  assert(!message.includes("--allow-all") && message.includes("/proc/x"), message);
});

Deno.test("OwnFolder refuses a file as a user's mistake", () => {
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/file`, "");
    assertEquals(
      refusalOf(() => new OwnFolder(`${folder}/file`)).includes("it is a file, or lies below one"),
      true,
    );
  });
});
