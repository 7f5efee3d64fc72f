import { assertEquals, assertMatch } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { writeFleet } from "../reports/fleet/fleet_json.ts";
import { sampleNight, textOf, withFolder } from "../reports/history/testing/nights.ts";
import { sampleFleet } from "../reports/testing/sample_fleet.ts";
import { machineOf } from "../suites/machine_identity.ts";
import type { Result } from "../suites/result.ts";
import { projectPath } from "./project.ts";

/** Runs the command with the permissions that its task has. */
async function history(folder: string, ...args: string[]) {
  const [, ...task] = config.tasks.history.split(" ");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...task, ...args, "--db", `${folder}/history.sqlite`],
    cwd: projectPath(""),
    env: { NO_COLOR: "1" },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out ?? "", err: err ?? "" };
}

/** Writes a result as a run leaves it; the folder that holds it. */
async function keep(folder: string, name: string, result: Result): Promise<string> {
  await Deno.mkdir(`${folder}/${name}`);
  await Deno.writeTextFile(`${folder}/${name}/result.json`, textOf(result));
  return `${folder}/${name}`;
}

const DRY_RUN = { fixture: "lab", recordedAt: "", recordedOn: "", synthetic: false };

Deno.test("history add keeps the results that it can read, and tells of the others", () =>
  withFolder(async (folder) => {
    const [one, two] = [
      await keep(folder, "one", sampleNight(0)),
      await keep(folder, "two", sampleNight(1)),
    ];
    await Deno.writeTextFile(`${folder}/half.json`, textOf(sampleNight(2)).slice(0, 1000));
    const names = [one, `${folder}/half.json`, `${folder}/none`, `${two}/result.json`];
    const { code, out, err } = await history(folder, "add", ...names);
    assertEquals(code, 2);
    assertMatch(out, /one: added as run 1 of.*\n.*two\/result.json: added as run 2 of/);
    assertMatch(err, /half.json: .*it is not JSON.*\n.*none: .*there is no /);
    assertEquals((await history(folder, "add", one, `${folder}/none`)).code, 1);
    const again = await history(folder, "add", one);
    assertEquals([again.code, again.err], [0, ""]);
    assertMatch(again.out, /was there already, as run 1 /);
  }));

Deno.test("history add and changes tell when a host comes in with other hardware, and what differs", () =>
  withFolder(async (folder) => {
    const one = await keep(folder, "one", sampleNight(0));
    const other = await keep(folder, "other", sampleNight(1, { host: { cpuModel: "Other" } }));
    assertEquals((await history(folder, "add", one)).out.split("\n").length, 2);
    const said = /came in with other hardware \(processor Example CPU 9000 -> Other.*of its own/;
    assertMatch((await history(folder, "add", other)).out, said);
    assertMatch((await history(folder, "changes")).out, said);
    const [told, ...others] = JSON.parse((await history(folder, "changes", "--json")).out);
    assertMatch(told.body, said);
    assertEquals([told.title, others], ["test-data: its hardware is another than before", []]);
    assertEquals((await history(folder, "add", other)).out.split("\n").length, 2);
  }));

Deno.test("history add takes a dry run with --dry-runs alone, and list marks it", () =>
  withFolder(async (folder) => {
    const dry = await keep(folder, "dry", sampleNight(0, { run: { dryRun: DRY_RUN } }));
    const refused = await history(folder, "add", dry);
    assertEquals([refused.code, refused.out], [2, ""]);
    assertMatch(refused.err, /no night of its own.*--dry-runs/);
    assertEquals((await history(folder, "add", dry, "--dry-runs")).code, 0);
    assertMatch((await history(folder, "list")).out, /replays lab/);
  }));

Deno.test("history add --confirms links a run to the first one of its night", () =>
  withFolder(async (folder) => {
    const first = await keep(folder, "first", sampleNight(0));
    const second = await keep(folder, "second", sampleNight(0.1));
    const early = await history(folder, "add", second, "--confirms", first);
    assertEquals(early.code, 2);
    assertMatch(early.err, /Add it first: deno task history add .*first/);
    await history(folder, "add", first);
    const { out } = await history(folder, "add", second, "--confirms", first);
    assertMatch(out, /added as run 2 .*which confirms run 1/);
  }));

Deno.test("history add tells of a fleet and of each result that it could not add; list has the fleet", () =>
  withFolder(async (folder) => {
    const fleet = sampleFleet();
    const [first, ...others] = fleet.hosts;
    const common = fleet.common === null ? null : { ...fleet.common, kind: "live" as const };
    const night = sampleNight(0);
    const source = await keep(folder, "there", night);
    const told = first === undefined || first.told === null ? null : {
      ...first.told,
      machine: machineOf(night.host).key,
      startedAt: night.run.startedAt,
    };
    const hosts = first === undefined ? [] : [{ ...first, source, told }, ...others.slice(9)];
    writeFleet(folder, { ...fleet, common, hosts });
    const { code, out, err } = await history(folder, "add", folder);
    assertEquals(code, 2);
    assertMatch(
      out,
      /: 1 result added, 4 that could not be added; added as fleet 20250102-.* hosts/,
    );
    assertMatch(err, /nodes\/gpu-014\/result: .*there is no /);
    assertMatch((await history(folder, "list")).out, /^fleet 20250102.*1 died.*\n\ntest-data/);
    const confirming = await history(folder, "add", folder, "--confirms", source);
    assertMatch(confirming.err, /takes one result alone/);
  }));

const WRONG: Record<string, string[]> = {
  "it does one of add": ["lose"],
  "no result is named": ["add"],
  "takes one result alone": ["add", "a", "b", "--confirms", "c"],
  "list takes no arguments": ["list", "all"],
  "no option --force": ["add", "a", "--force"],
};
Deno.test("history says what is wrong with a command line, and makes no file", () =>
  withFolder(async (folder) => {
    const runs = Object.values(WRONG).map((args) => history(folder, ...args));
    for (const [index, { code, err }] of (await Promise.all(runs)).entries()) {
      assertMatch(err, new RegExp(Object.keys(WRONG)[index] ?? "^$"));
      assertEquals(code, 1);
    }
    assertEquals([...Deno.readDirSync(folder)], []);
  }));
