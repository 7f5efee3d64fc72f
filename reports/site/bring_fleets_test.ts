import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync, gzipSync } from "node:zlib";
import { ATTACKS } from "../testing/hostile_result.ts";
import { brokenLinks, filesBelow, unbalancedTag } from "./testing/html_check.ts";
import { addFleet, type MadeFleet } from "./testing/made_fleet.ts";
import { addNights, startOf } from "./testing/made_history.ts";
import { hostPath, type Scene, withSite } from "./testing/site_scene.ts";

/** Two hosts that were measured on two nights, of which the second is known to nodes by its short name. */
const NIGHTS = [
  ...[0, 1].map((night) => ({ night })),
  ...[0, 1].map((night) => ({ night, hostname: "beta.example" })),
];

/** The second night: one host is measured, one died, one is unknown and drained. */
const FLEET: MadeFleet = {
  night: 2,
  hosts: [
    { name: "alpha", hostname: "alpha" },
    { name: "beta", state: "died" },
    { name: "gamma", state: "unavailable" },
  ],
  faults: [
    { kind: "unavailable-node", host: "gamma", because: "It was drained.", cure: null },
    { kind: "wrong-clock", host: "alpha", because: "Its clock is wrong.", cure: null },
  ],
};

async function withFleet(
  fleets: readonly MadeFleet[],
  test: (scene: Scene) => Promise<void>,
): Promise<void> {
  await withSite([...NIGHTS, { night: 2 }], async (scene) => {
    for (const fleet of fleets) addFleet(scene.db, fleet);
    await scene.build({ now: new Date(startOf(2)) });
    await test(scene);
  });
}

/** The part of a page in an element that has that id. */
function section(page: string, id: string): string {
  return page.split(`id="${id}"`)[1]?.split("</section>")[0] ?? "";
}

Deno.test("buildSite() shows a fleet with its hosts, and leads from each to its night", async () => {
  await withFleet([FLEET], async (scene) => {
    const page = scene.page("fleets/fleet-1.html");
    for (const name of ["alpha", "beta", "gamma"]) assertStringIncludes(page, name);
    const night = `${hostPath(scene, "alpha")}/2026-01-03T020000.000Z`;
    assertStringIncludes(page, `href="../${night}/index.html"`);
    assertEquals(brokenLinks(scene.out), []);
    for (const path of filesBelow(scene.out).filter((path) => path.endsWith(".html"))) {
      assertEquals([path, unbalancedTag(scene.page(path))], [path, null]);
    }
    await Promise.resolve();
  });
});

Deno.test("buildSite() names on its first page what is wrong in the newest fleet", async () => {
  await withFleet([FLEET], async ({ page }) => {
    const fleets = section(page("index.html"), "fleets");
    assertMatch(fleets, /Drained or down before the run began.*gamma/s);
    assertMatch(fleets, /A wrong clock.*alpha/s);
    // No fault tells of it, and it is not left out.
    assertMatch(fleets, /died during its run.*\(1\).*beta/s);
    assertStringIncludes(fleets, 'href="fleets/fleet-1.html"');
    await Promise.resolve();
  });
});

Deno.test("buildSite() says of a host what became of it in a fleet, and that it is not as before", async () => {
  await withFleet([FLEET], async (scene) => {
    const { page } = scene;
    const [alpha, beta] = ["alpha", "beta.example"].map((name) =>
      page(`${hostPath(scene, name)}/index.html`)
    );
    assertMatch(section(alpha ?? "", "fleets"), /measured/);
    assertMatch(
      section(beta ?? "", "fleets"),
      /died during its run.*It is died: that was made up/s,
    );
    const since = "died during its run, in the fleet of 2026-01-03";
    assertStringIncludes(beta ?? "", since);
    assertStringIncludes(section(page("index.html"), "hosts"), since);
    assertEquals(section(alpha ?? "", "top").includes("in the fleet of"), false);
    await Promise.resolve();
  });
});

Deno.test("buildSite() takes a host for well again when it has measured since", async () => {
  await withFleet([FLEET], async (scene) => {
    addNights(scene.db, [{ night: 3, hostname: "beta.example" }]);
    await scene.build({ now: new Date(startOf(3)) });
    const page = scene.page(`${hostPath(scene, "beta.example")}/index.html`);
    assertEquals(section(page, "top").includes("died"), false);
    assertStringIncludes(section(page, "fleets"), "died during its run");
  });
});

Deno.test("buildSite() gives the newest fleets a page, and keeps all in fleets.json", async () => {
  const fleets = [0, 1, 2].map((night) => ({ ...FLEET, night, id: `fleet-${night}` }));
  await withFleet(fleets, async (scene) => {
    await scene.build({ fleets: 2, now: new Date(startOf(2)) });
    const { fleets } = JSON.parse(scene.page("fleets.json"));
    assertEquals(
      fleets.map((
        { id, path }: { readonly id: string; readonly path: string | null },
      ) => [id, path]),
      [
        ["fleet-2", "fleets/fleet-2.html"],
        ["fleet-1", "fleets/fleet-1.html"],
        ["fleet-0", null],
      ],
    );
    assertEquals(filesBelow(`${scene.out}/fleets`).length, 4);
    assertEquals(brokenLinks(scene.out), []);
    const source = Deno.readFileSync(`${scene.out}/${fleets[0].source}`);
    assertEquals(JSON.parse(gunzipSync(source).toString()).request.id, "fleet-2");
  });
});

Deno.test("buildSite() tells once in the feed of a fleet with hosts that failed", async () => {
  const ongoing = { ...FLEET, id: "ongoing", ended: false };
  const fine = { ...FLEET, id: "fine", hosts: FLEET.hosts.slice(0, 1) };
  await withFleet([FLEET, ongoing, fine], async (scene) => {
    const feed = scene.page("feed.xml");
    assertEquals(feed.match(/:fleet\/[^<]*/g), [":fleet/fleet-1"]);
    assertStringIncludes(feed, "Fleet gpu of 2026-01-03: 2 of 3 hosts gave no whole result");
    assertMatch(feed, /died during its run: beta.*drained or down: gamma/s);
    addFleet(scene.db, { ...FLEET, mergedAt: startOf(4) });
    await scene.build({ now: new Date(startOf(2)) });
    assertEquals(scene.page("feed.xml"), feed);
  });
});

Deno.test("buildSite() makes anew only what a later merge of a fleet changes", async () => {
  await withFleet([FLEET], async (scene) => {
    const before = inodes(scene);
    const [alpha, , gamma] = FLEET.hosts;
    const hosts = [alpha, { name: "beta", state: "timed-out" as const }, gamma]
      .filter((host) => host !== undefined);
    addFleet(scene.db, { ...FLEET, hosts, mergedAt: startOf(4) });
    const { written } = await scene.build({ now: new Date(startOf(2)) });
    const touched = inodes(scene).filter(([path, inode]) => new Map(before).get(path) !== inode);
    assertEquals(touched.map(([path]) => path), [
      "feed.xml",
      "fleets.json",
      "fleets/fleet-1.html",
      "fleets/fleet-1.json.gz",
      `${hostPath(scene, "beta.example")}/index.html`,
      "index.html",
      "index.json",
    ]);
    assertEquals(written, touched.length);
    assertEquals((await scene.build({ now: new Date(startOf(2)) })).written, 0);
  });
});

function inodes({ out }: Scene): [string, number | null][] {
  return filesBelow(out).map((path) => [path, Deno.statSync(`${out}/${path}`).ino]);
}

Deno.test("buildSite() is not led out of its folder, nor into scripts, by what a fleet is called", async () => {
  const ids = [...ATTACKS, "../../up", "/etc/passwd", ".", "a/b", "x".repeat(300), "\0"];
  const fleets = ids.map((id, night) => ({
    ...{ id, night },
    hosts: ids.map((name, index) => ({ name: `${name}${index}`, state: "died" as const })),
  }));
  await withFleet(fleets, async (scene) => {
    await scene.build({ fleets: 100 });
    assertEquals(filesBelow(`${scene.out}/fleets`).length, 2 * ids.length);
    assertEquals(brokenLinks(scene.out), []);
    const pages = filesBelow(scene.out).filter((path) => /^(fleets\/.*|index)\.html$/.test(path));
    assertEquals(pages.length, 1 + ids.length);
    for (const page of pages.map((path) => scene.page(path))) {
      assertEquals(page.match(/<script|<img src=x|\u202e|\0/), null);
      assertEquals(unbalancedTag(page), null);
    }
  });
});

Deno.test("buildSite() shows a fleet that another version merged as far as it can", async () => {
  await withFleet([FLEET], async (scene) => {
    {
      using database = new DatabaseSync(scene.db);
      database.prepare("UPDATE fleets SET gzip = ?").run(gzipSync('{"schema":99}'));
    }
    await scene.build({ code: "2", now: new Date(startOf(2)) });
    assertStringIncludes(scene.page("fleets/fleet-1.html"), "Another version of cellproof merged");
    assertMatch(section(scene.page("index.html"), "fleets"), /died.*beta/s);
    assertEquals(brokenLinks(scene.out), []);
  });
});

Deno.test("buildSite() shows a fleet of which no host ever returned anything", async () => {
  const dead = { hosts: [{ name: "a", state: "nothing" as const }] };
  await withSite([], async ({ db, build, page, out }) => {
    addFleet(db, dead);
    await build();
    assertMatch(section(page("index.html"), "fleets"), /no result.*\(1\).*a<\/code>/s);
    assertStringIncludes(page("feed.xml"), "1 of 1 host gave no whole result");
    assertEquals(brokenLinks(out), []);
  });
});
