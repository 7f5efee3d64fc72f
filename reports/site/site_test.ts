import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Problem } from "../../problem.ts";
import { API_SCHEMA } from "./api.ts";
import { brokenLinks, filesBelow, unbalancedTag } from "./testing/html_check.ts";
import { addNights, FACT, type MadeNight, startOf } from "./testing/made_history.ts";
import { hostPath, withSite } from "./testing/site_scene.ts";

const HOSTILE = `<img src=x onerror=alert(1)>\u202e"'${"x".repeat(100_000)}`;

/** Three nights of one host, of which the last changes; one of a host with a hostile name. */
const NIGHTS: readonly MadeNight[] = [
  { night: 0 },
  { night: 1 },
  { night: 2, refuted: [FACT], kernel: "6.2.0-new", repeated: true },
  { night: 2, hostname: HOSTILE },
];

Deno.test("buildSite() makes pages whose links all lead to files, and that are well-formed", async () => {
  await withSite(NIGHTS, async (scene) => {
    await scene.build();
    const pages = filesBelow(scene.out).filter((path) => path.endsWith(".html"));
    assertEquals(pages.length, 2 + 2 * 2 + 5);
    assertEquals(brokenLinks(scene.out), []);
    for (const path of pages) assertEquals([path, unbalancedTag(scene.page(path))], [path, null]);
  });
});

Deno.test("buildSite() gives every page a policy that lets nothing come from elsewhere", async () => {
  await withSite(NIGHTS, async (scene) => {
    await scene.build();
    for (const path of filesBelow(scene.out).filter((path) => path.endsWith(".html"))) {
      const text = scene.page(path);
      assert(
        /content="default-src &#39;none&#39;; (script-src &#39;self&#39;; )?style-src/.test(text),
      );
      assertEquals(text.match(/<img src=x|\u202e/), null);
    }
  });
});

Deno.test("buildSite() shows what changed, with the configuration of that night", async () => {
  await withSite(NIGHTS, async (scene) => {
    await scene.build();
    const index = scene.page("index.html");
    assertStringIncludes(index, FACT);
    assertStringIncludes(index, "kernel 6.1.0-test -&#62; 6.2.0-new");
    const { changes } = JSON.parse(scene.page("changes.json"));
    assertEquals(changes.map(({ claim }: { readonly claim: string }) => claim), [FACT]);
  });
});

/** Nights that differ by a little, and from the 25th on by more. */
const DRIFT: readonly MadeNight[] = Array.from({ length: 30 }, (_, night) => ({
  night,
  factor: (night < 24 ? 1 : 0.85) * (1 + 0.004 * ((night * 7) % 5 - 2)),
}));

Deno.test("buildSite() tells by how much ratios moved, and since when, and draws them", async () => {
  await withSite(DRIFT, async (scene) => {
    await scene.build({ reports: 1, now: new Date(startOf(29)) });
    const { changes } = JSON.parse(scene.page("changes.json"));
    const [{ kind, before, change, since }] = changes;
    assertEquals([kind, before.nights, since.startedAt], ["drift", 24, startOf(24)]);
    assert(change.low < 0.85 && 0.85 < change.high);
    const page = scene.page(`${hostPath(scene, "alpha")}/index.html`);
    assertStringIncludes(page, "nights in a row agree; 24 nights before");
    assert((page.match(/<figure class="chart"/g)?.length ?? 0) > 1);
  });
});

Deno.test("buildSite() calls what was seen once suspected, not changed", async () => {
  const once = [...DRIFT.slice(0, 3), { night: 3, refuted: [FACT] }];
  await withSite(once, async (scene) => {
    await scene.build({ now: new Date(startOf(3)) });
    assertStringIncludes(
      scene.page("index.html"),
      "1 claim looks otherwise, not measured a second time that night",
    );
    assertEquals(JSON.parse(scene.page("changes.json")).changes, []);
  });
});

Deno.test("buildSite() says that the hardware is another, and that a night has not come yet", async () => {
  const nights = [{ night: 0 }, { night: 1, cpuModel: "Other CPU" }];
  await withSite([...nights, { night: 9, hostname: "beta" }], async ({ build, page }) => {
    await build();
    assertStringIncludes(page("index.html"), "other hardware than before, 1 night only");
    assertStringIncludes(page("index.html"), "dated 2026-01-10, later than now");
    assertEquals(page("index.html").includes("no change found"), false);
  });
});

Deno.test("buildSite() touches nothing when nothing is new", async () => {
  await withSite(NIGHTS, async ({ build }) => {
    const { written } = await build();
    assertEquals(await build(), { written: 0, kept: written, removed: 0 });
  });
});

Deno.test("buildSite() makes all anew when other code builds it, and touches what comes out otherwise", async () => {
  await withSite(NIGHTS, async ({ build }) => {
    const { written } = await build();
    assertEquals(await build({ code: "2" }), { written: 0, kept: written, removed: 0 });
  });
});

Deno.test("buildSite() touches the pages of a night's host alone when one has come in", async () => {
  await withSite(NIGHTS, async (scene) => {
    await scene.build();
    const before = new Map(
      filesBelow(scene.out).map((path) => [path, Deno.statSync(`${scene.out}/${path}`).ino]),
    );
    addNights(scene.db, [{ night: 3, refuted: [FACT], kernel: "6.2.0-new" }]);
    await scene.build();
    const touched = filesBelow(scene.out).filter((path) =>
      before.get(path) !== Deno.statSync(`${scene.out}/${path}`).ino
    );
    const host = hostPath(scene, "alpha");
    const night = `${host}/2026-01-04T020000.000Z`;
    assertEquals(touched.filter((path) => !path.startsWith(`${night}/`)), [
      "feed.xml",
      "hosts.html",
      `${host}/badge.svg`,
      `${host}/index.html`,
      `${host}/nights.html`,
      `${host}/nights.json`,
      `${host}/series.json`,
      "index.html",
      "index.json",
    ]);
  });
});

Deno.test("buildSite() gives the newest runs a page, and keeps the others in lists", async () => {
  await withSite(NIGHTS, async (scene) => {
    await scene.build();
    assertEquals((await scene.build({ reports: 1 })).removed, 4);
    const host = hostPath(scene, "alpha");
    const { runs } = JSON.parse(scene.page(`${host}/nights.json`));
    assertEquals(runs.map(({ path }: { readonly path: string | null }) => path), [
      null,
      null,
      `${host}/2026-01-03T020000.000Z`,
      `${host}/2026-01-03T030000.000Z`,
    ]);
    assertStringIncludes(
      scene.page(`${host}/nights.html`),
      "Runs of the newest 1 nights have pages",
    );
    assertEquals(brokenLinks(scene.out), []);
  });
});

Deno.test("buildSite() takes a host with other hardware for a new one that leads to the old", async () => {
  await withSite([{ night: 0 }, { night: 1, cpuModel: "Other CPU" }], async (scene) => {
    await scene.build();
    const index = scene.page("index.html");
    assertStringIncludes(index, "hardware changed 2026-01-02");
    assertEquals(index.match(/<li class="host /g)?.length, 1);
    const { hosts } = JSON.parse(scene.page("index.json"));
    const [before, after] = hosts;
    assertEquals([before.successor, after.predecessor], [after.key, before.key]);
    assertStringIncludes(scene.page("feed.xml"), "its hardware changed");
  });
});

Deno.test("buildSite() says since when a host has been silent", async () => {
  await withSite(NIGHTS, async ({ build, page }) => {
    await build({ now: new Date(startOf(30)) });
    assertStringIncludes(page("index.html"), "no night since 2026-01-03");
  });
});

Deno.test("buildSite() leaves the site as it was when a result is damaged", async () => {
  await withSite(NIGHTS, async (scene) => {
    await scene.build();
    const before = filesBelow(scene.out).map((path) => [path, scene.page(path)]);
    const [run = 0] = addNights(scene.db, [{ night: 3 }]);
    {
      using database = new DatabaseSync(scene.db);
      database.prepare("UPDATE results SET gzip = ? WHERE run = ?").run(new Uint8Array(9), run);
    }
    await assertRejects(() => scene.build(), Problem, "damaged");
    assertEquals(filesBelow(scene.out).map((path) => [path, scene.page(path)]), before);
  });
});

Deno.test("buildSite() shows a result of another schema as far as it can", async () => {
  await withSite(NIGHTS.slice(0, 1), async (scene) => {
    const gzip = new Response(
      new Blob([`{"schema":3}`]).stream().pipeThrough(new CompressionStream("gzip")),
    );
    const bytes = new Uint8Array(await gzip.arrayBuffer());
    {
      using database = new DatabaseSync(scene.db);
      database.prepare("UPDATE results SET gzip = ?").run(bytes);
    }
    await scene.build();
    const night = `${hostPath(scene, "alpha")}/2026-01-01T020000.000Z`;
    assertStringIncludes(scene.page(`${night}/index.html`), "schema 3");
    assertEquals(Deno.readFileSync(`${scene.out}/${night}/result.json.gz`), bytes);
  });
});

Deno.test("buildSite() makes many pages in threads, as it makes a few", async () => {
  const nights = Array.from({ length: 9 }, (_, night) => ({ night }));
  await withSite(nights, async (scene) => {
    await scene.build();
    const many = scene.page(`${hostPath(scene, "alpha")}/2026-01-01T020000.000Z/index.html`);
    await scene.build({ reports: 8 });
    await scene.build({ reports: 9 });
    assertEquals(
      scene.page(`${hostPath(scene, "alpha")}/2026-01-01T020000.000Z/index.html`),
      many,
    );
  });
});

Deno.test("buildSite() of an empty history says that it is empty", async () => {
  await withSite([], async ({ build, page }) => {
    await build();
    assertStringIncludes(page("index.html"), "The history holds no run yet.");
    assertEquals(JSON.parse(page("index.json")), { schema: API_SCHEMA, hosts: [] });
  });
});
