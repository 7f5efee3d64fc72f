import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Problem, UsageProblem } from "../problem.ts";
import { REQUIREMENTS } from "../requirements.ts";
import {
  type Absence,
  type Arm,
  type Baseline,
  type ClaimPart,
  type ClaimVerdict,
  type Contradiction,
  type Control,
  type Coverage,
  type DryRun,
  type Experiment,
  type FabricDescription,
  type GpuDescription,
  type HostDescription,
  type InfinibandDescription,
  type MatrixCoverage,
  type MissingThing,
  type Observation,
  type PciDescription,
  type Probe,
  type Ratio,
  type Result,
  type RunDescription,
  type Sample,
  SCHEMA_VERSION,
  type ThresholdRange,
  type Thresholds,
  type VerdictRange,
  VERDICTS,
  type Workload,
} from "../suites/result.ts";
import { isThere, makeFolder, parseResult, RESULT_FILE, writeResult } from "./json.ts";
import schema from "./result.schema.json" with { type: "json" };
import { sampleResult } from "./testing/sample_result.ts";

/** How a field may be left out: not at all, by null, or by absence. */
type Presence<T, K extends keyof T> = object extends Pick<T, K> ? "optional"
  : null extends T[K] ? "nullable"
  : "required";

/** The compiler refuses a table that lacks a field, has one too many, or tells its presence wrongly. */
type Fields<T> = { readonly [K in keyof T]-?: Presence<T, K> };

const required = "required" as const;
const nullable = "nullable" as const;
const optional = "optional" as const;

const host: Fields<HostDescription> = {
  hostname: required,
  cpuModel: required,
  cpuCount: required,
  memoryBytes: nullable,
  kernel: required,
  os: required,
  bootId: required,
  environment: required,
  bareMetal: required,
  cpuGovernor: nullable,
  firmware: nullable,
  gpuDriver: nullable,
  pci: nullable,
  infiniband: nullable,
  gpus: nullable,
  tools: required,
};
const run: Fields<RunDescription> = {
  version: required,
  startedAt: required,
  endedAt: nullable,
  durationSeconds: required,
  seed: required,
  selection: required,
  budgetSeconds: nullable,
  thresholds: required,
  dryRun: nullable,
  notes: required,
};
const experiment: Fields<Experiment> = {
  name: required,
  title: required,
  reference: required,
  control: required,
  workloads: required,
  arms: required,
  samples: required,
  ratios: required,
  stopped: required,
};
const sample: Fields<Sample> = {
  workload: required,
  arm: required,
  block: required,
  order: required,
  argv: required,
  status: nullable,
  startedAt: required,
  durationSeconds: required,
  value: nullable,
  details: required,
  failure: nullable,
  load: nullable,
  setAside: optional,
};
const ratio: Fields<Ratio> = {
  workload: required,
  arm: required,
  n: required,
  ratio: nullable,
  low: nullable,
  high: nullable,
  blocks: required,
};
const pci: Fields<PciDescription> = {
  address: required,
  ids: nullable,
  classCode: nullable,
  driver: nullable,
  iommuGroup: nullable,
  above: nullable,
  physicalFunction: nullable,
};
const figures = { ratio: optional, low: optional, high: optional, n: optional };
const part: Fields<ClaimPart> = {
  name: required,
  verdict: required,
  because: required,
  lacks: optional,
  holds: optional,
  ...figures,
};
const claim: Fields<ClaimVerdict> = {
  id: required,
  verdict: required,
  because: required,
  reading: required,
  evidence: required,
  ...figures,
  parts: optional,
  holds: optional,
};
const result: Fields<Result> = {
  schema: required,
  host: required,
  run: required,
  baseline: nullable,
  probes: required,
  experiments: required,
  absent: required,
  claims: required,
  contradictions: required,
  coverage: required,
};
const observation: Fields<Observation> = {
  name: required,
  value: nullable,
  seen: required,
  controls: required,
  absence: nullable,
};
const arm: Fields<Arm> = {
  name: required,
  title: required,
  missing: nullable,
  lacks: nullable,
  broken: nullable,
  degraded: nullable,
};
const gpu: Fields<GpuDescription> = {
  name: nullable,
  uuid: nullable,
  pciIds: nullable,
  linkGeneration: nullable,
  linkWidth: nullable,
  memoryBytes: nullable,
  virtualizationMode: nullable,
  mig: nullable,
  lost: nullable,
  fabric: nullable,
};
const fabric: Fields<FabricDescription> = {
  state: required,
  status: nullable,
  clusterUuid: nullable,
  cliqueId: nullable,
};
const infiniband: Fields<InfinibandDescription> = {
  adapter: required,
  port: required,
  linkLayer: nullable,
  active: required,
  bitsPerSecond: nullable,
};
const baseline: Fields<Baseline> = {
  source: required,
  startedAt: required,
  hostname: required,
  cpuModel: required,
  environment: required,
  bareMetal: required,
  gpus: required,
  synthetic: required,
  experiments: required,
};
const TYPES = {
  Result: result,
  PciDescription: pci,
  VerdictRange: { high: required, medium: required } satisfies Fields<VerdictRange>,
  ThresholdRange: { above: nullable, atMost: nullable } satisfies Fields<ThresholdRange>,
  HostDescription: host,
  GpuDescription: gpu,
  FabricDescription: fabric,
  InfinibandDescription: infiniband,
  Baseline: baseline,
  RunDescription: run,
  Experiment: experiment,
  Arm: arm,
  Sample: sample,
  Ratio: ratio,
  ClaimVerdict: claim,
  ClaimPart: part,
  Workload: {
    name: required,
    title: required,
    unit: required,
    better: required,
  } satisfies Fields<Workload>,
  Thresholds: { high: required, medium: required } satisfies Fields<Thresholds>,
  Absence: { verdict: required, because: required, lacks: nullable } satisfies Fields<Absence>,
  Probe: {
    name: required,
    startedAt: required,
    durationSeconds: required,
    observations: required,
  } satisfies Fields<Probe>,
  Observation: observation,
  Control: {
    kind: required,
    what: required,
    held: required,
    seen: required,
  } satisfies Fields<Control>,
  Coverage: { matrices: required, missing: required } satisfies Fields<Coverage>,
  MatrixCoverage: {
    matrix: required,
    verdicts: required,
    decided: required,
    total: required,
  } satisfies Fields<MatrixCoverage>,
  MissingThing: {
    requirement: required,
    decides: required,
    needed: required,
  } satisfies Fields<MissingThing>,
  DryRun: {
    fixture: required,
    recordedAt: required,
    recordedOn: required,
    synthetic: required,
  } satisfies Fields<DryRun>,
  Contradiction: {
    ids: required,
    because: required,
    evidenceTook: nullable,
  } satisfies Fields<Contradiction>,
};

interface ObjectSchema {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, { type?: unknown; anyOf?: readonly unknown[] }>>;
}

function presences({ required: names, properties }: ObjectSchema): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, { type, anyOf }]) => {
      const orNull = JSON.stringify(type ?? anyOf ?? "").includes(`"null"`);
      return [name, !names.includes(name) ? optional : orNull ? nullable : required];
    }),
  );
}

for (const [name, fields] of Object.entries(TYPES)) {
  Deno.test(`result.schema.json describes ${name} as the type does`, () => {
    const definitions: Readonly<Record<string, unknown>> = schema.$defs;
    assertEquals(presences(definitions[name] as ObjectSchema), { ...fields });
  });
}

Deno.test("parseResult() returns what writeResult() wrote", async () => {
  const folder = await Deno.makeTempDir();
  writeResult(folder, sampleResult());
  const text = await Deno.readTextFile(`${folder}/${RESULT_FILE}`);
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  await Deno.remove(folder, { recursive: true });
  assertEquals(await parseResult(text, "x"), sampleResult());
  assertEquals(names, [RESULT_FILE]);
});

Deno.test("result.schema.json lists every requirement and every verdict", () => {
  const { Requirement, Verdict } = schema.$defs;
  assertEquals([...Requirement.enum], Object.keys(REQUIREMENTS));
  assertEquals([...Verdict.enum], [...VERDICTS]);
});

const CURES = {
  2: ["older", "measure again"],
  [SCHEMA_VERSION + 1]: ["newer", "a newer one"],
};
for (const [version, [words = "", cure = ""]] of Object.entries(CURES)) {
  Deno.test(`parseResult() says what to do when the schema is ${words}`, async () => {
    const text = JSON.stringify({ ...sampleResult(), schema: Number(version), news: true });
    const problem = await assertRejects(() => parseResult(text, "r.json"), Problem, words);
    assertStringIncludes(problem.parts.cure ?? "", cure);
  });
}

for (
  const text of [
    "",
    "{",
    "null",
    "[]",
    "{}",
    `{"schema":1}`,
    `{"schema":3}`,
    `"\u0000"`,
    `{"schema":"1"}`,
  ]
) {
  Deno.test(`parseResult() refuses ${JSON.stringify(text)}`, async () => {
    await assertRejects(
      () => parseResult(text, "r.json"),
      Problem,
      "Cannot read the result r.json",
    );
  });
}

Deno.test("parseResult() refuses a result cut off anywhere", async () => {
  const text = JSON.stringify(sampleResult());
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: text.length - 1 }), async (length) => {
      await assertRejects(() => parseResult(text.slice(0, length), "r.json"), Problem);
    }),
    { numRuns: 30 },
  );
});

Deno.test("parseResult() refuses a verdict that does not exist and a field that does not belong", async () => {
  const { claims, ...rest } = sampleResult();
  const odd = [{ ...claims[0], verdict: "maybe" }, { ...claims[0], extra: 1 }, { id: "x" }];
  for (const one of odd) {
    const text = JSON.stringify({ ...rest, claims: [one] });
    await assertRejects(() => parseResult(text, "r.json"), Problem, "/claims/0");
  }
});

Deno.test("parseResult() refuses a result that has a claim twice", async () => {
  const { claims, ...rest } = sampleResult();
  const text = JSON.stringify({ ...rest, claims: [...claims, ...claims.slice(3, 4)] });
  const problem = await assertRejects(() => parseResult(text, "r.json"), Problem, "stands twice");
  assertEquals(problem.parts.seen, claims[3]?.id);
});

const COUNTS: Record<string, (result: Result, count: number) => Result> = {
  "/experiments/0/ratios/0/n": ({ experiments, ...rest }, n) => ({
    ...rest,
    experiments: experiments.map((one) => ({
      ...one,
      ratios: one.ratios.map((ratio) => ({ ...ratio, n })),
    })),
  }),
  "/claims/0/n": ({ claims, ...rest }, n) => ({
    ...rest,
    claims: claims.map((claim) => ({ ...claim, n })),
  }),
  "/host/cpuCount": ({ host, ...rest }, cpuCount) => ({ ...rest, host: { ...host, cpuCount } }),
};
for (const [place, withCount] of Object.entries(COUNTS)) {
  Deno.test(`parseResult() refuses what is no count when it stands at ${place}`, async () => {
    for (const count of [12.5, -1, 2 ** 53, 1e300]) {
      const text = JSON.stringify(withCount(sampleResult(), count));
      await assertRejects(() => parseResult(text, "r.json"), Problem, place);
    }
  });
}

Deno.test("writeResult() throws a Problem with the cure when the folder is missing", () => {
  assertThrows(
    () => writeResult("/nonexistent/folder", sampleResult()),
    Problem,
    "Choose a place that you may write to",
  );
});

Deno.test("makeFolder() refuses a file, and what lies below one, as a user's mistake", () => {
  const file = Deno.makeTempFileSync();
  try {
    for (const path of [file, `${file}/a`, `${file}/a/b`]) {
      assertThrows(() => makeFolder(path), UsageProblem, "it is a file, or lies below one");
      assertEquals(isThere(path), path === file);
    }
  } finally {
    Deno.removeSync(file);
  }
});

Deno.test("isThere() throws a Problem where that cannot be told", () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.symlinkSync("loop", `${folder}/loop`);
    assertThrows(() => isThere(`${folder}/loop`), Problem, `Cannot look at ${folder}/loop`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
