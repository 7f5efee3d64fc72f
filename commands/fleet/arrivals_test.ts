import { dirname } from "node:path";
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { writeFleet } from "../../reports/fleet/fleet_json.ts";
import { writeResult } from "../../reports/json.ts";
import { sampleResult } from "../../reports/testing/sample_result.ts";
import { fleetExitStatus } from "../../suites/fleet/exit.ts";
import type { FleetFault, FleetRequest, FleetResult } from "../../suites/fleet/fleet_result.ts";
import { mergeFleet } from "../../suites/fleet/merge.ts";
import type { FleetPlan } from "../../suites/fleet/plan.ts";
import { gatherArrivals } from "./arrivals.ts";

const SAMPLE = sampleResult();
const OWN = { version: SAMPLE.run.version, thresholds: SAMPLE.run.thresholds };
const NOW = new Date("2026-01-02T05:00:00.000Z");

const PLAN: FleetPlan = {
  ...{ plan: 1, id: "20260102T030000Z-0123abcd", version: "1", harness: "0", cluster: "c" },
  order: {
    ...{ partition: "gpu", nodes: null, gres: null, budgetSeconds: null, waitSeconds: null },
    arguments: [],
  },
  ...{ nodes: ["n1", "n2"], unavailable: [], nodesNotAsked: 0, largestArray: 10 },
  submittedAt: "2026-01-02T03:00:00.000Z",
};
const REQUEST: FleetRequest = {
  ...{ id: PLAN.id, scheduler: "slurm", cluster: "c", partition: "gpu", nodesNotAsked: 0 },
  ...{ submittedAt: PLAN.submittedAt, endedAt: "2026-01-02T04:00:00.000Z" },
};
const NOT_RESTORED: FleetFault = {
  ...{ kind: "not-restored", host: "n1", because: "It could not be put back.", cure: null },
};

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The folder of a live run on a host of its own, in the hour of the fleet. */
function putResult(folder: string, hostname: string): string {
  const { host, run } = SAMPLE;
  const times = { startedAt: "2026-01-02T03:10:00.000Z", endedAt: "2026-01-02T03:20:00.000Z" };
  Deno.mkdirSync(folder, { recursive: true });
  writeResult(folder, {
    ...SAMPLE,
    host: { ...host, hostname, gpus: [], bootId: hostname },
    run: { ...run, ...times, dryRun: null },
  });
  return folder;
}

function putText(file: string, value: unknown): void {
  Deno.mkdirSync(dirname(file), { recursive: true });
  Deno.writeTextFileSync(file, JSON.stringify(value));
}

async function merge(...paths: readonly string[]): Promise<FleetResult> {
  const { arrivals, ...gathered } = await gatherArrivals(paths, { from: "/nowhere", now: NOW });
  return mergeFleet(arrivals, { own: OWN, now: NOW, ...gathered });
}

/** A fleet of two nodes that came to its end, of which the first could not be put back. */
async function putFleet(folder: string): Promise<string> {
  for (const node of ["n1", "n2"]) putResult(`${folder}/nodes/${node}/result`, `${node}.example`);
  const { hosts, ...merged } = await merge(folder);
  const near = hosts.map((host) => ({ ...host, source: `nodes/${host.name}/result` }));
  writeFleet(folder, { ...merged, hosts: near, request: REQUEST, faults: [NOT_RESTORED] });
  return folder;
}

/** What a merge must say, whatever it is told first. */
function essence(fleet: FleetResult) {
  const { hosts, faults, request } = fleet;
  return {
    hosts: hosts.map(({ name, state }) => `${name} ${state}`),
    faults: faults.map(({ kind, host }) => `${kind} ${host}`),
    request: request?.id ?? null,
    status: fleetExitStatus(fleet),
  };
}

Deno.test("gatherArrivals() believes what knows more of a result, in whichever order it comes", () =>
  inFolder(async (folder) => {
    const fleet = await putFleet(`${folder}/fleet`);
    const runs = ["n1", "n2"].map((node) => `${fleet}/nodes/${node}/result`);
    writeFleet(folder, await merge(...runs));
    const expected = {
      ...{ hosts: ["n1 measured", "n2 measured"], faults: ["not-restored n1"] },
      ...{ request: PLAN.id, status: 3 },
    };
    assertEquals(essence(await merge(fleet)), expected);
    for (const others of [runs, [folder], [`${runs[0]}/result.json`], [`${fleet}/fleet.json`]]) {
      assertEquals(essence(await merge(fleet, ...others)), expected);
      assertEquals(essence(await merge(...others, fleet)), expected);
    }
  }));

Deno.test("gatherArrivals() says which paths told nothing new", () =>
  inFolder(async (folder) => {
    const fleet = await putFleet(`${folder}/fleet`);
    const [run, other] = [`${fleet}/nodes/n1/result`, putResult(`${folder}/x`, "x")];
    const named = [run, fleet, other, other];
    assertEquals((await gatherArrivals(named, { from: folder, now: NOW })).twice, [run, other]);
  }));

Deno.test("gatherArrivals() keeps what an earlier merge by hand found of a host", () =>
  inFolder(async (folder) => {
    const fleet = await putFleet(`${folder}/fleet`);
    const other = putResult(`${folder}/x`, "x");
    const byHand = await merge(fleet, other);
    assertEquals(byHand.request, null);
    Deno.mkdirSync(`${folder}/hand`);
    writeFleet(`${folder}/hand`, byHand);
    assertEquals(essence(await merge(`${fleet}/nodes/n1/result`, `${folder}/hand`)).faults, [
      "not-restored n1",
    ]);
  }));

Deno.test("gatherArrivals() takes what nodes told themselves when no coordinator did", () =>
  inFolder(async (folder) => {
    const start = { hostname: "n", epochSeconds: 1767323400, jobId: "1", folder: "/tmp/left" };
    const end = { epochSeconds: 1767324000 };
    const left = { folder: "/tmp/left", because: "journal" };
    for (
      const [node, ended] of [["n1", { status: 0, left: null }], ["n2", {
        status: 3,
        left,
      }]] as const
    ) {
      putResult(`${folder}/nodes/${node}/result`, node);
      putText(`${folder}/nodes/${node}/started.json`, start);
      putText(`${folder}/nodes/${node}/ended.json`, { ...end, ...ended });
    }
    putText(`${folder}/nodes/n3/started.json`, start);
    putText(`${folder}/nodes/n4/ended.json`, { ...end, status: 72, left: null });
    assertEquals(essence(await merge(folder)), {
      hosts: ["n1 measured", "n2 measured", "n3 nothing", "n4 nothing"],
      faults: ["not-restored n2", "left-files n3", "no-result n3", "no-shared-folder n4"],
      ...{ request: null, status: 3 },
    });
  }));

Deno.test("gatherArrivals() takes what a node told also when its run is named alone", () =>
  inFolder(async (folder) => {
    const run = putResult(`${folder}/nodes/n1/result`, "n1");
    putText(`${folder}/nodes/n1/ended.json`, { status: 3, epochSeconds: 1, left: null });
    assertEquals(essence(await merge(run)).faults, ["not-restored n1"]);
    assertEquals(essence(await merge(`${run}/result.json`)).status, 3);
  }));

Deno.test("gatherArrivals() knows from the plan who was asked and who could not be", () =>
  inFolder(async (folder) => {
    putResult(`${folder}/nodes/n1/result`, "n1");
    const unavailable = [{ node: "n9", because: "Slurm calls the node DOWN" }];
    putText(`${folder}/plan.json`, { ...PLAN, unavailable });
    const fleet = await merge(folder);
    assertEquals(essence(fleet), {
      hosts: ["n1 measured", "n2 nothing", "n9 unavailable"],
      faults: ["no-result n2", "unavailable-node n9"],
      ...{ request: PLAN.id, status: 100 },
    });
    assertEquals(fleet.request?.endedAt, null);
    putText(`${folder}/plan.json`, { plan: 1 });
    await assertRejects(() => merge(folder), Error, "nobody knows which nodes were asked");
  }));

Deno.test("gatherArrivals() says what the run of a node printed that left no result", () =>
  inFolder(async (folder) => {
    putText(`${folder}/nodes/n1/ended.json`, { status: 1, epochSeconds: 1, left: null });
    Deno.writeTextFileSync(`${folder}/nodes/n1/log.txt`, "Cannot measure x: y.\nend\n");
    const { hosts: [host], faults: [fault, ...others] } = await merge(folder);
    assertEquals([host?.because, fault?.because], [fault?.because, host?.because]);
    assertMatch(fault?.because ?? "", /It printed: Cannot measure x: y\.$/);
    assertMatch(fault?.cure ?? "", /^See nodes\/n1\/log\.txt/);
    assertEquals(others, []);
  }));

/** Two fleets of a cluster of three nodes: in the first one n2 was drained, in the second one measured. */
async function putTwoFleets(folder: string, cluster: string | null = "c"): Promise<string[]> {
  const [first, second] = [`${folder}/r1`, `${folder}/r2`];
  const unavailable = [{ node: "n2", because: "Slurm calls the node DRAIN" }];
  const plan = { ...PLAN, cluster, nodesNotAsked: 1 };
  putText(`${first}/plan.json`, { ...plan, nodes: ["n1"], unavailable });
  putText(`${second}/plan.json`, {
    ...{ ...plan, id: "20260102T043000Z-0123abcd", nodes: ["n2"], nodesNotAsked: 2 },
    submittedAt: "2026-01-02T03:05:00.000Z",
  });
  putResult(`${first}/nodes/n1/result`, "n1");
  putResult(`${second}/nodes/n2/result`, "n2");
  for (const [path, endedAt] of [[first, "03:30"], [second, "04:00"]] as const) {
    const fleet = await merge(path);
    const request = fleet.request && { ...fleet.request, endedAt: `2026-01-02T${endedAt}:00.000Z` };
    const hosts = fleet.hosts.map((host) => ({
      ...host,
      source: host.source && `nodes/${host.name}/result`,
    }));
    writeFleet(path, { ...fleet, request, hosts });
  }
  return [first, second];
}

Deno.test("gatherArrivals() believes a later fleet of the cluster that measured a node after all", () =>
  inFolder(async (folder) => {
    const [first = "", second = ""] = await putTwoFleets(folder);
    assertEquals(essence(await merge(first)).hosts, ["n1 measured", "n2 unavailable"]);
    const expected = {
      ...{ hosts: ["n1 measured", "n2 measured"], faults: [] },
      ...{ request: "20260102T043000Z-0123abcd", status: 100 },
    };
    const both = await merge(second, first);
    assertEquals(essence(both), expected);
    assertEquals(both.request, {
      ...{ id: "20260102T043000Z-0123abcd", scheduler: "slurm", cluster: "c", partition: "gpu" },
      ...{ nodesNotAsked: 1, submittedAt: PLAN.submittedAt, endedAt: "2026-01-02T04:00:00.000Z" },
    });
    Deno.mkdirSync(`${folder}/both`);
    writeFleet(`${folder}/both`, both);
    for (const others of [[], [first], [second], [first, second]]) {
      assertEquals(essence(await merge(...others, `${folder}/both`)), expected);
    }
  }));

Deno.test("gatherArrivals() joins no fleets of clusters without a name", () =>
  inFolder(async (folder) => {
    const fleet = await merge(...await putTwoFleets(folder, null));
    assertEquals(fleet.request, null);
    assertEquals(fleet.hosts.length, 3);
  }));

Deno.test("gatherArrivals() finds what nodes left since the fleet was last merged", () =>
  inFolder(async (folder) => {
    putText(`${folder}/plan.json`, PLAN);
    putResult(`${folder}/nodes/n1/result`, "n1");
    writeFleet(folder, await merge(folder));
    putResult(`${folder}/nodes/n2/result`, "n2");
    const expected = {
      ...{ hosts: ["n1 measured", "n2 measured"], faults: [] },
      ...{ request: PLAN.id, status: 100 },
    };
    assertEquals(essence(await merge(folder)), expected);
    Deno.removeSync(`${folder}/plan.json`);
    assertEquals(essence(await merge(folder)), expected);
  }));

Deno.test("gatherArrivals() follows links, and drops no node whose result is another's", () =>
  inFolder(async (folder) => {
    putResult(`${folder}/nodes/n1/result`, "n1");
    putResult(`${folder}/disk/n2/result`, "n2");
    Deno.symlinkSync("../disk/n2", `${folder}/nodes/n2`);
    Deno.mkdirSync(`${folder}/nodes/n3`);
    Deno.symlinkSync("../n1/result", `${folder}/nodes/n3/result`);
    Deno.symlinkSync("../nowhere", `${folder}/nodes/n4`);
    const expected = {
      hosts: ["n1 measured", "n2 measured", "n3 left-out", "n4 nothing"],
      faults: ["duplicate-host n3", "no-result n4"],
      ...{ request: null, status: 100 },
    };
    assertEquals(essence(await merge(folder)), expected);
    const { arrivals } = await gatherArrivals([folder], { from: folder, now: NOW });
    assertEquals(arrivals.map(({ source }) => source).toSorted().slice(0, 3), [
      ...["nodes/n1/result", "nodes/n2/result", "nodes/n3/result"],
    ]);
    writeFleet(folder, await merge(folder));
    assertEquals(essence(await merge(folder)), expected);
  }));

Deno.test("gatherArrivals() judges no result that lay in a node's folder before the fleet", () =>
  inFolder(async (folder) => {
    putText(`${folder}/plan.json`, { ...PLAN, submittedAt: "2026-01-02T04:30:00.000Z" });
    for (const node of ["n1", "n2"]) {
      const epochSeconds = Date.parse("2026-01-02T04:31:00Z") / 1000 + (node === "n1" ? 0 : -7200);
      const start = { hostname: "n", epochSeconds, jobId: "1", folder: "/tmp/x" };
      putResult(`${folder}/nodes/${node}/result`, node);
      putText(`${folder}/nodes/${node}/started.json`, start);
      putText(`${folder}/nodes/${node}/ended.json`, { status: 0, epochSeconds, left: null });
    }
    const { hosts, faults } = essence(await merge(folder));
    assertEquals(hosts, ["n1 left-out", "n2 measured"]);
    assertEquals(faults, ["stale-result n1", "wrong-clock n2"]);
    const [other, hand] = [putResult(`${folder}/x`, "x"), `${folder}/hand`];
    Deno.mkdirSync(hand);
    writeFleet(hand, await merge(folder, other));
    assertEquals(essence(await merge(hand)).hosts, ["n1 left-out", "n2 measured", "x measured"]);
  }));

Deno.test("gatherArrivals() reads nothing but results for a fleet.json, and quotes nothing else", () =>
  inFolder(async (folder) => {
    const fleet = await putFleet(`${folder}/fleet`);
    Deno.writeTextFileSync(`${folder}/secret`, "secret");
    Deno.writeTextFileSync(`${folder}/other.json`, "secret");
    const told = await merge(fleet);
    const [host] = told.hosts;
    for (const source of ["../secret", `${folder}/secret`, `${folder}/other.json`, ""]) {
      const hosts = host === undefined ? [] : [{ ...host, source }];
      writeFleet(fleet, { ...told, hosts, faults: [] });
      const { hosts: [found] } = await merge(fleet);
      assertEquals(found?.state, "unreadable");
      assertMatch(
        found?.because ?? "",
        /was not read: fleet\.json says that it is at |it is not JSON\.$/,
      );
      assertEquals(/: secret|"secret|seen/.test(found?.because ?? ""), false);
    }
  }));

Deno.test("gatherArrivals() says of a result that was moved where it should be", () =>
  inFolder(async (folder) => {
    const fleet = await putFleet(`${folder}/fleet`);
    Deno.removeSync(`${fleet}/nodes/n2/result`, { recursive: true });
    const { hosts, faults } = await merge(fleet);
    assertEquals(
      hosts[1]?.because,
      "There is no result at nodes/n2/result, where fleet.json says that it is.",
    );
    assertMatch(faults.find(({ kind }) => kind === "no-result")?.cure ?? "", /that it lies in now/);
  }));

/** A fleet of the runs `a` and `b`, merged by hand. */
async function putByHand(folder: string): Promise<string> {
  const hand = `${folder}/hand`;
  Deno.mkdirSync(hand);
  writeFleet(hand, await merge(...["a", "b"].map((name) => putResult(`${folder}/${name}`, name))));
  return hand;
}

Deno.test("gatherArrivals() gives no host's name to another whose result lies in its place", () =>
  inFolder(async (folder) => {
    const hand = await putByHand(folder);
    putResult(`${folder}/a`, "z");
    const again = await merge(hand);
    const { hosts, faults } = essence(again);
    assertEquals(hosts, ["a nothing", "b measured", "z measured"]);
    assertEquals(faults, ["no-result a"]);
    assertMatch(again.faults[0]?.because ?? "", /lies one of another hostname .*\(hostname z\)\.$/);
    const [later, run] = [`${folder}/later`, `${folder}/a`];
    Deno.mkdirSync(later);
    writeFleet(later, again);
    for (const paths of [[later], [hand, run], [run, hand], [hand, later], [later, hand, run]]) {
      const one = essence(await merge(...paths)).hosts;
      assertEquals(one.filter((host) => host.endsWith(" measured")), hosts.slice(1));
      assertEquals(one.filter((host) => host.startsWith("a ")).length > 0, true);
    }
  }));

Deno.test("gatherArrivals() takes a later run of the same machine for that host's", () =>
  inFolder(async (folder) => {
    const hand = await putByHand(folder);
    const { host, run } = SAMPLE;
    const later = { startedAt: "2026-01-02T04:10:00.000Z", endedAt: "2026-01-02T04:20:00.000Z" };
    writeResult(`${folder}/a`, {
      ...SAMPLE,
      host: { ...host, hostname: "a", gpus: [], bootId: "another" },
      run: { ...run, ...later, dryRun: null },
    });
    const { hosts, faults } = await merge(hand);
    assertEquals(hosts.map((one) => [one.name, one.told?.startedAt.slice(11, 13)]), [
      ["a", "04"],
      ["b", "03"],
    ]);
    assertEquals(faults, []);
  }));

Deno.test("gatherArrivals() judges no other machine's result as that of a node", () =>
  inFolder(async (folder) => {
    const fleet = await putFleet(`${folder}/fleet`);
    putResult(`${fleet}/nodes/n2/result`, "z");
    const { hosts, faults } = essence(await merge(fleet));
    assertEquals(hosts, ["n1 measured", "n2 nothing"]);
    assertEquals(faults, ["not-restored n1", "no-result n2"]);
  }));

Deno.test("gatherArrivals() asks a result for its host's name that could not be read before", () =>
  inFolder(async (folder) => {
    const [run, hand] = [`${folder}/a`, `${folder}/hand`];
    putText(`${run}/result.json`, "damaged");
    Deno.mkdirSync(hand);
    writeFleet(hand, await merge(run));
    assertEquals(essence(await merge(hand)).hosts, [`${run} unreadable`]);
    putResult(run, "a");
    assertEquals(essence(await merge(hand)), {
      ...{ hosts: ["a measured"], faults: [], request: null, status: 100 },
    });
  }));

Deno.test("gatherArrivals() forgets that a result was not there once it is put back", () =>
  inFolder(async (folder) => {
    const hand = await putByHand(folder);
    Deno.renameSync(`${folder}/a`, `${folder}/moved`);
    writeFleet(hand, await merge(hand));
    assertEquals(essence(await merge(hand)).faults, ["no-result a"]);
    Deno.renameSync(`${folder}/moved`, `${folder}/a`);
    const { hosts, faults } = essence(await merge(hand));
    assertEquals([hosts, faults], [["a measured", "b measured"], []]);
  }));

Deno.test("gatherArrivals() takes what it cannot look into for no fleet", () =>
  inFolder(async (folder) => {
    Deno.symlinkSync("fleet.json", `${folder}/fleet.json`);
    const { hosts: [host] } = await merge(`${folder}/fleet.json`);
    assertEquals(host?.state, "unreadable");
    putResult(`${folder}/run`, "a");
    putText(`${folder}/run/nodes`, "no folder");
    assertEquals(essence(await merge(`${folder}/run`)).hosts, ["a measured"]);
  }));

Deno.test("gatherArrivals() refuses a folder that holds a run and a fleet, and takes either by its file", () =>
  inFolder(async (folder) => {
    const fleet = await putFleet(`${folder}/fleet`);
    putResult(fleet, "x");
    await assertRejects(() => merge(fleet), Error, "it holds the result of a run, and a fleet");
    const names = async (file: string) =>
      (await merge(`${fleet}/${file}`)).hosts.map((one) => one.name);
    assertEquals(await names("result.json"), ["x"]);
    assertEquals(await names("fleet.json"), ["n1", "n2"]);
  }));
