import { assertEquals } from "@std/assert";
import { History } from "../history/history.ts";
import { withFolder } from "../history/testing/nights.ts";
import type { RunName } from "./events.ts";
import { type KnownHost, membershipsOf, type SiteFleet, siteFleets } from "./site_fleets.ts";
import { addFleet, type MadeHost } from "./testing/made_fleet.ts";
import { startOf } from "./testing/made_history.ts";

const KEYS = { one: "1111111111111111", two: "2222222222222222" };

/** What `addFleet` says is the machine of a host that the history does not have. */
const OTHER_KEY = "0123456789abcdef";

function known(
  key: string,
  hostname: string,
  { pages = [], successor = null }: Partial<KnownHost> = {},
): KnownHost {
  return { machine: { key, hostname }, successor, pages };
}

function runOf(machine: string, dryRun: string | null = null): RunName {
  return { machine, startedAt: startOf(0), dryRun };
}

/** The site's fleets where the history has fleets of these hosts, the last one the newest. */
async function fleetsOf(
  hosts: readonly KnownHost[],
  ...fleets: readonly (readonly MadeHost[])[]
): Promise<SiteFleet[]> {
  let found: SiteFleet[] = [];
  await withFolder((folder) => {
    for (const [night, made] of fleets.entries()) {
      addFleet(`${folder}/db`, { id: `fleet-${night}`, night, hosts: made });
    }
    using history = History.open(`${folder}/db`, { create: false });
    found = siteFleets(history, hosts, 10);
  });
  return found;
}

const DEAD: MadeHost = { name: "gpu-1", state: "died" };
const TOLD: MadeHost = { name: "gpu-1", hostname: "gpu-1.example" };

const MATCHES: Record<string, [hosts: readonly KnownHost[], host: MadeHost, key: string | null]> = {
  "by a node's name": [[known(KEYS.one, "gpu-1")], DEAD, KEYS.one],
  "by a node's name without the domain": [[known(KEYS.one, "gpu-1.example")], DEAD, KEYS.one],
  "as none where two have the name": [
    [known(KEYS.one, "gpu-1.a"), known(KEYS.two, "gpu-1.b")],
    DEAD,
    null,
  ],
  "as the one with the newest hardware": [
    [known(KEYS.one, "gpu-1", { successor: KEYS.two }), known(KEYS.two, "gpu-1")],
    DEAD,
    KEYS.two,
  ],
  "as none where only the start of the name is the same": [[known(KEYS.one, "gpu-10")], DEAD, null],
  "by its machine": [[known(OTHER_KEY, "renamed")], TOLD, OTHER_KEY],
  "as none where its machine is another": [[known(KEYS.one, "gpu-1.example")], TOLD, null],
  "by a run that told less of its hardware": [
    [known(KEYS.one, "gpu-1.example", { pages: [runOf(KEYS.one)] })],
    TOLD,
    KEYS.one,
  ],
  "as none by what replays its run": [
    [known(KEYS.one, "gpu-1.example", { pages: [runOf(KEYS.one, "lab")] })],
    TOLD,
    null,
  ],
};
for (const [words, [hosts, host, key]] of Object.entries(MATCHES)) {
  Deno.test(`siteFleets() knows a host ${words}`, async () => {
    const [fleet] = await fleetsOf(hosts, [host]);
    assertEquals(fleet?.hosts.map((one) => one.key), [key]);
  });
}

Deno.test("siteFleets() leads to a host's run of that fleet alone", async () => {
  const later = { ...runOf(KEYS.one), startedAt: startOf(1) };
  const host = known(KEYS.one, "gpu-1.example", { pages: [runOf(KEYS.one), later] });
  const fleets = await fleetsOf([host], [TOLD], [TOLD], [DEAD]);
  assertEquals(fleets.map(({ hosts }) => hosts[0]?.night), [null, later, runOf(KEYS.one)]);
});

Deno.test("membershipsOf() has for each host its fleets, the newest first", async () => {
  const host = known(KEYS.one, "gpu-1");
  const unknown: MadeHost = { name: "gpu-2", state: "unavailable" };
  const memberships = membershipsOf(await fleetsOf([host], [DEAD], [unknown], [DEAD, unknown]));
  assertEquals([...memberships.keys()], [KEYS.one]);
  assertEquals(
    memberships.get(KEYS.one)?.map(({ fleet, state }) => [fleet.id, state]),
    [["fleet-2", "died"], ["fleet-0", "died"]],
  );
});
