import { dirname } from "node:path";
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Problem } from "../../problem.ts";
import { writeFleet } from "../../reports/fleet/fleet_json.ts";
import { History } from "../../reports/history/history.ts";
import { sampleNight, textOf, withFolder } from "../../reports/history/testing/nights.ts";
import { sampleFleet } from "../../reports/testing/sample_fleet.ts";
import { digestOf } from "../../suites/fleet/digest.ts";
import type { FleetHost, FleetResult } from "../../suites/fleet/fleet_result.ts";
import type { Result } from "../../suites/result.ts";
import { addFleet, fleetFileAt } from "./addition.ts";

const SAMPLE = sampleFleet();
const LIVE = SAMPLE.common === null ? null : { ...SAMPLE.common, kind: "live" as const };
const DRY_RUN = { fixture: "lab", recordedAt: "", recordedOn: "", synthetic: false };

/** Its results, by where they lie, of which one was cut off. */
const RESULTS: Readonly<Record<string, Result>> = {
  "nodes/a/result": sampleNight(0, { host: { hostname: "a" } }),
  "nodes/b/result": sampleNight(0, { host: { hostname: "b" }, run: { endedAt: null } }),
  "nodes/c/result": sampleNight(0),
  "nodes/d/result": sampleNight(0, { host: { hostname: "d" }, run: { dryRun: DRY_RUN } }),
};
const CUT = "nodes/c/result";

function hostOf(source: string, result: Result | undefined): FleetHost {
  const told = result === undefined ? null : { ...digestOf(result).told, verdicts: "" };
  return { name: source, state: "measured", because: null, source, told };
}

function putResult(folder: string, text: string): void {
  Deno.mkdirSync(folder, { recursive: true });
  Deno.writeTextFileSync(`${folder}/result.json`, text);
}

/** Runs `test` with a history and a fleet of five hosts, of which one is gone and one left garbage. */
async function withFleet(
  changes: Partial<FleetResult>,
  test: (history: History, file: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    for (const [source, result] of Object.entries(RESULTS)) {
      const text = textOf(result);
      putResult(`${folder}/fleet/${source}`, source === CUT ? text.slice(0, 500) : text);
    }
    const sources = [...Object.keys(RESULTS), "nodes/gone/result"];
    const dead: FleetHost = { ...hostOf("dead", undefined), state: "died", source: null };
    const hosts = [...sources.map((source) => hostOf(source, RESULTS[source])), dead];
    writeFleet(`${folder}/fleet`, { ...SAMPLE, common: LIVE, hosts, ...changes });
    using history = History.open(`${folder}/history.sqlite`, { create: true });
    await test(history, `${folder}/fleet/fleet.json`);
  });
}

Deno.test("addFleet() adds what can be read of a fleet, and names what cannot", async () => {
  await withFleet({}, async (history, file) => {
    const { results, fleet, isNew } = await addFleet(history, file, { dryRuns: false });
    assertEquals([results.added, results.known, isNew], [2, 0, true]);
    const told = results.problems.map(([path, { message }]) =>
      `${path.slice(file.length - "fleet.json".length)}: ${message}`
    );
    assertMatch(
      told.join("\n"),
      /c\/result: .*not JSON.*\n.*d\/result: .*no night.*\n.*there is no/,
    );
    assertEquals(history.machines().map(({ hostname }) => hostname), ["a", "b"]);
    assertEquals(history.fleets(), [fleet]);
    assertEquals(history.fleetHosts(fleet.id).map(({ name }) => name).at(-1), "dead");
  });
});

Deno.test("addFleet() adds nothing twice, and dry runs where they are asked for", async () => {
  await withFleet({}, async (history, file) => {
    await addFleet(history, file, { dryRuns: false });
    const { results, isNew } = await addFleet(history, file, { dryRuns: true });
    assertEquals([results.added, results.known, results.problems.length, isNew], [1, 2, 2, false]);
  });
});

Deno.test("addFleet() refuses a fleet of dry runs as a whole when they are not asked for", async () => {
  await withFleet({ common: SAMPLE.common }, async (history, file) => {
    const add = () => addFleet(history, file, { dryRuns: false });
    await assertRejects(add, Problem, "no nights of their own");
    assertEquals([history.machines(), history.fleets()], [[], []]);
    assertEquals((await addFleet(history, file, { dryRuns: true })).isNew, true);
  });
});

Deno.test("addFleet() refuses a result that is not the one that the fleet was merged from", async () => {
  for (
    const other of [
      sampleNight(1, { host: { hostname: "a" } }),
      sampleNight(0, { host: { hostname: "laptop" } }),
    ]
  ) {
    await withFleet({}, async (history, file) => {
      putResult(`${dirname(file)}/nodes/a/result`, textOf(other));
      const { results } = await addFleet(history, file, { dryRuns: false });
      const told = results.problems.map(([, { message }]) => message).join("\n");
      assertMatch(
        told,
        /result of nodes\/a\/result: it is not the one that the fleet was merged from/,
      );
      assertEquals(history.machines().map(({ hostname }) => hostname), ["b"]);
    });
  }
});

Deno.test("addFleet() reads no other file that a fleet names, and quotes none", async () => {
  await withFolder(async (folder) => {
    Deno.mkdirSync(`${folder}/fleet/x`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/secret`, "secret");
    Deno.writeTextFileSync(`${folder}/secret.json`, "secret");
    await new Deno.Command("mkfifo", { args: [`${folder}/fleet/x/result.json`] }).output();
    const sources = ["../secret", `${folder}/secret`, `${folder}/secret.json`, "x"];
    const hosts = sources.map((source) => hostOf(source, RESULTS["nodes/a/result"]));
    writeFleet(`${folder}/fleet`, { ...SAMPLE, common: LIVE, hosts });
    using history = History.open(`${folder}/history.sqlite`, { create: true });
    const { results } = await addFleet(history, `${folder}/fleet/fleet.json`, { dryRuns: false });
    const told = results.problems.map(([, { message }]) => message);
    assertEquals(told.map((one) => /neither below|not JSON|no regular/.exec(one)?.[0]), [
      ...["neither below", "neither below", "not JSON", "no regular"],
    ]);
    assertEquals(told.filter((one) => /seen|: secret/.test(one)), []);
  });
});

Deno.test("addFleet() adds more results than one batch has", async () => {
  await withFolder(async (folder) => {
    const hosts = Array.from({ length: 40 }, (_, index) => {
      const [source, result] = [`nodes/${index}/result`, sampleNight(index)];
      putResult(`${folder}/${source}`, textOf(result));
      return hostOf(source, result);
    });
    writeFleet(folder, { ...SAMPLE, common: LIVE, hosts });
    using history = History.open(`${folder}/history.sqlite`, { create: true });
    const { results } = await addFleet(history, `${folder}/fleet.json`, { dryRuns: false });
    assertEquals([results.added, results.problems], [40, []]);
    assertEquals(history.machines().map(({ runs }) => runs), [40]);
  });
});

Deno.test("fleetFileAt() finds a fleet by its folder or its file, and none where there is none", async () => {
  await withFleet({}, (_, file) => {
    const folder = file.slice(0, -"/fleet.json".length);
    assertEquals([file, folder].map(fleetFileAt), [file, file]);
    assertEquals([`${folder}/nodes`, `${file}/x`, "/nowhere/fleet.json"].map(fleetFileAt), [
      ...[null, null, null],
    ]);
    return Promise.resolve();
  });
});
