import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { Problem } from "../../problem.ts";
import {
  type CommonGround,
  type Disagreement,
  FAULTS,
  type FleetClaim,
  type FleetFault,
  type FleetHost,
  type FleetRequest,
  type FleetResult,
  HOST_STATES,
  type HostLink,
  type HostTold,
  type Outlier,
  VERDICT_LETTERS,
} from "../../suites/fleet/fleet_result.ts";
import { hostileFleet } from "../testing/hostile_fleet.ts";
import { repeatedFleet, sampleFleet } from "../testing/sample_fleet.ts";
import schema from "./fleet.schema.json" with { type: "json" };
import { FLEET_FILE, parseFleet, writeFleet } from "./fleet_json.ts";

/** Whether a field may be left out, or be null. */
type Presence<T, K extends keyof T> = Record<never, never> extends Pick<T, K> ? "optional"
  : null extends T[K] ? "nullable"
  : "required";

/** The compiler refuses a table that lacks a field, has one too many, or tells its presence wrongly. */
type Fields<T> = { readonly [K in keyof T]-?: Presence<T, K> };

const required = "required" as const;
const nullable = "nullable" as const;
const optional = "optional" as const;

const fleet: Fields<FleetResult> = {
  schema: required,
  version: required,
  mergedAt: required,
  request: nullable,
  common: nullable,
  hosts: required,
  faults: required,
  observations: required,
  claims: required,
  disagreements: required,
  outliers: required,
  mostCompared: optional,
  links: required,
  coverage: required,
};
const request: Fields<FleetRequest> = {
  id: required,
  scheduler: required,
  cluster: nullable,
  partition: required,
  nodesNotAsked: nullable,
  submittedAt: required,
  endedAt: nullable,
};
const common: Fields<CommonGround> = { version: required, thresholds: required, kind: required };
const host: Fields<FleetHost> = {
  name: required,
  state: required,
  because: nullable,
  source: nullable,
  told: nullable,
};
const told: Fields<HostTold> = {
  hostname: required,
  machine: required,
  model: required,
  modelName: required,
  environment: required,
  bareMetal: required,
  kernel: required,
  gpuDriver: nullable,
  gpus: nullable,
  version: required,
  startedAt: required,
  endedAt: nullable,
  durationSeconds: required,
  verdicts: required,
};
const fault: Fields<FleetFault> = {
  kind: required,
  host: required,
  because: required,
  cure: nullable,
};
const claim: Fields<FleetClaim> = {
  id: required,
  verdict: required,
  because: required,
  reading: required,
  counts: required,
  lacks: nullable,
};
const disagreement: Fields<Disagreement> = {
  id: required,
  modelName: required,
  confirmed: required,
  refuted: required,
  differ: required,
};
const outlier: Fields<Outlier> = {
  host: required,
  modelName: required,
  experiment: required,
  workload: required,
  arm: required,
  n: required,
  ratio: required,
  low: required,
  high: required,
  others: required,
  because: required,
};
const link: Fields<HostLink> = {
  from: required,
  to: required,
  port: required,
  portBytesPerSecond: nullable,
  bytesPerSecond: required,
  failure: nullable,
  argv: required,
};
const TYPES = {
  FleetResult: fleet,
  FleetRequest: request,
  CommonGround: common,
  FleetHost: host,
  HostTold: told,
  FleetFault: fault,
  FleetClaim: claim,
  Disagreement: disagreement,
  Outlier: outlier,
  HostLink: link,
};

interface ObjectSchema {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, { type?: unknown; anyOf?: readonly unknown[] }>>;
}

function presences({ required: names, properties }: ObjectSchema): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, { type, anyOf }]) => {
      const orNull = JSON.stringify(type ?? anyOf ?? "").includes(`"null"`);
      return [name, !names.includes(name) ? "optional" : orNull ? nullable : required];
    }),
  );
}

for (const [name, fields] of Object.entries(TYPES)) {
  Deno.test(`fleet.schema.json describes ${name} as the type does`, () => {
    const definitions: Readonly<Record<string, unknown>> = schema.$defs;
    assertEquals(presences(definitions[name] as ObjectSchema), { ...fields });
  });
}

Deno.test("fleet.schema.json lists every state, every fault and every letter of a verdict", () => {
  const { HostState, FaultKind, HostTold } = schema.$defs;
  assertEquals([...HostState.enum], [...HOST_STATES]);
  assertEquals([...FaultKind.enum], [...FAULTS]);
  const letters = Object.values(VERDICT_LETTERS).join("");
  assertEquals(HostTold.properties.verdicts.pattern, `^[${letters}-]*$`);
});

Deno.test("parseFleet() returns what writeFleet() wrote", async () => {
  const folder = await Deno.makeTempDir();
  writeFleet(folder, sampleFleet());
  const text = await Deno.readTextFile(`${folder}/${FLEET_FILE}`);
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  await Deno.remove(folder, { recursive: true });
  assertEquals(await parseFleet(text, "x"), sampleFleet());
  assertEquals(names, [FLEET_FILE]);
});

const COMPARED = { ...repeatedFleet(1), mostCompared: 1 };
for (const other of [repeatedFleet(0), COMPARED, repeatedFleet(50), withoutAnything()]) {
  Deno.test(`parseFleet() reads a fleet of ${other.hosts.length} hosts, request ${other.request?.id}`, async () => {
    assertEquals(await parseFleet(JSON.stringify(other), "x"), other);
  });
}

function withoutAnything(): FleetResult {
  const request = {
    ...sampleFleet().request,
    cluster: null,
    nodesNotAsked: null,
    endedAt: null,
  } as FleetRequest;
  return { ...repeatedFleet(0), request, common: null, observations: [] };
}

for (const [version, words] of [[0, "older"], [2, "newer"]] as const) {
  Deno.test(`parseFleet() says what to do when the schema is ${words}`, async () => {
    const text = JSON.stringify({ ...sampleFleet(), schema: version, news: true });
    const problem = await assertRejects(() => parseFleet(text, "f.json"), Problem, words);
    assertStringIncludes(problem.parts.cure ?? "", "Use the cellproof that wrote it");
  });
}

for (const text of ["", "{", "null", "[]", "{}", `{"schema":1}`, `{"schema":"1"}`]) {
  Deno.test(`parseFleet() refuses ${JSON.stringify(text)}`, async () => {
    await assertRejects(() => parseFleet(text, "f.json"), Problem, "Cannot read the fleet f.json");
  });
}

Deno.test("parseFleet() refuses a fleet cut off anywhere", async () => {
  const text = JSON.stringify(sampleFleet());
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: text.length - 1 }), async (length) => {
      await assertRejects(() => parseFleet(text.slice(0, length), "f.json"), Problem);
    }),
    { numRuns: 30 },
  );
});

Deno.test("parseFleet() refuses a state that does not exist, other letters and foreign fields", async () => {
  const { hosts, ...rest } = sampleFleet();
  const [first] = hosts;
  const odd = [
    { ...first, state: "asleep" },
    { ...first, told: { ...first?.told, verdicts: "cx" } },
    { ...first, extra: 1 },
  ];
  for (const one of odd) {
    const text = JSON.stringify({ ...rest, hosts: [one] });
    await assertRejects(() => parseFleet(text, "f.json"), Problem, "/hosts/0");
  }
  const text = JSON.stringify({ ...sampleFleet(), mostCompared: null });
  await assertRejects(() => parseFleet(text, "f.json"), Problem, "/mostCompared");
});

Deno.test("parseFleet() takes whatever hosts wrote into their texts", async () => {
  // A name of an observation is none of these texts.
  const hostile = { ...hostileFleet(), observations: [] };
  assertEquals(await parseFleet(JSON.stringify(hostile), "x"), JSON.parse(JSON.stringify(hostile)));
});
