import { assertEquals } from "@std/assert";
import { writeFleet } from "../../reports/fleet/fleet_json.ts";
import { writeResult } from "../../reports/json.ts";
import { sampleFleet } from "../../reports/testing/sample_fleet.ts";
import { sampleResult } from "../../reports/testing/sample_result.ts";
import type { FleetHost, FleetRequest, HostLink } from "../../suites/fleet/fleet_result.ts";
import { gatherArrivals } from "./arrivals.ts";

const NODES = ["gpu-0", "gpu-1"];
const NOW = new Date("2026-01-02T04:00:00.000Z");

/** The folder of a fleet of two nodes, and of the link between them. */
function putFleet(folder: string): string {
  const { request, hosts: [host], links: [link], ...sample } = sampleFleet();
  if (request === null || host === undefined || link === undefined) throw new TypeError();
  const hosts = NODES.map((name): FleetHost => ({
    ...host,
    name,
    source: sourceOf(name),
    told: null,
  }));
  const own: FleetRequest = { ...request, id: folder };
  const between: HostLink = { ...link, from: "gpu-0", to: "gpu-1" };
  for (const name of NODES) putRun(`${folder}/${sourceOf(name)}`, name);
  writeFleet(folder, { ...sample, request: own, hosts, faults: [], links: [between] });
  return folder;
}

function sourceOf(node: string): string {
  return `nodes/${node}/result`;
}

function putRun(folder: string, hostname: string): string {
  const { host, ...result } = sampleResult();
  Deno.mkdirSync(folder, { recursive: true });
  writeResult(folder, { ...result, host: { ...host, hostname } });
  return folder;
}

/** The ends of links, by where the results of their hosts lie below the folder. */
async function endsIn(folder: string, paths: readonly string[]): Promise<(string | null)[][]> {
  const { arrivals, links } = await gatherArrivals(paths, { from: folder, now: NOW });
  const known = links.flatMap(({ from, to }) => [from, to]).filter((one) => arrivals.includes(one));
  assertEquals(known.length, 2 * links.length);
  return links.map(({ from, to }) => [from.source, to.source]);
}

function test(name: string, body: (folder: string) => Promise<void>): void {
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await body(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

function linkIn(fleet: string): string[] {
  return NODES.map((node) => `${fleet}/${sourceOf(node)}`);
}

test("gatherArrivals() ties the links of two nights each to its own hosts", async (folder) => {
  const nights = ["a", "b"].map((night) => putFleet(`${folder}/${night}`));
  assertEquals((await endsIn(folder, nights)).toSorted(), [linkIn("a"), linkIn("b")]);
});

test("gatherArrivals() ties a link to a host that was named by its run before", async (folder) => {
  const fleet = putFleet(`${folder}/a`);
  const run = `${fleet}/${sourceOf("gpu-0")}/result.json`;
  assertEquals(await endsIn(folder, [run, fleet]), [linkIn("a")]);
});

test("gatherArrivals() ties no link to a foreign host of a node's name", async (folder) => {
  const foreign = putRun(`${folder}/foreign`, "gpu-0");
  assertEquals(await endsIn(folder, [foreign, putFleet(`${folder}/a`)]), [linkIn("a")]);
});
