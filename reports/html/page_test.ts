import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CLAIMS } from "../../suites/claims/claims.ts";
import type { Result } from "../../suites/result.ts";
import { hostileResult } from "../testing/hostile_result.ts";
import { sampleAgreement } from "../testing/sample_agreement.ts";
import { sampleResult } from "../testing/sample_result.ts";
import { MOST_PAGE_BYTES, writeReports } from "../write.ts";
import { asScript } from "./sources.ts";

async function page(result: Result): Promise<string> {
  const folder = await Deno.makeTempDir();
  await writeReports(folder, result);
  const text = await Deno.readTextFile(`${folder}/report.html`);
  await Deno.remove(folder, { recursive: true });
  return text;
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

Deno.test("resultPage() has a panel for each claim and a heading for each matrix", async () => {
  const text = await page(sampleResult());
  for (const { id } of CLAIMS) assertStringIncludes(text, `id="${id}"`);
  assertEquals(text.match(/<table class="matrix">/g)?.length, 14);
  assert(bytes(text) < MOST_PAGE_BYTES);
});

Deno.test("resultPage() says what was decided and what open claims need", async () => {
  const text = await page(sampleResult());
  assertStringIncludes(text, "10 of 227 cells and 2 of 32 facts are decided.");
  assertStringIncludes(text, "<b>an NVIDIA GPU</b>");
  assertEquals(text.match(/<svg class="share"/g)?.length, 15);
});

Deno.test("resultPage() shows each observation with its controls, and opens those that failed", async () => {
  const result = sampleResult();
  const text = await markup(result);
  const observations = result.probes.flatMap((probe) => probe.observations);
  for (const { name } of observations) assertStringIncludes(text, `<tr id="${name}">`);
  const controls = text.match(/<details class="controls" >/g)?.length;
  const withControls = observations.filter((one) => one.controls.length > 0).length;
  assertEquals(controls, withControls - 1);
  assertEquals(text.match(/<details class="controls" open>/g)?.length, 1);
  assertStringIncludes(text, "a USB controller with a device");
});

Deno.test("resultPage() links no claim to an id that the page lacks", async () => {
  const text = await markup(sampleResult());
  const ids = new Set([...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id));
  const links = new Set([...text.matchAll(/ href="#([^"]*)"/g)].map(([, id]) => id));
  assertEquals([...links.difference(ids)], []);
});

Deno.test("resultPage() shows an observation of another version under its name", async () => {
  const [probe] = sampleResult().probes;
  const [observation] = probe?.observations ?? [];
  assert(probe !== undefined && observation !== undefined);
  const other = JSON.parse(JSON.stringify(observation).replace(observation.name, "toString"));
  const probes = [{ ...probe, observations: [other] }];
  assertStringIncludes(await markup({ ...sampleResult(), probes }), `<tr id="toString">`);
});

/** The page without its scripts and style sheet, whose own text may hold anything. */
async function markup(result: Result): Promise<string> {
  return (await page(result)).replace(/<(script|style)[^>]*>.*?<\/\1>/gs, "");
}

const TAG = /<(?:\/[a-z][\w]*|(?:[a-z][\w]*)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*\/?)>/gi;

Deno.test("resultPage() lets a hostile result start no tag, attribute or handler", async () => {
  const [hostile, sample] = [await markup(hostileResult()), await markup(sampleResult())];
  const handlers = [...hostile.matchAll(TAG)].map(([, attributes = ""]) =>
    attributes.replace(/"[^"]*"/g, "").match(/\s(on\w+|style|src)=/)
  );
  assertEquals(handlers.filter((found) => found !== null), []);
  assert(!hostile.replace("<!DOCTYPE html>", "").replace(TAG, "").includes("<"));
  const names = (text: string): Set<string> =>
    new Set([...text.matchAll(TAG)].map(([tag]) => tag.match(/[\w]+/)?.[0] ?? ""));
  assertEquals(names(hostile).difference(names(sample)), new Set());
});

Deno.test("resultPage() shows controls and marks that reorder text as what they are", async () => {
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  assert(!/[\u202a-\u202e\u2066-\u2069\u0000\u001b]/.test(await markup(hostileResult())));
});

Deno.test("resultPage() stays below its size when every text has a million letters", async () => {
  const long = `<b>${"&é汉".repeat(333_333)}`;
  assert(bytes(await page(hostileResult(() => long))) < MOST_PAGE_BYTES);
});

Deno.test("resultPage() stays below its size with twelve experiments of ten thousand samples", async () => {
  const result = sampleResult();
  const experiments = Array.from({ length: 4 }, () => result.experiments).flat().map((
    experiment,
    index,
  ) => ({
    ...experiment,
    name: `${experiment.name}-${index}`,
    samples: Array.from({ length: 10_000 }, (_, order) => ({
      ...experiment.samples[order % 60],
      order,
      block: Math.floor(order / 60),
    } as Result["experiments"][number]["samples"][number])),
  }));
  assert(bytes(await page({ ...result, experiments })) < MOST_PAGE_BYTES);
});

Deno.test("resultPage() shows a host's GPUs, what it is compared with, and blocks set aside", async () => {
  const text = await markup(sampleResult());
  assertStringIncludes(
    text,
    "NVIDIA X9000, PCIe 5.0 x16, 80 GiB, virtualization mode pass-through",
  );
  assertStringIncludes(text, "LOST: GPU is lost");
  assertStringIncludes(text, "Compared with results/metal: metal (bare metal)");
  assertStringIncludes(text, ": 1 (the GPU was throttled (hw-thermal-slowdown)).");
  assertEquals(text.match(/>▲ <span lang="en">set aside/g)?.length, 3);
  const none = { ...sampleResult(), baseline: null };
  assert(!(await markup(none)).includes("Compared with"));
});

Deno.test("resultPage() warns of a baseline that was made by hand, where the run was not", async () => {
  const { run, baseline, ...rest } = sampleResult();
  assert(baseline !== null);
  const real = { ...rest, run: { ...run, dryRun: null } };
  const made = { ...real, baseline: { ...baseline, synthetic: true } };
  assertStringIncludes(await markup(made), "SYNTHETIC: the result to compare with, results/metal");
  assert(!(await markup({ ...real, baseline })).includes("SYNTHETIC"));
});

Deno.test("resultPage() says what a dry run is and that a run did not finish", async () => {
  const { run, ...rest } = sampleResult();
  const dryRun = {
    fixture: "f",
    recordedAt: "2025-01-01T00:00:00Z",
    recordedOn: "m",
    synthetic: false,
  };
  const dry = await page({ ...rest, run: { ...run, dryRun, endedAt: null } });
  assertStringIncludes(dry, "Dry run: nothing was executed.");
  assertStringIncludes(dry, "This run did not finish");
  assertStringIncludes(await page(sampleResult()), "SYNTHETIC");
});

Deno.test("resultPage() says why an experiment gave nothing", async () => {
  assertStringIncludes(await page(sampleResult()), "The tool iperf3 is missing: run with --setup.");
});

Deno.test("asScript() refuses a module of another form", () => {
  assertThrows(() => asScript("export const x = 1;"), TypeError);
});

Deno.test("resultPage() tells what became of the expectations, what matters most first", async () => {
  const folder = await Deno.makeTempDir();
  const result = sampleResult();
  await writeReports(folder, result, sampleAgreement(result));
  const text = await Deno.readTextFile(`${folder}/report.html`);
  await Deno.remove(folder, { recursive: true });
  const list = text.slice(text.indexOf('id="expectations"'), text.indexOf('id="refuted"'));
  assertStringIncludes(list, "<b>error</b>: 11.3/latency/sandbox has flipped");
  assert(list.indexOf("<b>error</b>") < list.indexOf("<b>notice</b>"));
  assert(!(await page(result)).includes('id="expectations"'));
});
