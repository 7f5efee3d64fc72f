import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { INTERRUPTED_NOTE } from "../../suites/cut_short.ts";
import { digestOf, type HostDigest } from "../../suites/fleet/digest.ts";
import { mergeFleet } from "../../suites/fleet/merge.ts";
import type { HostDescription, Result } from "../../suites/result.ts";
import { sampleResult } from "../testing/sample_result.ts";
import { readResults } from "./read_results.ts";

async function withFiles(
  texts: Readonly<Record<string, string>>,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(texts)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function digestWith(host: Partial<HostDescription>, run: Partial<Result["run"]> = {}): HostDigest {
  const result = sampleResult();
  return digestOf({ ...result, host: { ...result.host, ...host }, run: { ...result.run, ...run } });
}

const TEXT = JSON.stringify(sampleResult());

const UNREADABLE: readonly [string, string, RegExp][] = [
  ["it was cut off", TEXT.slice(0, TEXT.length / 2), /it is not JSON/],
  ["it is empty", "", /it is empty/],
  ["it is something else", '{"schema": 5, "claims": "none"}', /it does not follow the schema/],
  ["it is newer", '{"schema": 999}', /its schema is newer than this cellproof's, which is \d+\.$/],
];
for (const [when, text, because] of UNREADABLE) {
  Deno.test(`readResults() says why a result is unreadable when ${when}`, () =>
    withFiles({ "a.json": text, "b.json": TEXT }, async (folder) => {
      const [one, other] = await readResults([`${folder}/a.json`, `${folder}/b.json`]);
      assert(one?.kind === "unreadable" && one.cure !== null);
      assertMatch(one.because, because);
      assertEquals(other?.kind, "result");
    }));
}

const repeated = <T>(list: readonly T[]): readonly T[] => [...list, ...list.slice(0, 1)];
const REPETITIONS: readonly [string, (result: Result) => Partial<Result>][] = [
  ["a claim", ({ claims }) => ({ claims: repeated(claims) })],
  ["an experiment", ({ experiments }) => ({ experiments: repeated(experiments) })],
];
for (const [what, change] of REPETITIONS) {
  Deno.test(`readResults() lets no host speak twice when its result repeats ${what}`, () => {
    const result = sampleResult();
    const text = JSON.stringify({ ...result, ...change(result) });
    return withFiles({ "a.json": text }, async (folder) => {
      const [one] = await readResults([`${folder}/a.json`]);
      assert(one?.kind === "unreadable");
      assertMatch(one.because, /a claim or a ratio stands twice in it/);
    });
  });
}

Deno.test("readResults() quotes nothing of a file that is no result", () =>
  withFiles({ "a.json": "root:secret", "b.json": '{"schema": 5, "secret": 1}' }, async (folder) => {
    for (const name of ["a.json", "b.json"]) {
      const [one] = await readResults([`${folder}/${name}`]);
      assert(one?.kind === "unreadable");
      assertEquals(one.because.includes("secret"), false, one.because);
    }
  }));

Deno.test("readResults() does not wait for a pipe, nor read a device without end", () =>
  withFiles({}, async (folder) => {
    await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
    await Deno.symlink("/dev/zero", `${folder}/zero`);
    const outcomes = await readResults([`${folder}/pipe`, `${folder}/zero`]);
    for (const one of outcomes) {
      assert(one.kind === "unreadable");
      assertMatch(one.because, /it is no regular file\.$/);
    }
  }));

Deno.test("readResults() says so when there is no file, or a folder in its place", () =>
  withFiles({}, async (folder) => {
    const [none, other] = await readResults([`${folder}/a.json`, folder]);
    assertEquals([none?.kind, other?.kind], ["nothing", "unreadable"]);
  }));

Deno.test("readResults() finds the same in threads, in the order of the paths", () =>
  withFiles({ "a.json": TEXT, "b.json": "{" }, async (folder) => {
    const paths = Array.from(
      { length: 80 },
      (_, index) => `${folder}/${index % 2 ? "b" : "a"}.json`,
    );
    const [alone] = await readResults(paths.slice(0, 1));
    const outcomes = await readResults(paths);
    assertEquals(outcomes[78], alone);
    assertEquals(new Set(outcomes.map(({ kind }, index) => `${kind} ${index % 2}`)).size, 2);
  }));

Deno.test("digestOf() tells of a result what merging needs", () => {
  const { told, claims, end, ground, gpus } = digestOf(sampleResult());
  assertEquals(told.modelName, "2 x NVIDIA X9000, Example CPU 9000, inside a kvm guest (example)");
  assertEquals([claims.length, end, ground.kind], [259, "whole", "synthetic"]);
  assertEquals(gpus?.map(({ uuidHash }) => uuidHash?.length ?? null), [64, null]);
});

Deno.test("digestOf() finds a host of the same make when its driver has lost a GPU", () => {
  const result = sampleResult();
  const [gpu] = result.host.gpus ?? [];
  assert(gpu !== undefined);
  const lost = { ...gpu, name: null, uuid: null, lost: "GPU is lost" };
  const toldOf = (...gpus: readonly (typeof gpu)[]) =>
    digestOf({ ...result, host: { ...result.host, gpus } }).told;
  const [sound, broken] = [toldOf(gpu, gpu), toldOf(gpu, lost)];
  assertEquals(broken.model, sound.model);
  assertMatch(broken.modelName, /^1 x NVIDIA X9000, 1 x lost GPU, Example CPU 9000/);
  assertEquals(broken.gpus, { "NVIDIA X9000": 1, "lost GPU": 1 });
  const others = { ...gpu, name: "NVIDIA X1000" };
  const models = [toldOf(gpu, others, lost), toldOf(gpu, others, gpu), toldOf(lost), toldOf(gpu)];
  assertEquals(new Set(models.map(({ model }) => model)).size, 4);
});

Deno.test("digestOf() knows what rests on figures from what was observed", () => {
  const byChance = new Map(
    digestOf(sampleResult()).claims.map(({ id, byChance }) => [id, byChance]),
  );
  assertEquals(byChance.get("11.3/io-performance/sandbox"), true);
  assertEquals(byChance.get("03.2.1/fact/nic-device-node"), false);
});

Deno.test("digestOf() calls nothing certain but what the claim's own rule has observed", () => {
  const saying = (id: string, parts: string[], ratio?: number) => {
    const said = { id, verdict: "confirmed", because: "", reading: "", evidence: [] } as const;
    const named = parts.map((name) => ({ name, verdict: "confirmed" as const, because: "" }));
    const claim = { ...said, parts: named, ...(ratio === undefined ? {} : { ratio }) };
    return digestOf({ ...sampleResult(), claims: [claim] }).claims[0]?.byChance;
  };
  const [figures, observed] = ["11.3/latency/container", "03.2.1/fact/nic-device-node"] as const;
  assertEquals(saying(figures, []), true);
  assertEquals(saying(figures, ["host-inventory/nic-device-node"]), true);
  assertEquals(saying(observed, []), false);
  assertEquals(saying(observed, [], 0.97), true);
  assertEquals(saying(observed, ["host-inventory/nic-device-node"]), false);
  assertEquals(saying(observed, ["gpu-inventory/one-gpu"]), true);
});

Deno.test("digestOf() gives hosts one model when only what tells them apart differs", () => {
  const { model } = digestWith({}).told;
  assertEquals(digestWith({ hostname: "other", kernel: "7", bootId: "1" }).told.model, model);
  for (
    const change of [{ cpuCount: 17 }, { environment: "bare metal" }, { gpus: [] }, { pci: [] }]
  ) {
    assertNotEquals(digestWith(change).told.model, model);
  }
});

Deno.test("digestOf() takes no text for a GPU's UUID that no driver writes", () => {
  const gpus = sampleResult().host.gpus ?? [];
  const told = (uuid: string) =>
    digestWith({ gpus: gpus.slice(0, 1).map((gpu) => ({ ...gpu, uuid })) }).gpus?.[0]?.uuidHash;
  const own = gpus[0]?.uuid ?? "";
  assertEquals(told(own.toUpperCase())?.length, 64);
  const odd = ["", "N/A", "GPU-1", `${own} `, own.slice(4), own.replaceAll(/[0-9a-f]/g, "0")];
  assertEquals(odd.map(told), odd.map(() => null));
});

Deno.test("digestOf() tells runs that were cut short from whole ones", () => {
  assertEquals(digestWith({}, { endedAt: null }).end, "unfinished");
  assertEquals(digestWith({}, { notes: [INTERRUPTED_NOTE] }).end, "interrupted");
});

Deno.test("mergeFleet() says of a result alone what the result says", () => {
  const result = sampleResult();
  const { version, thresholds } = result.run;
  const outcome = { kind: "result", digest: digestOf(result) } as const;
  const arrival = { name: null, source: "x", outcome, fate: null, faults: [], window: null };
  const options = { own: { version, thresholds }, now: new Date(), request: null, links: [] };
  const { claims } = mergeFleet([arrival], options);
  const ofHosts = result.claims.filter(({ id }) => !id.endsWith("/gpu-cluster"));
  const said = new Map(claims.map(({ id, verdict }) => [id, verdict]));
  assertEquals(ofHosts.filter(({ id, verdict }) => said.get(id) !== verdict), []);
});
