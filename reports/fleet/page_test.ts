import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CLAIMS } from "../../suites/claims/claims.ts";
import { coverageOf } from "../../suites/coverage.ts";
import {
  FAULTS,
  type FleetHost,
  type FleetResult,
  HOST_STATES,
} from "../../suites/fleet/fleet_result.ts";
import type { Observation } from "../../suites/result.ts";
import { escapeHtml } from "../html/html.ts";
import { hostileFleet } from "../testing/hostile_fleet.ts";
import { repeatedFleet, sampleFleet } from "../testing/sample_fleet.ts";
import { MOST_PAGE_BYTES } from "../write.ts";
import { FAULT_TITLES, STATE_FACES } from "./fleet_words.ts";
import { fleetPage, type FleetPlace } from "./page.ts";
import { boundedFleetPage } from "./write.ts";

const PLACE: FleetPlace = {
  reportOf: ({ source }) =>
    source === null ? null : `${encodeURI(source.toWellFormed())}/report.html`,
  files: [{ name: "fleet.json", href: "fleet.json" }],
  charts: { verdictsByHost: null, outliers: null },
};

/** The page without its style sheet. */
function markup(fleet: FleetResult, place: Partial<FleetPlace> = {}): string {
  return fleetPage(fleet, { ...PLACE, ...place }).replace(/<style>.*?<\/style>/s, "");
}

Deno.test("fleetPage() says which cluster, when, and what became of the hosts", () => {
  const text = markup(sampleFleet());
  assertStringIncludes(
    text,
    "Slurm cluster example-cluster, partition gpu: asked 2025-01-02 03:04 UTC, ended 2025-01-02 04:10 UTC.",
  );
  for (const [kind, count] of [["all", 21], ["measured", 8], ["left-out", 4], ["missing", 9]]) {
    assertStringIncludes(text, `<li class="hosts-${kind}"><b class="count">${count}</b>`);
  }
});

Deno.test("fleetPage() tells of the hosts right below what is wrong, before any claim", () => {
  const text = markup(sampleFleet());
  const places = [
    "overview",
    "faults",
    "hosts",
    "claims",
    "refuted",
    "outliers",
    "needs",
    "matrices",
  ]
    .map((id) => text.indexOf(`id="${id}"`));
  assertEquals(places, places.toSorted((one, other) => one - other));
  assert(places.every((place) => place > 0));
});

Deno.test("fleetPage() links the counts of hosts to the lists that have them, and names one host as one", () => {
  const { hosts, ...rest } = sampleFleet();
  const text = markup({ ...rest, hosts });
  assertStringIncludes(text, `<a href="#told"><span lang="en">measured, but left out</span>`);
  assertStringIncludes(text, `<a href="#silent"><span lang="en">without a whole result</span>`);
  const one = markup({ ...rest, hosts: hosts.slice(0, 1) });
  assertStringIncludes(one, `<span lang="en">host asked, or with a result</span>`);
  assertStringIncludes(one, `0</b><span><span lang="en">without a whole result`);
  assertStringIncludes(one, "cluster, 1 host</title>");
});

Deno.test("fleetPage() names every state and every fault, each with its host and its cure", () => {
  const fleet = sampleFleet();
  const text = markup(fleet);
  for (const state of HOST_STATES) assertStringIncludes(text, escapeHtml(STATE_FACES[state].en));
  for (const kind of FAULTS) assertStringIncludes(text, escapeHtml(FAULT_TITLES[kind].en));
  for (const { host, because, cure } of fleet.faults) {
    const told = `<code class="names">${host}</code> ${escapeHtml(because)}`;
    assertStringIncludes(text, told);
    assertStringIncludes(text, escapeHtml(cure ?? ""));
  }
});

Deno.test("fleetPage() has a cell for each claim, with its sign and how many hosts say what", () => {
  const text = markup(sampleFleet());
  for (const { id } of CLAIMS) assertStringIncludes(text, `id="${id}"`);
  assertEquals(text.match(/<table class="matrix">/g)?.length, 14);
  const upToPanel = text.slice(0, text.indexOf(`id="11.3/latency/container"`));
  const cell = upToPanel.slice(upToPanel.lastIndexOf("<td"));
  assertStringIncludes(cell, `class="cell refuted">`);
  assertStringIncludes(cell, `aria-label="confirmed">✔</span> 7`);
  assertStringIncludes(cell, `aria-label="refuted">✘</span> 1`);
});

/** The sample of which only some claims were selected. */
function selected(isSelected: (id: string) => boolean): FleetResult {
  const fleet = sampleFleet();
  return {
    ...fleet,
    disagreements: [],
    claims: fleet.claims.filter(({ id }) => isSelected(id)),
  };
}

Deno.test("fleetPage() leaves out what was not selected, and says how much that is", () => {
  const text = markup(selected((id) => id.startsWith("11.3/")));
  assertEquals(text.match(/<table class="matrix">/g)?.length, 1);
  assert(!text.includes(`id="facts"`));
  assertStringIncludes(text, "13 matrices and 32 facts were not selected.");
  assertStringIncludes(text, "13 个矩阵和 32 条事实未被选择。");
  const facts = markup(selected((id) => id.includes("/fact/nic-device-node")));
  assert(!facts.includes(`id="matrices"`) && !facts.includes(`href="#matrices"`));
  assertEquals(facts.match(/<details name="claim">/g)?.length, 1);
  assertStringIncludes(facts, "14 matrices and 31 facts were not selected.");
  assert(!markup(sampleFleet()).includes("not selected"));
});

Deno.test("fleetPage() tells what only many hosts tell where a claim that rests on it is judged", () => {
  const own = { ...sampleFleet().observations[0], name: "fleet/infiniband-carries" as const };
  const told = (isSelected: (id: string) => boolean): boolean =>
    markup({ ...selected(isSelected), observations: [own as Observation] })
      .includes(`id="observations"`);
  assert(told((id) => id === "02.1.2/link-bandwidth/gpu-cluster"));
  assert(!told((id) => id === "02.1.2/gpu-count/gpu-cluster"));
  assert(!told((id) => id.startsWith("11.3/")));
});

Deno.test("fleetPage() says under Outliers why none was looked for, where there are figures", () => {
  const text = markup({ ...sampleFleet(), outliers: [] });
  const said = "Not looked for: it takes 15 judged hosts of one make";
  assertStringIncludes(text.slice(text.indexOf(`id="outliers"`)), said);
  assertStringIncludes(text, `href="#outliers"`);
  const observed = selected((id) => id.startsWith("02.1.2/"));
  assert(!markup({ ...observed, outliers: [] }).includes("Not looked for"));
  const many = repeatedFleet(200);
  assert(!markup({ ...many, outliers: [] }).includes("Not looked for"));
});

Deno.test("fleetPage() tells both sides of a disagreement, and what differs", () => {
  const text = markup(sampleFleet());
  const part = text.slice(text.indexOf(`id="disagreements"`), text.indexOf(`id="outliers"`));
  assertStringIncludes(part, `<b>4</b> <code class="names">gpu-[001-002,004-005]</code>`);
  assertStringIncludes(part, `<b>1</b> <code class="names">gpu-003</code>`);
  assertStringIncludes(part, "kernel 5.15.0-old where it is refuted");
  assertStringIncludes(part, "Nothing that the results tell of.");
});

Deno.test("fleetPage() shows an outlier beside the others, and a link that failed", () => {
  const text = markup(sampleFleet());
  assertStringIncludes(text, "gpu-005 0.710 (0.690 to 0.730, n = 12); 4 others 0.993");
  assertStringIncludes(text, "<b>46.1 GB/s – 46.4 GB/s</b>");
  assertStringIncludes(text, "</span> ib_write_bw ended with status 1.");
});

Deno.test("fleetPage() links each host to the report that the caller names", () => {
  const text = markup(sampleFleet());
  assertStringIncludes(text, `<a href="nodes/gpu-001/result/report.html">gpu-001</a>`);
  const none = fleetPage(sampleFleet(), { ...PLACE, reportOf: () => null });
  assert(!none.includes("report.html"));
});

Deno.test("fleetPage() links the log of a host in its fault and in its row", () => {
  const logs = ["gpu-002", "gpu-015"];
  const logOf = ({ name }: FleetHost) => logs.includes(name) ? `nodes/${name}/log.txt` : null;
  const text = markup(sampleFleet(), { logOf });
  for (const [name, times] of [["gpu-002", 2], ["gpu-015", 3], ["gpu-001", 0]] as const) {
    const links = text.match(new RegExp(`href="nodes/${name}/log.txt"`, "g")) ?? [];
    assertEquals(links.length, times, name);
  }
});

Deno.test("fleetPage() gives no log to hosts whose names are cut to the same", () => {
  const { hosts, ...rest } = sampleFleet();
  const long = hosts.map((host, index) => ({ ...host, name: `${"n".repeat(700)}${index}` }));
  assert(!markup({ ...rest, hosts: long }, { logOf: () => "own.txt" }).includes("own.txt"));
});

Deno.test("fleetPage() says that links lead outside its folder where they do", () => {
  const said = "The links of the hosts lead to where their results lie";
  assertStringIncludes(markup(sampleFleet(), { leadsOutside: true }), said);
  assert(!markup(sampleFleet()).includes(said));
});

Deno.test("fleetPage() links to no place that it lacks", () => {
  const text = markup(sampleFleet());
  const ids = new Set([...text.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id));
  const links = new Set([...text.matchAll(/\shref="#([^"]*)"/g)].map(([, id]) => id));
  assertEquals([...links.difference(ids)], []);
});

Deno.test("fleetPage() says on top what is synthetic, a dry run, unfinished, or without a result", () => {
  const fleet = sampleFleet();
  assert(fleet.common !== null && fleet.request !== null);
  assertStringIncludes(markup(fleet), "SYNTHETIC: the judged hosts were made up.");
  const dry = { ...fleet, common: { ...fleet.common, kind: "dry-run" as const } };
  assertStringIncludes(markup(dry), "Dry runs: nothing was executed on the judged hosts.");
  const live = { ...fleet, common: { ...fleet.common, kind: "live" as const } };
  assert(!markup(live).includes(`class="banner"`));
  const going = { ...live, request: { ...fleet.request, endedAt: null } };
  assertStringIncludes(markup(going), "This fleet has not come to its end");
  const dead = { ...live, hosts: fleet.hosts.filter(({ state }) => state !== "measured") };
  assertStringIncludes(markup(dead), "No result of any host is judged");
});

Deno.test("fleetPage() without a judged result has no counts of claims", () => {
  const { hosts, ...rest } = sampleFleet();
  const dead = hosts.filter(({ told }) => told === null);
  const text = markup({ ...rest, hosts: dead, claims: [], coverage: coverageOf([]) });
  for (const part of ["claims", "refuted", "matrices", "facts", "needs", "told"]) {
    assert(!text.includes(`id="${part}"`), part);
  }
  assert(!text.includes("not selected") && !text.includes(`href="#refuted"`));
});

Deno.test("fleetPage() of no host claims nothing", () => {
  const empty: FleetResult = { ...repeatedFleet(0), request: null, common: null };
  assertStringIncludes(markup(empty), "No result of any host is judged");
  assertStringIncludes(markup(empty), "Results merged 2025-01-02 05:00 UTC.");
});

const TAG = /<(?:\/[a-z][\w]*|(?:[a-z][\w]*)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*\/?)>/gi;

Deno.test("fleetPage() lets a hostile fleet start no tag, attribute or handler", () => {
  const [hostile, sample] = [markup(hostileFleet()), markup(sampleFleet())];
  const handlers = [...hostile.matchAll(TAG)].map(([, attributes = ""]) =>
    attributes.replace(/"[^"]*"/g, "").match(/\s(on\w+|style|src)=/)
  );
  assertEquals(handlers.filter((found) => found !== null), []);
  assert(!hostile.replace("<!DOCTYPE html>", "").replace(TAG, "").includes("<"));
  const names = (text: string): Set<string> =>
    new Set([...text.matchAll(TAG)].map(([tag]) => tag.match(/[\w]+/)?.[0] ?? ""));
  assertEquals(names(hostile).difference(names(sample)), new Set());
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  assert(!/[\u202a-\u202e\u2066-\u2069\u200f\u0000\u001b]/.test(hostile));
});

for (const count of [3, 200, 2_000]) {
  Deno.test(`boundedFleetPage() shows all ${count} hosts below its size`, () => {
    const fleet = repeatedFleet(count);
    const page = boundedFleetPage(fleet, PLACE);
    assert(page.length < MOST_PAGE_BYTES);
    const text = new TextDecoder().decode(page);
    for (const { name, told } of fleet.hosts) {
      const shown = told === null || text.includes(`/${name}/result/report.html">${name}</a>`);
      assert(shown, `${name} is not there`);
    }
  });
}

Deno.test("boundedFleetPage() stays below its size when every text has a million letters", () => {
  const long = `<b>${"&é汉".repeat(333_333)}`;
  const fleet = hostileFleet((index) => `${index}${long}`);
  const page = boundedFleetPage(fleet, { ...PLACE, reportOf: () => null });
  assert(page.length < MOST_PAGE_BYTES);
});

Deno.test("boundedFleetPage() of 10,000 hosts says how many it does not show", () => {
  const page = new TextDecoder().decode(boundedFleetPage(repeatedFleet(10_000), PLACE));
  assert(page.length < MOST_PAGE_BYTES);
  assertStringIncludes(page, "more, which are in fleet.json.");
});
