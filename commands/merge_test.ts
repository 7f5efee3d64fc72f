import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseFleet } from "../reports/fleet/fleet_json.ts";
import { writeResult } from "../reports/json.ts";
import { sampleFleet } from "../reports/testing/sample_fleet.ts";
import { sampleResult } from "../reports/testing/sample_result.ts";
import type { FleetResult } from "../suites/fleet/fleet_result.ts";

const MAIN = new URL("../main.ts", import.meta.url).pathname;

async function merge(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", "--allow-write", MAIN, "merge", ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out ?? "", err: err ?? "" };
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The folder of a run on a host of its own. */
function putResult(folder: string, hostname: string): string {
  const result = sampleResult();
  Deno.mkdirSync(folder, { recursive: true });
  writeResult(folder, {
    ...result,
    host: { ...result.host, hostname, gpus: [], bootId: hostname },
  });
  return folder;
}

async function fleetIn(folder: string): Promise<FleetResult> {
  return await parseFleet(await Deno.readTextFile(`${folder}/fleet.json`), folder);
}

Deno.test("merge writes the fleet of its results, and counts one that is named twice once", () =>
  inFolder(async (folder) => {
    const [a, b] = ["a", "b"].map((name) => putResult(`${folder}/${name}`, name));
    if (a === undefined || b === undefined) throw new TypeError();
    const { code, out, err } = await merge(a, b, `${a}/result.json`, "--out", folder);
    assertEquals(code, 100);
    assertStringIncludes(err, `${a}/result.json was named twice: its results count once.`);
    assertStringIncludes(out, "2 hosts: 2 measured and judged");
    const { hosts } = await fleetIn(folder);
    assertEquals(hosts.map(({ name, source }) => [name, source]), [["a", "a"], ["b", "b"]]);
    assert((await Deno.readTextFile(`${folder}/fleet.html`)).startsWith("<!DOCTYPE html>"));
  }));

Deno.test("merge names what is damaged, and merges the rest", () =>
  inFolder(async (folder) => {
    const sound = putResult(`${folder}/a`, "a");
    await Deno.writeTextFile(`${folder}/damaged.json`, "{");
    await Deno.mkdir(`${folder}/empty`);
    const out = `${folder}/fleet`;
    await merge(sound, `${folder}/damaged.json`, `${folder}/empty`, "--out", out);
    const { faults } = await fleetIn(out);
    assertEquals(faults.map(({ kind }) => kind).sort(), ["no-result", "unreadable-result"]);
  }));

Deno.test("merge takes the folder of a fleet that was never merged", () =>
  inFolder(async (folder) => {
    putResult(`${folder}/nodes/n1/result`, "a");
    await Deno.mkdir(`${folder}/nodes/n2`);
    await merge(folder, "--out", folder);
    const { hosts } = await fleetIn(folder);
    assertEquals(hosts.map(({ name, state }) => [name, state]), [["n1", "measured"], [
      "n2",
      "nothing",
    ]]);
    assertEquals(hosts[0]?.source, "nodes/n1/result");
  }));

Deno.test("merge keeps what a scheduler said of its nodes", () =>
  inFolder(async (folder) => {
    const fleet = sampleFleet();
    await Deno.writeTextFile(`${folder}/fleet.json`, JSON.stringify(fleet));
    const out = `${folder}/again`;
    const { code } = await merge(folder, "--out", out);
    const again = await fleetIn(out);
    assertEquals(again.request, fleet.request);
    const died = (one: FleetResult) => one.hosts.filter(({ state }) => state === "died");
    assertEquals(died(again).map(({ name }) => name), died(fleet).map(({ name }) => name));
    assertEquals(code, 3);
    const refused = await merge(putResult(`${folder}/a`, "a"), "--out", folder);
    assertStringIncludes(refused.err, "it holds a fleet that a scheduler ran");
  }));

Deno.test("merge writes no fleet into the folder of a run", () =>
  inFolder(async (folder) => {
    const [a, b] = ["a", "b"].map((name) => putResult(`${folder}/${name}`, name));
    const { code, err } = await merge(a ?? "", b ?? "", "--out", a ?? "");
    assertEquals(code, 1);
    assertStringIncludes(err, `Cannot merge results into ${a}: it holds the result of a run.`);
    assertEquals([...Deno.readDirSync(a ?? "")].map(({ name }) => name), ["result.json"]);
  }));

Deno.test("merge refuses to write a fleet where a file is, before it reads anything", () =>
  inFolder(async (folder) => {
    const file = `${putResult(`${folder}/a`, "a")}/result.json`;
    for (const out of [file, `${file}/below`]) {
      const { code, err } = await merge(`${folder}/a`, "--out", out);
      assertEquals(code, 1);
      assertEquals(
        err,
        `Cannot make the folder ${out}: it is a file, or lies below one. ` +
          "Name a folder, or a place where one can be made.\n",
      );
    }
  }));

Deno.test("merge says in its help what a fault does to a result", async () => {
  const { out } = await merge("--help");
  const [judged = "", named = ""] = out.split("Other faults");
  assertStringIncludes(judged, "older than its fleet, of another kind, version or thresholds");
  assertStringIncludes(named, "(a wrong clock, a lost GPU,");
});

Deno.test("merge takes no device for a run and a fleet", () =>
  inFolder(async (folder) => {
    await merge("/dev/zero", "--out", folder);
    const { faults: [fault] } = await fleetIn(folder);
    assertEquals([fault?.kind, fault?.host], ["unreadable-result", "/dev/zero"]);
  }));

Deno.test("merge refuses an empty list, and a path where there is nothing", async () => {
  const none = await merge();
  assertEquals(none.code, 1);
  assertStringIncludes(none.err, "Cannot merge results: none is named.");
  const nowhere = await merge("/nowhere/a");
  assertEquals(nowhere.code, 1);
  assertStringIncludes(nowhere.err, "Cannot merge the result /nowhere/a: there is no /nowhere/a.");
});
