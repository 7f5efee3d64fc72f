import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CLEAN_STATUS, KILLED_STATUS } from "./node_job.ts";
import {
  assertNothingLeft,
  folderOfPrograms,
  inOwnMounts,
  makeFolder,
  type StandInFleet,
  testFleet as test,
} from "./testing/stand_in_fleet.ts";

test("node.sh puts the host back after a run that did not", async (fleet) => {
  assertEquals((await fleet.run(["journal", "undoable"])).status, 0);
  assertEquals((await fleet.reports()).end?.left, null);
  await assertNothingLeft(fleet);
});

test("node.sh keeps the folder whose journal stays open, and --clean does too", async (fleet) => {
  assertEquals((await fleet.run(["journal", "stuck"])).status, 0);
  const { start, end } = await fleet.reports();
  assert(start !== null && end !== null);
  assertEquals([end.left, end.status], [{ folder: start.folder, because: "journal" }, 0]);

  assertEquals((await fleet.clean(start.folder)).status, CLEAN_STATUS.notRestored);
  assertEquals((await fleet.reports()).end, end);
  await Deno.remove(`${start.folder}/harness/.cache/journal/stuck.json`);
  assertEquals((await fleet.clean(start.folder)).status, CLEAN_STATUS.cleaned);
  assertEquals((await fleet.reports()).end, { ...end, left: null });
  await assertNothingLeft(fleet);
});

test("node.sh --clean keeps a folder whose journal cannot be read", async (fleet) => {
  const folder = await madeFolder(fleet);
  await Deno.mkdir(`${folder}/harness/.cache`, { recursive: true });
  await Deno.symlink("/nowhere", `${folder}/harness/.cache/journal`);
  assertEquals((await fleet.clean(folder)).status, CLEAN_STATUS.notRestored);
  assertEquals((await fleet.reports()).end?.left, { folder, because: "journal" });
});

test("node.sh --clean tells a folder that cannot be removed from a host not put back", async (fleet) => {
  const folder = await madeFolder(fleet);
  await Deno.mkdir(`${folder}/disk`);
  const mount = 'mount -t tmpfs none "$0" && exec "$@"';
  const { status } = await fleet.clean(folder, { prefix: inOwnMounts(mount, `${folder}/disk`) });
  assertEquals(status, CLEAN_STATUS.filesLeft);
  assertEquals((await fleet.reports()).end?.left, { folder, because: "files" });
});

test("node.sh --clean lets a run that goes on end and tell its end, and leaves nothing", async (fleet) => {
  const session = await fleet.start(["wait"]);
  assertEquals((await fleet.clean(await folderOf(fleet))).status, CLEAN_STATUS.cleaned);
  assertStringIncludes(await fleet.result("signals") ?? "", "TERM");
  assertEquals((await session.stop(10)).status, 130);
  assertEquals((await fleet.reports()).end?.status, 130);
  await assertNothingLeft(fleet);
});

test("node.sh --clean ends a run whose script was killed", async (fleet) => {
  const session = await fleet.start(["wait"]);
  const [script] = await processesOf(fleet);
  Deno.kill(script, "SIGKILL");
  assertEquals((await fleet.clean(await folderOf(fleet))).status, CLEAN_STATUS.cleaned);
  const { end } = await fleet.reports();
  assertEquals([end?.status, end?.left], [KILLED_STATUS, null]);
  await session.stop(1);
  await assertNothingLeft(fleet);
});

test("node.sh --clean does nothing where the run does not end", async (fleet) => {
  const session = await fleet.start(["stubborn"]);
  const folder = await folderOf(fleet);
  const [script, run] = await processesOf(fleet);
  // No second of the thirty goes by.
  const bin = await folderOfPrograms(fleet, { sleep: "exit" });
  const prefix = ["env", `PATH=${bin}:${Deno.env.get("PATH")}`];
  assertEquals((await fleet.clean(folder, { prefix })).status, CLEAN_STATUS.inUse);
  assert((await fleet.host.readFolder(folder))?.includes("harness"));
  assertEquals((await fleet.reports()).end, null);
  for (const process of [script, run]) Deno.kill(process, "SIGKILL");
  await session.stop(1);
  assertEquals((await fleet.clean(folder)).status, CLEAN_STATUS.cleaned);
  await assertNothingLeft(fleet);
});

test("node.sh --clean ends nothing but the run, not what somebody else does in the folder", async (fleet) => {
  const folder = await madeFolder(fleet);
  const shell = new Deno.Command("sleep", { args: ["20"], cwd: folder }).spawn();
  const bin = await folderOfPrograms(fleet, { sleep: "exit" });
  const prefix = ["env", `PATH=${bin}:${Deno.env.get("PATH")}`];
  assertEquals((await fleet.clean(folder, { prefix })).status, CLEAN_STATUS.inUse);
  shell.kill("SIGKILL");
  assertEquals((await shell.status).signal, "SIGKILL");
});

test("node.sh --clean is not kept by what a run has started", async (fleet) => {
  await fleet.run(["mark"]);
  const folder = `${fleet.tmp}/cellproof-fleet-a1b2c3d4`;
  await makeFolder(folder, fleet.nonce);
  const [program, ...args] = ["bash", "-c", 'cd "$0" && exec sleep 20', folder];
  const child = new Deno.Command(program, { args, env: { CELLPROOF_COMMAND: "x.1." } }).spawn();
  assertEquals((await fleet.clean(folder)).status, CLEAN_STATUS.cleaned);
  child.kill("SIGKILL");
  await child.status;
});

test("node.sh --clean tells the end of a run whose folder is gone", async (fleet) => {
  const { status } = await fleet.clean(`${fleet.tmp}/cellproof-fleet-a1b2c3d4`);
  assertEquals(status, CLEAN_STATUS.cleaned);
  assertEquals((await fleet.reports()).end?.status, KILLED_STATUS);
});

test("node.sh --clean removes no folder but one of the fleet's own", async (fleet) => {
  const own = `${fleet.tmp}/cellproof-fleet-a1b2c3d4`;
  await makeFolder(own, fleet.nonce);
  const foreign = await foreignFolders(fleet, own);
  for (const folder of foreign) {
    assertEquals([folder, (await fleet.clean(folder)).status], [
      folder,
      CLEAN_STATUS.foreignFolder,
    ]);
    assert(await Deno.lstat(folder));
  }
  assertEquals((await fleet.reports()).end, null);
  assertEquals((await fleet.clean(own)).status, CLEAN_STATUS.cleaned);
});

/** Folders like one of the fleet's, each unlike it in one thing. */
async function foreignFolders(fleet: StandInFleet, own: string): Promise<string[]> {
  const path = (name: string) => `${fleet.tmp}/cellproof-fleet-${name}`;
  await makeFolder(`${fleet.tmp}/cellproof-a1b2c3d4`, fleet.nonce);
  await makeFolder(path("toolong99"), fleet.nonce);
  await makeFolder(path("otherone"), "other");
  await makeFolder(path("openmode"), fleet.nonce, 0o755);
  await Deno.mkdir(path("unmarked"), { mode: 0o700 });
  await Deno.mkdir(path("linkmark"), { mode: 0o700 });
  await Deno.symlink(`${own}/fleet`, `${path("linkmark")}/fleet`);
  await Deno.symlink(own, path("linkfold"));
  await Deno.symlink("/nowhere", path("dangling"));
  await Deno.symlink(fleet.tmp, `${fleet.base}/way`);
  await Deno.writeTextFile(path("regularf"), "");
  const made = ["toolong99", "otherone", "openmode", "unmarked", "linkmark"].map(path);
  const links = ["linkfold", "dangling", "regularf"].map(path);
  const ways = [`${fleet.base}/way/cellproof-fleet-a1b2c3d4`, `${own}/`, "/", fleet.tmp];
  return [`${fleet.tmp}/cellproof-a1b2c3d4`, ...made, ...links, ...ways];
}

async function madeFolder(fleet: StandInFleet): Promise<string> {
  const folder = `${fleet.tmp}/cellproof-fleet-a1b2c3d4`;
  await makeFolder(folder, fleet.nonce);
  return folder;
}

async function folderOf(fleet: StandInFleet): Promise<string> {
  const { start } = await fleet.reports();
  assert(start !== null);
  return start.folder;
}

/** The script and the run that it started. */
async function processesOf(fleet: StandInFleet): Promise<[script: number, run: number]> {
  const [, , , script, run] = (await fleet.result("told"))?.split("\n") ?? [];
  return [Number(script), Number(run)];
}
