import { assert, assertEquals } from "@std/assert";
import { NODE_STATUS } from "./fleet_folder.ts";
import { CLEAN_STATUS, KILLED_STATUS } from "./node_job.ts";
import {
  assertNothingLeft,
  inOwnMounts,
  makeFolder,
  type StandInFleet,
  testFleet as test,
} from "./testing/stand_in_fleet.ts";

/** Makes a link to a folder of somebody else's, and returns that folder. */
async function link({ base, folder }: StandInFleet, path: string): Promise<string> {
  const target = `${base}/target`;
  await Deno.mkdir(target, { recursive: true });
  await Deno.mkdir(`${folder}/${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
  await Deno.symlink(path.endsWith("log.txt") ? `${target}/text` : target, `${folder}/${path}`);
  return target;
}

/** Tells that a job of the node began, in that folder. */
async function tellStart(fleet: StandInFleet, folder: string): Promise<void> {
  const start = { hostname: "h", epochSeconds: 1.8e9, jobId: "7", folder };
  const path = `${fleet.folder}/nodes/n1/started.json`;
  await fleet.host.writeText(path, `${JSON.stringify(start)}\n`);
}

for (const path of ["/nodes", "nodes/n1", "nodes/n1/log.txt", "nodes/n1/result"]) {
  test(`node.sh refuses a link that stands for ${path}, and follows it nowhere`, async (fleet) => {
    const target = await link(fleet, path);
    assertEquals((await fleet.run([])).status, NODE_STATUS.linkedFolder);
    assertEquals(await fleet.host.readFolder(target), []);
    await assertNothingLeft(fleet);
  });
}

test("node.sh replaces a link that stands for what it tells", async (fleet) => {
  const target = await link(fleet, "nodes/n1/started.json");
  assertEquals((await fleet.run([])).status, 0);
  assertEquals(await fleet.host.readFolder(target), []);
  assert((await fleet.reports()).start !== null);
});

test("node.sh --clean puts the host back, though a link stands for the node's folder", async (fleet) => {
  const target = await link(fleet, "nodes/n1");
  const own = `${fleet.tmp}/cellproof-fleet-a1b2c3d4`;
  await makeFolder(own, fleet.nonce);
  assertEquals((await fleet.clean(own)).status, CLEAN_STATUS.cleaned);
  assertEquals(await fleet.host.readFolder(target), []);
  await assertNothingLeft(fleet);
});

test("node.sh tells that the fleet's folder is full, whenever that is, and leaves no draft", async (fleet) => {
  await Deno.mkdir(`${fleet.folder}/nodes`);
  // Of the pages that are left one is for each file that is not empty.
  const cases = [[0, NODE_STATUS.fullFolder], [3, NODE_STATUS.fullFolder], [9, 0]] as const;
  for (const [pages, expected] of cases) {
    const small = `mount -t tmpfs -o size=${4 * (pages + 1)}k none "$0" || exit
      head -c 4096 /dev/zero >"$0/fill"
      "$@"
      status=$?
      ls -A "$0/n1" >"$0/../left"
      exit "$status"`;
    const prefix = inOwnMounts(small, `${fleet.folder}/nodes`);
    assertEquals([pages, (await fleet.run([], { prefix })).status], [pages, expected]);
    const left = await fleet.host.readText(`${fleet.folder}/left`) ?? "";
    assertEquals(left.match(/^[.].*$/m), null);
    await assertNothingLeft(fleet);
  }
});

test("node.sh cleans up first after an earlier job of its node that was killed", async (fleet) => {
  const earlier = `${fleet.tmp}/cellproof-fleet-a1b2c3d4`;
  await makeFolder(earlier, fleet.nonce);
  await tellStart(fleet, earlier);
  assertEquals((await fleet.run(["exit", "101"])).status, 101);
  assertEquals((await fleet.reports()).end?.status, 101);
  await assertNothingLeft(fleet);
});

test("node.sh finds an earlier job's folder by whatever name", async (fleet) => {
  const parent = `${fleet.tmp}/a "b" \\ $(c)\n\td`;
  await Deno.mkdir(parent);
  await fleet.run([], { env: { CELLPROOF_TMP: parent } });
  const { start } = await fleet.reports();
  assert(start !== null);
  await makeFolder(start.folder, fleet.nonce);
  assertEquals((await fleet.run([])).status, 0);
  assertEquals(await fleet.host.readFolder(parent), []);
});

test("node.sh does not run where an earlier job's changes are not put back", async (fleet) => {
  const folder = `${fleet.tmp}/cellproof-fleet-a1b2c3d4`;
  await makeFolder(folder, fleet.nonce);
  await fleet.host.writeText(`${folder}/harness/.cache/journal/stuck.json`, "{}");
  await tellStart(fleet, folder);
  assertEquals((await fleet.run([])).status, CLEAN_STATUS.notRestored);
  const { start, end } = await fleet.reports();
  assertEquals([start?.folder, end?.status], [folder, KILLED_STATUS]);
  assertEquals(end?.left, { folder, because: "journal" });
  assertEquals(await fleet.result("arguments"), null);
});

test("node.sh leaves a folder alone that is said to be an earlier job's and is not", async (fleet) => {
  const folder = `${fleet.tmp}/cellproof-fleet-a1b2c3d4`;
  await makeFolder(folder, "other");
  await tellStart(fleet, folder);
  assertEquals((await fleet.run([])).status, 0);
  assertEquals(await fleet.host.readFolder(folder), ["fleet"]);
});
