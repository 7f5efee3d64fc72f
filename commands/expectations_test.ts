import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UsageProblem } from "../problem.ts";
import type { Expectations } from "../suites/expectations.ts";
import type { Verdict } from "../suites/result.ts";
import { expectationsOption } from "./expectations.ts";

const PROJECT = new URL("..", import.meta.url).pathname;
const FIXTURE = "synthetic-busy-vgpu";
const DAY = 86_400_000;

type Run = Parameters<typeof expectationsOption>[1];

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function cellproof(...args: string[]): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", "--allow-write", `${PROJECT}main.ts`, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

async function withFolder<T>(test: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    return await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The result of a dry run, made once. */
const first = memoized(() =>
  withFolder(async (folder) => {
    await cellproof("bench", `--dry-run=${FIXTURE}`, "--out", folder);
    return await Deno.readTextFile(`${folder}/result.json`);
  })
);

function memoized<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => made ??= make();
}

/** A folder with the result of the dry run, and `expect.json` made of it. */
async function withExpectations(
  test: (folder: string, expectations: Expectations) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/result.json`, await first());
    assertEquals((await cellproof("expect", folder)).code, 0);
    await test(folder, JSON.parse(await Deno.readTextFile(`${folder}/expect.json`)));
  });
}

/** The same dry run again, held to `expectations`. */
async function runAgain(
  folder: string,
  expectations: unknown,
  ...args: string[]
): Promise<Outcome> {
  const text = typeof expectations === "string" ? expectations : JSON.stringify(expectations);
  await Deno.writeTextFile(`${folder}/changed.json`, text);
  const expect = ["--out", `${folder}/again`, "--expect", `${folder}/changed.json`];
  return await cellproof("bench", `--dry-run=${FIXTURE}`, ...expect, ...args);
}

function idWith({ claims }: Expectations, verdict: Verdict): string {
  const [id] = Object.entries(claims).find(([, one]) => one === verdict) ?? [];
  assert(id !== undefined, `the fixture has none that is ${verdict}`);
  return id;
}

function withVerdict(expectations: Expectations, id: string, verdict: Verdict): Expectations {
  return { ...expectations, claims: { ...expectations.claims, [id]: verdict } };
}

Deno.test("bench --expect exits with 0 where all came out as before, refuted claims too", async () => {
  await withExpectations(async (folder, expectations) => {
    idWith(expectations, "refuted");
    const { code, stdout } = await runAgain(folder, expectations);
    assertEquals(code, 0);
    assertStringIncludes(stdout, `Expectations:\n  Held to the verdicts of ${FIXTURE}`);
    assertEquals(await Deno.readTextFile(`${folder}/again/annotations.txt`), "");
    const junit = await Deno.readTextFile(`${folder}/again/junit.xml`);
    assert(!junit.includes("<failure") && !junit.includes("<error"));
  });
});

Deno.test("bench --expect exits with 100 for a flip, and every report tells of it", async () => {
  await withExpectations(async (folder, expectations) => {
    const id = idWith(expectations, "refuted");
    const { code, stdout } = await runAgain(folder, withVerdict(expectations, id, "confirmed"));
    assertEquals(code, 100);
    const title = `${id} has flipped: refuted, expected confirmed`;
    assertStringIncludes(stdout, `error: ${title}`);
    const read = (name: string) => Deno.readTextFile(`${folder}/again/${name}`);
    assertStringIncludes(await read("summary.md"), `**${title}**`);
    assertStringIncludes(await read("annotations.txt"), `::error title=${id} has flipped%3A`);
    assertEquals((await read("junit.xml")).split("<failure").length - 1, 1);
  });
});

Deno.test("bench --expect exits with 101 for what is no longer decided, with 0 for what newly is", async () => {
  await withExpectations(async (folder, expectations) => {
    const untested = idWith(expectations, "untested");
    const lost = await runAgain(folder, withVerdict(expectations, untested, "confirmed"));
    assertEquals(lost.code, 101);
    const refuted = idWith(expectations, "refuted");
    const gained = await runAgain(folder, withVerdict(expectations, refuted, "untested"));
    assertEquals(gained.code, 0);
    assertStringIncludes(gained.stdout, "is newly decided: refuted, expected untested");
  });
});

Deno.test("bench --expect lets a waiver excuse by today's date, and warns on stderr of its end", async () => {
  await withExpectations(async (folder, expectations) => {
    const id = idWith(expectations, "refuted");
    const flipped = withVerdict(expectations, id, "confirmed");
    const waivedUntil = (time: number) => {
      const expires = new Date(time).toISOString().slice(0, 10);
      return runAgain(folder, { ...flipped, waivers: [{ id, reason: "known", expires }] });
    };
    const excused = await waivedUntil(Date.now() + DAY);
    assertEquals([excused.code, excused.stderr.includes("Warning")], [0, false]);
    assertStringIncludes(excused.stdout, "1 waived");
    const expired = await waivedUntil(Date.now() - DAY);
    assertEquals(expired.code, 100);
    assertStringIncludes(expired.stderr, `Warning: ${id}: its waiver expired on`);
  });
});

Deno.test("bench --expect refuses half a file before it begins", async () => {
  await withExpectations(async (folder, expectations) => {
    const half = JSON.stringify(expectations).slice(0, -1);
    const { code, stderr } = await runAgain(folder, half);
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, "changed.json: it is not JSON, or only a part of it");
    assert(!stderr.includes("describing the host"), "it began");
  });
});

Deno.test("expectationsOption() refuses what a run cannot be held to", async () => {
  await withExpectations(async (folder, { source: { thresholds } }) => {
    const expect = `${folder}/expect.json`;
    const read = (run: Partial<Run>) =>
      expectationsOption({ _: [], expect }, { selection: [], thresholds, ...run });
    assert(await read({}));
    const other = { thresholds: { ...thresholds, high: 0.9 } };
    await assertRejects(() => read(other), UsageProblem, "other thresholds");
    const selection = ["03.2.1/fact/nic-device-node"];
    await assertRejects(() => read({ selection }), UsageProblem, "nothing of the claims");
    assertEquals(await expectationsOption({ _: [] }, { selection, thresholds }), null);
  });
});

Deno.test("bench --expect holds a selection to no more than what is selected", async () => {
  await withExpectations(async (folder, expectations) => {
    const id = idWith(expectations, "refuted");
    const flipped = withVerdict(expectations, id, "confirmed");
    const other = idWith(expectations, "confirmed");
    assertEquals((await runAgain(folder, flipped, other)).code, 0);
    assertEquals((await runAgain(folder, flipped, id)).code, 100);
  });
});

Deno.test("expect renews a file beside the result, tells what changes, and keeps waivers", async () => {
  await withExpectations(async (folder, expectations) => {
    const path = `${folder}/expect.json`;
    const id = idWith(expectations, "refuted");
    const old = { id, reason: "once", expires: "2020-01-01" };
    const changed = { ...withVerdict(expectations, id, "confirmed"), waivers: [old] };
    await Deno.writeTextFile(path, JSON.stringify(changed));
    const other = idWith(expectations, "untested");
    const waive = ["--waive", other, "--reason", "no slot", "--expires", "2099-12-31"];
    const { code, stdout } = await cellproof("expect", folder, "--out", path, ...waive);
    assertEquals(code, 0);
    assertStringIncludes(stdout, `Left out the waiver of ${id}, which expired on 2020-01-01: once`);
    assertStringIncludes(stdout, `  ${id}: refuted, was confirmed`);
    const { claims, waivers } = JSON.parse(await Deno.readTextFile(path));
    assertEquals(claims, expectations.claims);
    assertEquals(waivers, [{ id: other, reason: "no slot", expires: "2099-12-31" }]);
  });
});

Deno.test("expect refuses half a waiver and a broken file, and leaves the file as it was", async () => {
  await withExpectations(async (folder) => {
    const path = `${folder}/expect.json`;
    await Deno.writeTextFile(path, "{");
    const broken = await cellproof("expect", folder, "--out", path);
    assertEquals([broken.code, await Deno.readTextFile(path)], [1, "{"]);
    const half = await cellproof("expect", folder, "--waive", "11.3/latency/vm");
    assertEquals(half.code, 1);
    assertStringIncludes(half.stderr, "go together");
  });
});

Deno.test("judge --expect and report --expect hold a stored result as a run is held", async () => {
  await withExpectations(async (folder, expectations) => {
    const id = idWith(expectations, "refuted");
    const changed = `${folder}/changed.json`;
    const flipped = withVerdict(expectations, id, "confirmed");
    await Deno.writeTextFile(changed, JSON.stringify(flipped));
    const judged = await cellproof("judge", folder, "--expect", `${folder}/expect.json`);
    assertEquals(judged.code, 0);
    assertEquals((await cellproof("judge", folder, "--expect", changed)).code, 100);
    assertEquals((await cellproof("report", folder, "--expect", changed)).code, 0);
    assertStringIncludes(
      await Deno.readTextFile(`${folder}/annotations.txt`),
      `::error title=${id}`,
    );
  });
});
