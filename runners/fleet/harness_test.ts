import { dirname } from "node:path";
import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { Problem } from "../../problem.ts";
import type { Host } from "../host.ts";
import { liveHost } from "../seam/live.ts";
import { changedHost } from "../testing/changed_host.ts";
import { type Harness, type HarnessRequest, packHarness } from "./harness.ts";
import { NEEDED_FILES, UNUSED_PACKAGES } from "./harness_files.ts";

/** Files of a project, with what must travel first. */
const TRAVELS = [
  ...NEEDED_FILES.filter((name) => name.includes(".")),
  "commands/bench.ts",
  "suites/a b/rule.ts",
  "runners/seam/live.ts",
  "reports/html/page.css",
  "std/testing/mod.ts",
  "fixtures/one/host.json",
  "node_modules/.deno/zx@8.8.5/node_modules/zx/index.js",
  ".cache/wasmtime/bin/wasmtime",
  ".cache/guest-kernel/6.1/vmlinux",
];
const STAYS = [
  "README.md",
  ".git/HEAD",
  "results/one/result.json",
  "suites/a b/rule_test.ts",
  "runners/host_bench.ts",
  "runners/seam/testing/fake.ts",
  "node_modules/.deno/zx@8.8.5/node_modules/zx/index.d.ts",
  "node_modules/.deno/axe-core@4.14.1/node_modules/axe-core/axe.js",
  ".cache/lab/initramfs",
  ".cache/journal/one.json",
];
const LINK = "node_modules/zx";

function test(name: string, body: (host: Host, request: HarnessRequest) => Promise<void>): void {
  Deno.test(name, async () => {
    const host = await liveHost();
    try {
      await body(host, await smallProject(host));
    } finally {
      await host.close();
    }
  });
}

async function smallProject(host: Host): Promise<HarnessRequest> {
  const base = await host.temporaryFolder();
  const project = `${base}/project`;
  for (const name of [...TRAVELS, ...STAYS]) await host.writeText(`${project}/${name}`, name);
  await Deno.symlink(".deno/zx@8.8.5/node_modules/zx", `${project}/${LINK}`);
  await Deno.symlink(".deno/axe-core@4.14.1/node_modules/axe-core", `${project}/${LINK}-axe`);
  await Deno.rename(`${project}/${LINK}-axe`, `${project}/node_modules/axe-core`);
  await host.writeText(`${base}/deno-2.9`, "a program");
  await host.writeText(`${base}/out/other`, "");
  return {
    project,
    deno: `${base}/deno-2.9`,
    out: `${base}/out/harness.tar.gz`,
    cache: `${base}/cache`,
  };
}

async function namesIn(host: Host, path: string): Promise<string[]> {
  const { stdout } = await host.run({ argv: ["tar", "-tzf", path], timeoutSeconds: 10 });
  return stdout.split("\n").filter((name) => name !== "" && !name.endsWith("/")).sort();
}

async function hashOf(host: Host, path: string): Promise<string> {
  const { stdout } = await host.run({ argv: ["sha256sum", path], timeoutSeconds: 10 });
  return stdout.slice(0, 64);
}

async function problemOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(() => null, (error: unknown) => error);
  assert(error instanceof Problem);
  return error.message;
}

/** What is kept, in which only whole archives may be. */
async function assertKept(
  host: Host,
  { cache, out }: HarnessRequest,
  count: number,
): Promise<void> {
  const kept = await host.readFolder(`${cache}/fleet`) ?? [];
  assertEquals(kept.length, count);
  for (const name of kept) {
    assertEquals(name.slice(65), `${await hashOf(host, `${cache}/fleet/${name}`)}.tar.gz`);
  }
  assertEquals(await host.readFolder(out.slice(0, out.lastIndexOf("/"))), [
    "harness.tar.gz",
    "other",
  ]);
}

test("packHarness() packs what a run reads, and nothing else", async (host, request) => {
  const harness = await packHarness(host, request);
  assertEquals(await namesIn(host, harness.path), [...TRAVELS, LINK, "deno"].sort());
  assertEquals(harness, {
    path: request.out,
    sha256: await hashOf(host, request.out),
    bytes: (await Deno.stat(request.out)).size,
    packed: true,
  });
  await assertKept(host, request, 1);
});

test("packHarness() uses an archive again while nothing has changed", async (host, request) => {
  const first = await packHarness(host, request);
  assertEquals(await packHarness(host, request), { ...first, packed: false });
  await host.writeText(`${request.project}/${STAYS[0]}`, "what does not travel");
  assertEquals((await packHarness(host, request)).packed, false);
  await assertKept(host, request, 1);
});

test("packHarness() packs again whatever changes", async (host, request) => {
  const { project, deno } = request;
  const file = `${project}/main.ts`;
  const { size, mtime } = await Deno.stat(file);
  const changes = [
    () => host.writeText(`${project}/suites/new.ts`, ""),
    () => Deno.remove(`${project}/suites/a b/rule.ts`),
    () => Deno.chmod(`${project}/commands/bench.ts`, 0o755),
    () => host.writeText(deno, "another program"),
    // A change that neither the size nor the time of the last change tells.
    async () => {
      await host.writeText(file, "x".repeat(size));
      if (mtime !== null) await Deno.utime(file, mtime, mtime);
    },
  ];
  let last = await packHarness(host, request);
  for (const change of changes) {
    await change();
    const next: Harness = await packHarness(host, request);
    assertEquals(next.packed, true);
    assertNotEquals(next.sha256, last.sha256);
    last = next;
  }
});

test("packHarness() packs again where a kept archive is damaged", async (host, request) => {
  const first = await packHarness(host, request);
  const [kept = ""] = await host.readFolder(`${request.cache}/fleet`) ?? [];
  await Deno.truncate(`${request.cache}/fleet/${kept}`, 100);
  const second = await packHarness(host, request);
  assertEquals([second.packed, second.path], [true, first.path]);
  assertEquals(second.sha256, await hashOf(host, request.out));
});

test(
  "packHarness() removes what a coordinator left that was killed while it packed",
  async (host, request) => {
    const left = (name: string) => `${request.cache}/fleet/cellproof-${name}`;
    await host.writeText(`${left("old")}/deno`, "a program");
    await host.writeText(`${left("new")}/deno`, "a program");
    const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);
    await Deno.utime(left("old"), twoDaysAgo, twoDaysAgo);
    await packHarness(host, request);
    const names = await host.readFolder(`${request.cache}/fleet`) ?? [];
    assertEquals(names.filter((name) => name.startsWith("cellproof-")), ["cellproof-new"]);
  },
);

test("packHarness() lets several pack at once", async (host, request) => {
  const outs = [1, 2, 3].map((i) => `${request.out}.${i}`);
  const all = await Promise.all(outs.map((out) => packHarness(host, { ...request, out })));
  for (const { path, sha256 } of all) assertEquals(await hashOf(host, path), sha256);
});

test("packHarness() says what is missing, and the cure", async (host, request) => {
  await Deno.remove(`${request.project}/node_modules`, { recursive: true });
  assertStringIncludes(await problemOf(packHarness(host, request)), "deno install");
  await Deno.remove(`${request.project}/main.ts`);
  assertStringIncludes(await problemOf(packHarness(host, request)), "has no main.ts");
});

test("packHarness() says that the disk is full, or that there is no tar", async (host, request) => {
  const full = changedHost(host, {
    run: (command) =>
      host.run(
        command.argv[0] === "tar" ? { ...command, argv: onFullDisk(command.argv) } : command,
      ),
  });
  const message = await problemOf(packHarness(full, request));
  assertStringIncludes(message, "Check the free space");
  const without = changedHost(host, {
    run: (command) =>
      host.run(command.argv[0] === "tar" ? { ...command, argv: ["/missing/tar"] } : command),
  });
  assertStringIncludes(await problemOf(packHarness(without, request)), "there is no");
});

for (const program of ["tar", "cp", "sha256sum", "mv"]) {
  test(`packHarness() leaves no draft where ${program} fails`, async (host, request) => {
    const failing = changedHost(host, {
      run: (command) =>
        host.run(command.argv[0] === program ? { ...command, argv: ["false"] } : command),
    });
    await problemOf(packHarness(failing, request));
    assertEquals(await host.readFolder(`${request.cache}/fleet`), []);
  });
}

test(
  "packHarness() leaves nothing beside the archive where it cannot be placed",
  async (host, request) => {
    await packHarness(host, request);
    const out = `${dirname(request.out)}/fleet/harness.tar.gz`;
    await Deno.mkdir(dirname(out));
    const full = changedHost(host, {
      run: (command) =>
        host.run(
          command.argv[0] === "cp" ? { ...command, argv: onFullDisk(command.argv) } : command,
        ),
    });
    assertStringIncludes(await problemOf(packHarness(full, { ...request, out })), "free space");
    assertEquals(await host.readFolder(dirname(out)), []);
  },
);

/** The command, where no file may hold anything. */
function onFullDisk(argv: readonly string[]): [string, ...string[]] {
  return ["bash", "-c", 'ulimit -f 0; exec "$@"', "full", ...argv];
}

/** They use such packages, and nodes never run them. */
const SUBMITTING = /\/runners\/kubernetes\//;

Deno.test("UNUSED_PACKAGES are imported by nothing that travels", async () => {
  const project = new URL("../..", import.meta.url).pathname;
  const names = UNUSED_PACKAGES.filter((name) => !name.includes("*"));
  const imports = new RegExp(`(from|import\\() *"(npm:)?(${names.join("|")})`);
  const folders = NEEDED_FILES.filter((name) => !name.includes("."));
  const sources = await sourcesBelow(project, folders);
  assert(sources.length > 100);
  for (const path of sources.filter((path) => !SUBMITTING.test(path))) {
    assert(!imports.test(await Deno.readTextFile(path)), `${path} imports what only tests may`);
  }
});

async function sourcesBelow(folder: string, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    const path = `${folder}/${name}`;
    if (name === "node_modules" || name === "testing") continue;
    if ((await Deno.lstat(path)).isDirectory) {
      const below = await Array.fromAsync(Deno.readDir(path), (entry) => entry.name);
      found.push(...await sourcesBelow(path, below));
    } else if (/(?<!_test|_bench)\.ts$/.test(name)) found.push(path);
  }
  return found;
}
