import { assert, assertEquals } from "@std/assert";
import type { FleetResult } from "../../suites/fleet/fleet_result.ts";
import { mergeFleet } from "../../suites/fleet/merge.ts";
import { faultsHeldTo, flipsHeldTo } from "../../suites/fleet/testing/planted_faults.ts";
import {
  type Planted,
  PLANTS,
  simulateFleet,
  writeFleet,
} from "../../suites/fleet/testing/simulated_fleet.ts";
import type { Result } from "../../suites/result.ts";
import { ratiosOf } from "../../suites/statistics/ratios.ts";
import { parseResult } from "../json.ts";
import { readResults } from "./read_results.ts";
import { dryRunOf } from "./testing/dry_run.ts";

const HOSTS = 30;

interface Merged {
  readonly fleet: FleetResult;
  readonly planted: readonly Planted[];
}

/** Thirty hosts of one make, one with each plant, merged. */
async function mergePlanted(base: Result): Promise<Merged> {
  const into = await Deno.makeTempDir();
  try {
    const planted = writeFleet(into, {
      ...{ bases: [base], hosts: HOSTS, seed: 1, asMeasured: true },
      plants: Object.fromEntries(PLANTS.map((plant) => [plant, 1])),
    });
    const folders = [...Deno.readDirSync(into)].map(({ name }) => name);
    const outcomes = await readResults(folders.map((folder) => `${into}/${folder}/result.json`));
    const arrivals = outcomes.map((outcome, index) => ({
      ...{ name: null, source: folders[index] ?? null, outcome },
      ...{ fate: null, faults: [], window: null },
    }));
    const { version, thresholds } = base.run;
    const options = { own: { version, thresholds }, request: null, links: [], now: new Date() };
    return { fleet: mergeFleet(arrivals, options), planted };
  } finally {
    await Deno.remove(into, { recursive: true });
  }
}

const base = await dryRunOf("synthetic-eight-gpus");
const { fleet, planted } = await mergePlanted(base);

const QUIET = { bases: [base], hosts: 2, seed: 1, plants: {}, asMeasured: false };

Deno.test("simulateFleet() repeats itself when the seed is the same", () => {
  const [one, other] = [1, 1].map((seed) => [...simulateFleet({ ...QUIET, seed })]);
  assertEquals(one, other);
  assert(JSON.stringify([...simulateFleet({ ...QUIET, seed: 2 })]) !== JSON.stringify(one));
});

Deno.test("simulateFleet() gives hosts what is their own, and ratios that follow from samples", async () => {
  const [first, second] = await Promise.all(
    [...simulateFleet(QUIET)].map(({ results: [one] }) => parseResult(one?.text ?? "", "a text")),
  );
  assert(first !== undefined && second !== undefined);
  const ownOf = ({ host, run }: Result) => [host.hostname, host.bootId, run.startedAt];
  const own = [...ownOf(first), ...first.host.gpus?.map(({ uuid }) => uuid) ?? []];
  const text = JSON.stringify(second);
  for (const one of own) assert(!text.includes(`${one}`), `both tell ${one}`);
  for (const experiment of first.experiments) {
    assertEquals(experiment.ratios, ratiosOf(experiment));
  }
  assertEquals(first.run.dryRun, base.run.dryRun);
});

Deno.test("mergeFleet() names each planted fault and the outlier, and no other", () => {
  const { expected, found } = faultsHeldTo(planted, fleet);
  assertEquals(found, expected);
  // All plants but the host that saw otherwise.
  assertEquals(expected.length, PLANTS.length - 1);
});

Deno.test("mergeFleet() judges the results that nothing keeps from it", () => {
  const count = (state: string) => fleet.hosts.filter((host) => host.state === state).length;
  // The duplicate is one result more than there are hosts.
  assertEquals(["measured", "left-out", "partial", "unreadable"].map(count), [26, 3, 1, 1]);
});

Deno.test("mergeFleet() finds the host that alone saw otherwise, on each claim that rests on it", () => {
  const { expected, found } = flipsHeldTo(planted, fleet);
  assert(expected.length > 0);
  assertEquals(found, expected);
  for (const id of planted.flatMap(({ flipped }) => flipped)) {
    assertEquals(fleet.claims.find((claim) => claim.id === id)?.verdict, "refuted", id);
    assertEquals(fleet.disagreements.find((one) => one.id === id)?.confirmed.length, 25, id);
  }
});
