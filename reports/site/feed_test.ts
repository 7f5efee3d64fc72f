import { assert, assertEquals } from "@std/assert";
import { SaxesParser } from "saxes";
import { verdictBadge } from "./badge.ts";
import { feedXml } from "./feed.ts";
import { countsOf, madeRun } from "./testing/made_run.ts";
import { flip, siteHost } from "./testing/made_site_host.ts";
import { ATTACKS } from "../testing/hostile_result.ts";

/** The texts of the elements of one name; throws where the XML is not well-formed. */
function textsOf(xml: string, name: string): string[] {
  const texts: string[] = [];
  let inside: string | null = null;
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", (tag) => inside = tag.name === name ? "" : inside);
  parser.on("text", (text) => inside = inside === null ? null : inside + text);
  parser.on("closetag", (tag) => {
    if (tag.name === name && inside !== null) texts.push(inside);
    if (tag.name === name) inside = null;
  });
  parser.write(xml).close();
  return texts;
}

Deno.test("feedXml() has an entry for each host that came in and each change, newest first", () => {
  const feed = feedXml([siteHost({}, [flip("11.3/latency/vm")])], []);
  assertEquals(textsOf(feed, "title"), [
    "cellproof",
    "alpha: confirmed → refuted: Latency, Virtualization: “Medium (two-level protocol stack)”",
    "alpha: a new host",
  ]);
  assertEquals(textsOf(feed, "updated"), [
    "2026-01-02T02:00:00.000Z",
    "2026-01-02T02:00:00.000Z",
    "2026-01-01T02:00:00.000Z",
  ]);
});

Deno.test("feedXml() gives each entry a tag: URI of its own, the same whatever else comes in", () => {
  const ids = textsOf(feedXml([siteHost({}, [flip("a"), flip("b")])], []), "id");
  assertEquals(new Set(ids).size, ids.length);
  assert(ids.every((id) => /^tag:cellproof\.invalid,2026:[\w/.%-]+$/.test(id)), ids.join());
  const later = textsOf(feedXml([siteHost({}, [flip("a"), flip("c"), flip("b")])], []), "id");
  assertEquals(ids.filter((id) => !later.includes(id)), []);
});

Deno.test("feedXml() and verdictBadge() are well-formed whatever a host is called", () => {
  for (const attack of [...ATTACKS, "x".repeat(1_000_000)]) {
    const feed = feedXml([siteHost({ hostname: attack, cpuModel: attack }, [flip(attack)])], []);
    assertEquals(textsOf(feed, "entry").length, 2);
    assert(feed.length < 10_000 + 4 * attack.length);
    const badge = verdictBadge(attack, madeRun(0, { counts: countsOf({ confirmed: 3 }) }));
    assertEquals(textsOf(badge, "svg").length, 1);
    assert(badge.length < 10_000);
  }
});

Deno.test("feedXml() says that a host's hardware changed", () => {
  const [, title] = textsOf(feedXml([siteHost({ predecessor: "fedcba9876543210" })], []), "title");
  assertEquals(title, "alpha: its hardware changed");
});

Deno.test("feedXml() marks a host whose runs were no measurements", () => {
  const newest = madeRun(0, { dryRun: "fixture", synthetic: true });
  const host = siteHost({}, [{ ...flip("a"), run: { ...flip("a").run, dryRun: "fixture" } }], {
    newest,
  });
  const [, ...titles] = textsOf(feedXml([host], []), "title");
  assertEquals(titles.map((title) => title.startsWith("alpha (SYNTHETIC): ")), [true, true]);
});

Deno.test("verdictBadge() shows decided counts and errors and the day, in the colour of the worst", () => {
  const night = madeRun(0, { counts: countsOf({ confirmed: 40, refuted: 3, untested: 9 }) });
  const badge = verdictBadge("alpha", night);
  assert(badge.includes(`alpha: ✔ 40  ✘ 3 · ${night.startedAt.slice(0, 10)}`));
  assert(badge.toLowerCase().includes("#d55e00"));
  assert(verdictBadge("alpha", madeRun(0)).includes("alpha: nothing decided · "));
  assert(verdictBadge("alpha", null).includes("alpha: nothing decided"));
});

Deno.test("verdictBadge() says of a replay that it is one, and gives it no colour of a verdict", () => {
  const counts = countsOf({ confirmed: 3 });
  const live = verdictBadge("a", madeRun(0, { counts }));
  const colors = (badge: string) => badge.toLowerCase().match(/#[0-9a-f]{6}/g) ?? [];
  for (const [synthetic, mark] of [[false, "REPLAY"], [true, "SYNTHETIC"]] as const) {
    const badge = verdictBadge("a", madeRun(0, { counts, dryRun: "fixture", synthetic }));
    assert(badge.includes(`a: ${mark} · ✔ 3`));
    assert(colors(badge).join() !== colors(live).join());
  }
});
