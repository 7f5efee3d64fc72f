import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Problem } from "../problem.ts";
import { writeFleet } from "../reports/fleet/fleet_json.ts";
import { History } from "../reports/history/history.ts";
import { sampleNight, textOf, withFolder } from "../reports/history/testing/nights.ts";
import { sampleFleet } from "../reports/testing/sample_fleet.ts";
import type { FleetHost, FleetResult } from "../suites/fleet/fleet_result.ts";
import { addFleet, fleetFileAt } from "./fleet_addition.ts";

const SAMPLE = sampleFleet();
const LIVE = SAMPLE.common === null ? null : { ...SAMPLE.common, kind: "live" as const };
const DRY_RUN = { fixture: "lab", recordedAt: "", recordedOn: "", synthetic: false };

/** Its results, by where they lie; what is no result is its text. */
const RESULTS: Readonly<Record<string, string>> = {
  "nodes/a/result": textOf(sampleNight(0, { host: { hostname: "a" } })),
  "nodes/b/result": textOf(sampleNight(0, { host: { hostname: "b" }, run: { endedAt: null } })),
  "nodes/c/result": textOf(sampleNight(0)).slice(0, 500),
  "nodes/d/result": textOf(sampleNight(0, { host: { hostname: "d" }, run: { dryRun: DRY_RUN } })),
};

function hostOf(name: string, source: string | null): FleetHost {
  const [died] = SAMPLE.hosts.filter(({ state }) => state === "died");
  return { because: null, state: "died", told: null, ...died, name, source };
}

/** Runs `test` with a history and a fleet of five hosts, of which one is gone and one left garbage. */
async function withFleet(
  changes: Partial<FleetResult>,
  test: (history: History, file: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    for (const [source, text] of Object.entries(RESULTS)) {
      await Deno.mkdir(`${folder}/fleet/${source}`, { recursive: true });
      await Deno.writeTextFile(`${folder}/fleet/${source}/result.json`, text);
    }
    const sources = [...Object.keys(RESULTS), "nodes/gone/result"];
    const hosts = [...sources.map((source) => hostOf(source, source)), hostOf("dead", null)];
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

Deno.test("addFleet() adds more results than one batch has", async () => {
  await withFolder(async (folder) => {
    const names = Array.from({ length: 40 }, (_, index) => `nodes/${index}/result`);
    for (const [index, name] of names.entries()) {
      await Deno.mkdir(`${folder}/${name}`, { recursive: true });
      await Deno.writeTextFile(`${folder}/${name}/result.json`, textOf(sampleNight(index)));
    }
    const hosts = names.map((name) => hostOf(name, name));
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
