import { assert, assertEquals, assertMatch } from "@std/assert";
import { CLAIMS } from "../../suites/claims/claims.ts";
import { repeatedFleet } from "../testing/sample_fleet.ts";
import { allHostsPage } from "./all_hosts_page.ts";
import { indexPage, type IndexParts } from "./index_page.ts";
import { Links } from "./links.ts";
import type { SiteFleet } from "./site_fleets.ts";
import { unbalancedTag } from "./testing/html_check.ts";
import { flip, siteHost } from "./testing/made_site_host.ts";

const MANY = 2000;
const MOST_INDEX_BYTES = 300_000;
const RUN = { machine: "0123456789abcdef", startedAt: "2026-01-02T02:00:00.000Z", dryRun: null };

/** Hosts of which each one changed, and refutes many claims; the last one died in a fleet. */
const HOSTS = Array.from({ length: MANY }, (_, index) => {
  const key = index.toString(16).padStart(16, "0");
  const refuted = CLAIMS.slice(0, 30).map(({ id }) => ({
    claim: id,
    since: RUN,
    wasConfirmed: true,
  }));
  const [{ id } = { id: "" }] = CLAIMS;
  const host = siteHost({ key, hostname: `gpu-${index}` }, [flip(id)], { refuted });
  const fleet = { id: "f", startedAt: "2026-01-03T00:00:00.000Z" };
  const member = { fleet, name: `gpu-${index}`, state: "died" as const, because: null };
  return index === MANY - 1 ? { ...host, fleets: [member] } : host;
});

const FLEET = repeatedFleet(MANY);

function siteFleet(id: string): SiteFleet {
  const hosts = FLEET.hosts.map((host) => ({ ...host, run: null, key: null, night: null }));
  const states = Object.groupBy(hosts, ({ state }) => state);
  return {
    fleet: {
      ...{ id, request: null, startedAt: RUN.startedAt, endedAt: null, mergedAt: RUN.startedAt },
      ...{ version: "1", kind: "live", digest: "" },
      states: Object.fromEntries(Object.entries(states).map(([name, some]) => [name, some.length])),
    },
    hosts,
  };
}

const PARTS: IndexParts = {
  hosts: HOSTS,
  links: new Links(0, new Set()),
  stylePath: "style.css",
  now: new Date(RUN.startedAt),
  fleets: {
    fleets: Array.from({ length: 30 }, (_, index) => siteFleet(`fleet-${index}`)),
    newest: FLEET,
  },
};

Deno.test("indexPage() of 2,000 hosts and 30 fleets stays quick to open, and shows the worst first", () => {
  const page = indexPage(PARTS);
  const bytes = new TextEncoder().encode(page).length;
  assert(bytes < MOST_INDEX_BYTES, `${bytes} bytes`);
  const [first] = page.match(/<li class="host [^]*?<\/a>/) ?? [];
  assertMatch(first ?? "", /class="host failed".*gpu-1999/s);
  assertMatch(page, /Shown are the \d+ that need a look first.*href="hosts.html"/s);
  assertEquals(unbalancedTag(page), null);
});

Deno.test("indexPage() names hosts with each fault, many of them as ranges", () => {
  const page = indexPage(PARTS);
  assertMatch(page, /Dead: the scheduler lost.*\(95\).*gpu-\[0017,/s);
  assertMatch(page, /Measured by another version.*gpu-\[0009,/s);
});

Deno.test("allHostsPage() has a line for each of 2,000 hosts, by how they are", () => {
  const page = allHostsPage(PARTS);
  assertEquals(page.match(/<tr><td><a href="hosts\/[0-9a-f]{16}\/index.html">/g)?.length, MANY);
  assertMatch(page, /in their newest fleet.*\(1\).*gpu-1999.*without a night.*\(1999\).*gpu-0</s);
  assert(page.length < 1_000_000, `${page.length}`);
  assertEquals(unbalancedTag(page), null);
});

Deno.test("indexPage() shows all hosts when there is room, and no fleets where there are none", () => {
  const fleets = { fleets: [], newest: null };
  const page = indexPage({ ...PARTS, hosts: HOSTS.slice(0, 5), fleets });
  assertEquals(page.match(/<li class="host /g)?.length, 5);
  assertMatch(page, /All 5 hosts in a list/);
  assertEquals(/id="fleets"|Shown are/.test(page), false);
});
