import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Problem, UsageProblem } from "../problem.ts";
import type { Result, Sample } from "../suites/result.ts";
import { RESULT_FILE } from "./json.ts";
import { ResultFolder } from "./result_folder.ts";
import { sampleResult } from "./testing/sample_result.ts";

const SAMPLE: Sample = {
  ...{ workload: "seq-read", arm: "native", block: 0, order: 0, argv: ["fio"], status: 0 },
  ...{ startedAt: "2026-01-01T00:00:00Z", durationSeconds: 1, value: 5, details: {} },
  ...{ failure: null, load: null },
};

async function withFolder(test: (path: string) => Promise<void> | void): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    await test(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

function withRun(result: Result, change: Partial<Result["run"]>): Result {
  return { ...result, run: { ...result.run, ...change } };
}

for (const fresh of [true, false]) {
  Deno.test(`ResultFolder.open() leaves an evidence folder alone that is not its own (${fresh})`, () =>
    withFolder(async (path) => {
      await Deno.mkdir(`${path}/evidence`);
      await Deno.writeTextFile(`${path}/evidence/thesis.txt`, "precious");
      await assertRejects(() => ResultFolder.open(path, { fresh }), UsageProblem, "thesis.txt");
      assertEquals(await Deno.readTextFile(`${path}/evidence/thesis.txt`), "precious");
    }));
}

Deno.test("ResultFolder.open() refuses a file as a user's mistake", () =>
  withFolder(async (path) => {
    await Deno.writeTextFile(`${path}/file`, "");
    for (const place of [`${path}/file`, `${path}/file/below`]) {
      await assertRejects(() => ResultFolder.open(place, { fresh: true }), UsageProblem, "a file");
    }
  }));

Deno.test("ResultFolder.open() puts no run into the folder of a fleet", () =>
  withFolder(async (path) => {
    await Deno.writeTextFile(`${path}/fleet.json`, "{}");
    for (const fresh of [true, false]) {
      await assertRejects(
        () => ResultFolder.open(path, { fresh }),
        UsageProblem,
        "it holds a fleet",
      );
    }
    assertEquals([...Deno.readDirSync(path)].map(({ name }) => name), ["fleet.json"]);
  }));

Deno.test("ResultFolder.open() leaves no folder until something is kept", () =>
  withFolder(async (path) => {
    const keeping: ((folder: ResultFolder) => void)[] = [
      (folder) => folder.save(sampleResult()),
      (folder) => folder.keep("storage", SAMPLE),
      (folder) => folder.keepReading("guest-view", "boot.txt", ""),
    ];
    for (const [index, keep] of keeping.entries()) {
      const folder = await ResultFolder.open(`${path}/results/${index}`, { fresh: false });
      assertEquals([...Deno.readDirSync(path)], []);
      keep(folder);
      assertEquals(
        [...Deno.readDirSync(`${path}/results/${index}/evidence`)].length > 0,
        index > 0,
      );
      await Deno.remove(`${path}/results`, { recursive: true });
    }
  }));

Deno.test("ResultFolder.open() removes nothing but its own files when it begins afresh", () =>
  withFolder(async (path) => {
    const first = await ResultFolder.open(path, { fresh: true });
    const dryRun = { fixture: "x", recordedAt: "", recordedOn: "", synthetic: false };
    first.save(withRun(sampleResult(), { dryRun }));
    first.keep("storage", SAMPLE);
    await Deno.writeTextFile(`${path}/evidence/notes.txt`, "mine");
    const again = await ResultFolder.open(path, { fresh: true });
    assertEquals(again.samples("storage"), []);
    assertEquals(await Deno.readTextFile(`${path}/evidence/notes.txt`), "mine");
  }));

const READINGS: Record<string, [probe: string, name: string, reading: unknown, path: string]> = {
  "text as it is": ["guest-view", "boot.txt", "one\u0000\ntwo", "guest-view/boot.txt"],
  "an object as JSON": ["guest-view", "pci.json", { a: 1 }, "guest-view/pci.json"],
  "nothing as null": ["guest-view", "x.json", undefined, "guest-view/x.json"],
  "a name that climbs": [
    "guest-view",
    "../../../result.json",
    "",
    "guest-view/__.._.._result.json",
  ],
  "a probe that climbs": ["..", "..", "", "_/_"],
  "names that are no names": ["", "/", "", "_/_"],
};
for (const [words, [probe, name, reading, path]] of Object.entries(READINGS)) {
  Deno.test(`keepReading() keeps ${words}, inside the evidence folder`, () =>
    withFolder(async (folder) => {
      (await ResultFolder.open(folder, { fresh: false })).keepReading(probe, name, reading);
      const text = await Deno.readTextFile(`${folder}/evidence/${path}`);
      if (typeof reading === "string") assertEquals(text, reading);
      else assertEquals(JSON.parse(text), reading ?? null);
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["evidence"]);
    }));
}

Deno.test("keepReading() follows no link out of the evidence folder", () =>
  withFolder(async (path) => {
    const folder = await ResultFolder.open(path, { fresh: false });
    await Deno.mkdir(`${path}/elsewhere`);
    await Deno.mkdir(`${path}/evidence`);
    await Deno.symlink(`${path}/elsewhere`, `${path}/evidence/guest-view`);
    assertThrows(() => folder.keepReading("guest-view", "x", ""), Problem, "leads elsewhere");
  }));

Deno.test("ResultFolder.open() removes the readings of a dry run when it begins afresh", () =>
  withFolder(async (path) => {
    const first = await ResultFolder.open(path, { fresh: true });
    first.save(sampleResult());
    first.keepReading("guest-view", "boot.txt", "old");
    await ResultFolder.open(path, { fresh: true });
    assertEquals([...Deno.readDirSync(`${path}/evidence/guest-view`)], []);
  }));

Deno.test("probe() gives what the run that is resumed observed", () =>
  withFolder(async (path) => {
    const first = await ResultFolder.open(path, { fresh: false });
    assertEquals(first.probe("sandbox-view"), null);
    first.save(sampleResult());
    const folder = await ResultFolder.open(path, { fresh: false });
    const [, sandbox] = sampleResult().probes;
    assertEquals([folder.probe("sandbox-view"), folder.probe("guest-view")], [sandbox, null]);
  }));

const result = sampleResult();
const OTHERS: Record<string, Result> = {
  "another host": { ...result, host: { ...result.host, hostname: "other" } },
  "booted since": { ...result, host: { ...result.host, bootId: "other" } },
  "tools have changed": { ...result, host: { ...result.host, tools: { fio: "9" } } },
  "other claims": withRun(result, { selection: ["11.3/latency/vm"] }),
};
for (const [words, other] of Object.entries(OTHERS)) {
  Deno.test(`assertResumable() refuses a run where it finds ${words}`, () =>
    withFolder(async (path) => {
      (await ResultFolder.open(path, { fresh: false })).save(result);
      const folder = await ResultFolder.open(path, { fresh: false });
      folder.assertResumable(result);
      assertThrows(() => folder.assertResumable(other), UsageProblem, words);
    }));
}

Deno.test("assertCollectedBy() refuses evidence that was measured with other options", () =>
  withFolder(async (path) => {
    const first = await ResultFolder.open(path, { fresh: false });
    first.assertCollectedBy({ target: "/mnt/a", mig: false });
    first.save(result);
    const folder = await ResultFolder.open(path, { fresh: false });
    folder.assertCollectedBy({ target: "/mnt/a", mig: false });
    const other = { target: "/mnt/b", mig: false, image: "x" };
    assertThrows(
      () => folder.assertCollectedBy(other),
      UsageProblem,
      'other options (seen: target "/mnt/a" then, "/mnt/b" now; image unknown then, "x" now).',
    );
  }));

Deno.test("assertCollectedBy() leaves a folder as it was where nothing is saved after it", () =>
  withFolder(async (path) => {
    const refused = await ResultFolder.open(path, { fresh: false });
    refused.assertCollectedBy({ passthrough: "nonsense" });
    const folder = await ResultFolder.open(path, { fresh: false });
    folder.assertCollectedBy({ passthrough: "0000:65:00.0" });
  }));

const BAD_LINES: Record<string, string[]> = {
  "not JSON": ["{"],
  "not a sample": ["null"],
  "no sample's value": [JSON.stringify({ ...SAMPLE, value: -1 })],
  "a value beyond all numbers": [JSON.stringify(SAMPLE).replace('"value":5', '"value":1e999')],
  "neither value nor failure": [JSON.stringify({ ...SAMPLE, value: null })],
  "the same run twice": [JSON.stringify(SAMPLE), JSON.stringify(SAMPLE)],
};
for (const [name, lines] of Object.entries(BAD_LINES)) {
  Deno.test(`samples() names the line that is ${name}`, () =>
    withFolder(async (path) => {
      const folder = await ResultFolder.open(path, { fresh: false });
      Deno.mkdirSync(`${path}/evidence`);
      Deno.writeTextFileSync(`${path}/evidence/storage.jsonl`, `${lines.join("\n")}\n`);
      const place = `storage.jsonl:${lines.length}`;
      assertThrows(() => folder.samples("storage"), Problem, place);
    }));
}

Deno.test("samples() leaves out a last line that was cut off", () =>
  withFolder(async (path) => {
    const folder = await ResultFolder.open(path, { fresh: false });
    folder.keep("storage", SAMPLE);
    Deno.writeTextFileSync(`${path}/evidence/storage.jsonl`, '{"wor', { append: true });
    assertEquals(folder.samples("storage"), [SAMPLE]);
    const next = { ...SAMPLE, block: 1 };
    folder.keep("storage", next);
    assertEquals(folder.samples("storage"), [SAMPLE, next]);
    assertEquals([...Deno.readDirSync(path)].some(({ name }) => name === RESULT_FILE), false);
  }));

Deno.test("assertUnfinished() lets a run be resumed that was cut short, and no other one", () =>
  withFolder(async (path) => {
    const resumes = async (change: Partial<Result>, isNight = false): Promise<boolean> => {
      const folder = await ResultFolder.open(path, { fresh: false });
      const ended = withRun(sampleResult(), { notes: [], budgetSeconds: 600 });
      folder.save({ ...ended, absent: {}, ...change });
      try {
        (await ResultFolder.open(path, { fresh: false })).assertUnfinished({ isNight });
        return true;
      } catch (error) {
        if (error instanceof UsageProblem) return false;
        throw error;
      }
    };
    const { run, experiments } = sampleResult();
    const notes = ["The run was interrupted."];
    const cut = experiments.map((experiment) => ({ ...experiment, stopped: "budget" }));
    assertEquals(await resumes({}), false);
    assertEquals(await resumes({ run: { ...run, endedAt: null } }), true);
    assertEquals(await resumes({ run: { ...run, notes } }), true);
    assertEquals(await resumes({ experiments: cut }), true);
    assertEquals(await resumes({ experiments: cut }, true), false);
  }));
