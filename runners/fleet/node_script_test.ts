import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { HARNESS_FILE, NODE_STATUS } from "./fleet_folder.ts";
import NODE_SCRIPT from "./node.sh" with { type: "text" };
import {
  assertNothingLeft,
  folderOfPrograms,
  inOwnMounts,
  testFleet as test,
  until,
} from "./testing/stand_in_fleet.ts";

const HOSTILE = [
  "$(touch oops)",
  "`touch oops`",
  "a b",
  '"',
  "'",
  "a\nb",
  "*",
  "\\",
  "",
  "&",
  "--",
];

Deno.test("node.sh gives cellproof the permissions that deno.json's task gives bench", () => {
  const [, allowed] = /^readonly ALLOWED=\((.*)\)$/m.exec(NODE_SCRIPT) ?? [];
  assertEquals(config.tasks.bench, `deno run ${allowed} main.ts bench`);
});

test("node.sh tells of the run's beginning and end, and leaves nothing", async (fleet) => {
  const { status } = await fleet.run(["exit", "0"]);
  const { start, end } = await fleet.reports();
  assertEquals([status, end?.status, end?.left, start?.jobId], [0, 0, null, "4711"]);
  assertEquals(start?.hostname, Deno.hostname());
  assert(start?.folder.startsWith(`${fleet.tmp}/cellproof-fleet-`));
  assert(Math.abs((start?.epochSeconds ?? 0) - Date.now() / 1000) < 30);
  await assertNothingLeft(fleet);
});

test("node.sh passes the run's exit status on", async (fleet) => {
  for (const status of [2, 101, 130]) {
    assertEquals((await fleet.run(["exit", `${status}`])).status, status);
    assertEquals((await fleet.reports()).end?.status, status);
  }
});

test("node.sh keeps the run from the user's home and from its submitter's mark", async (fleet) => {
  await fleet.run([]);
  const [home, tmp, cache, , , mark] = (await fleet.result("told"))?.split("\n") ?? [];
  const { start } = await fleet.reports();
  for (const path of [home, cache]) assertStringIncludes(path ?? "", `${start?.folder}/`);
  assertEquals([tmp, mark], [fleet.tmp, "none"]);
});

test("node.sh passes arguments on as they are, with the node's name for %N", async (fleet) => {
  await fleet.run(["x", ...HOSTILE, "%N", "a%N%N/b", "%n"], { node: "gpu-1.example" });
  const names = ["gpu-1.example", "agpu-1.examplegpu-1.example/b", "%n"];
  const passed = (await fleet.result("arguments", "gpu-1.example"))?.split("\0").slice(0, -1);
  assertEquals(passed, ["x", ...HOSTILE, ...names]);
});

test("node.sh takes CELLPROOF_NODE and CELLPROOF_JOB where there is no Slurm", async (fleet) => {
  const env = { CELLPROOF_NODE: "pod-7", CELLPROOF_JOB: "a1b2" };
  await fleet.run([], { env });
  assertEquals((await fleet.reports("pod-7")).start?.jobId, "a1b2");
});

test("node.sh refuses names that are no node's, and writes nothing", async (fleet) => {
  const names = [...HOSTILE, "..", ".", "../n1", "a/b", "-n", "%N", "a".repeat(300)];
  for (const node of names) {
    const { status } = await fleet.run([], { node });
    const expected = node.length === 300 ? NODE_STATUS.noSharedFolder : NODE_STATUS.wrongUse;
    assertEquals([node, status], [node, expected]);
  }
  assertEquals(await fleet.host.readFolder(`${fleet.folder}/nodes`), []);
  assertEquals(await fleet.host.readFolder(fleet.tmp), []);
});

test("node.sh writes nothing into a folder that is not this fleet's", async (fleet) => {
  for (const nonce of ["other", "", "n0nce2"]) {
    assertEquals((await fleet.run([], { nonce })).status, NODE_STATUS.noSharedFolder);
  }
  await Deno.remove(`${fleet.folder}/nonce`);
  assertEquals((await fleet.run([])).status, NODE_STATUS.noSharedFolder);
  assertEquals(await fleet.host.readFolder(fleet.folder), [HARNESS_FILE]);
});

test("node.sh runs nothing of an archive that is cut off, other or missing", async (fleet) => {
  const archive = `${fleet.folder}/${HARNESS_FILE}`;
  const damages = [
    () => Deno.truncate(archive, 1000),
    () => Deno.writeTextFile(archive, "no archive"),
    () => Deno.remove(archive),
  ];
  for (const damage of damages) {
    await damage();
    assertEquals((await fleet.run([])).status, NODE_STATUS.damagedHarness);
    assertEquals((await fleet.reports()).end?.status, NODE_STATUS.damagedHarness);
  }
  assertEquals(await fleet.result("arguments"), null);
  await assertNothingLeft(fleet);
});

test("node.sh tells that there is no room to unpack, and leaves nothing", async (fleet) => {
  // In units of 1,024 bytes: less than the archive, or more than it and less than what is in it.
  for (const most of [16, 65]) {
    const prefix = ["bash", "-c", `ulimit -f ${most}; exec "$@"`, "small"];
    assertEquals((await fleet.run([], { prefix })).status, NODE_STATUS.noRoom);
  }
  const env = { CELLPROOF_TMP: `${fleet.base}/missing` };
  assertEquals((await fleet.run([], { env })).status, NODE_STATUS.noRoom);
  assertEquals((await fleet.reports()).start?.folder, "");
  await assertNothingLeft(fleet);
});

test("node.sh tells that no program may run from where it unpacks, or that Deno does not", async (fleet) => {
  const mount = 'mount -t tmpfs -o noexec none "$0" && exec "$@"';
  const run = await fleet.run([], { prefix: inOwnMounts(mount, fleet.tmp) });
  assertEquals(run.status, NODE_STATUS.noPrograms);
  assertEquals((await fleet.reports()).end?.status, NODE_STATUS.noPrograms);
  const { status } = await fleet.run([], { env: { STAND_IN_STATUS: "1" } });
  assertEquals(status, NODE_STATUS.unfitHarness);
  assertEquals(await fleet.result("arguments"), null);
  await assertNothingLeft(fleet);
});

test("node.sh says that a program is missing, and writes nothing", async (fleet) => {
  const bin = `${fleet.base}/bin`;
  await Deno.mkdir(bin);
  for (const name of ["bash", "env"]) await Deno.symlink(`/usr/bin/${name}`, `${bin}/${name}`);
  const { status, stderr } = await fleet.run([], { prefix: ["/usr/bin/env", `PATH=${bin}`] });
  assertEquals([status, stderr], [
    NODE_STATUS.missingProgram,
    "cellproof: This node has no cat.\n",
  ]);
  assertEquals((await fleet.reports()).start, null);
});

test("node.sh tells of a folder whose name is hostile", async (fleet) => {
  const parent = `${fleet.tmp}/a "b" \\ $(c)\n\td`;
  await Deno.mkdir(parent);
  assertEquals((await fleet.run([], { env: { CELLPROOF_TMP: parent } })).status, 0);
  const { start } = await fleet.reports();
  assert(start?.folder.startsWith(`${parent}/cellproof-fleet-`));
  assertEquals(await fleet.host.readFolder(parent), []);
});

test("node.sh ends the run and cleans up when all of the job gets SIGTERM", async (fleet) => {
  const session = await fleet.start(["wait"]);
  const { status } = await session.stop(10);
  assertEquals([status, (await fleet.reports()).end?.status], [130, 130]);
  await assertNothingLeft(fleet);
});

test("node.sh passes signals on, however many come, and waits for the run", async (fleet) => {
  const session = await fleet.start(["wait"]);
  const script = Number((await fleet.result("told"))?.split("\n")[3]);
  for (const signal of ["SIGTERM", "SIGINT", "SIGTERM"] as const) {
    Deno.kill(script, signal);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assertEquals(await session.receive(10), null);
  assertEquals((await session.stop(0)).status, 130);
  assertStringIncludes(await fleet.result("signals") ?? "", "TERM\nTERM\n");
  assertEquals((await fleet.reports()).end?.status, 130);
  await assertNothingLeft(fleet);
});

test("node.sh runs nothing when the signal comes while it unpacks", async (fleet) => {
  const bin = await folderOfPrograms(fleet, { cp: "exec sleep 20" });
  const prefix = ["env", `PATH=${bin}:${Deno.env.get("PATH")}`];
  const session = await fleet.launch(["exit", "0"], { prefix });
  await until(async () => (await fleet.reports()).start !== null);
  assertEquals((await session.stop(10)).status, 130);
  assertEquals((await fleet.reports()).end?.status, 130);
  assertEquals(await fleet.result("arguments"), null);
  await assertNothingLeft(fleet);
});
