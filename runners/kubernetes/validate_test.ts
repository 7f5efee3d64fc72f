import { assertRejects, assertStringIncludes } from "@std/assert";
import type { IJob } from "kubernetes-models/batch/v1/Job";
import type { IJobSpec } from "kubernetes-models/batch/v1/JobSpec";
import { Problem } from "../../problem.ts";
import { copyingPod } from "./copying_pod.ts";
import { fleetJobs } from "./manifest.ts";
import { sampleFleet } from "./testing/fleet.ts";
import { assertJob, assertPod } from "./validate.ts";

const CONTAINER = "spec/template/spec/containers/0";
/** What a job is spoilt by: where, with what (undefined: it is missing), and what is said of it. */
const SPOILT: readonly [string, unknown, string][] = [
  ["kind", "Jab", "data/kind must be equal to one of the allowed values"],
  ["spec/completions", "3", "data/spec/completions must be integer"],
  ["spec/activeDeadlineSeconds", 1.5, "data/spec/activeDeadlineSeconds must be integer"],
  ["spec/template", undefined, "data/spec must have required property template"],
  ["spec/template/spec/restartPolicy", "Sometimes", "restartPolicy must be equal to one of"],
  [`${CONTAINER}/name`, undefined, "containers/0 must have required property name"],
  [`${CONTAINER}/resources/limits`, { "nvidia.com/gpu": "8 GPUs" }, 'must match format "quantity"'],
];

function sampleJob(): IJob {
  const [job] = fleetJobs(sampleFleet());
  return job ?? { apiVersion: "batch/v1", kind: "Job" };
}

/** The same with another value at a path. */
function changed(thing: unknown, [key, ...path]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const inside = changed(Object(thing)[key], path, value);
  if (Array.isArray(thing)) return thing.map((item, i) => String(i) === key ? inside : item);
  return { ...Object(thing), [key]: inside };
}

Deno.test("assertJob() lets the jobs of a fleet pass", async () => {
  await assertJob(sampleJob());
});

for (const [path, value, words] of SPOILT) {
  Deno.test(`assertJob() refuses a job whose ${path} is ${JSON.stringify(value)}`, async () => {
    // It is none any more: that is what must be found.
    const job = changed(sampleJob(), path.split("/"), value) as IJob;
    const { message } = await assertRejects(() => assertJob(job), Problem);
    assertStringIncludes(
      message,
      "write the job cellproof-0a1b2c3d-0-gpu01: Kubernetes 1.36 would",
    );
    assertStringIncludes(message, words);
  });
}

Deno.test("assertPod() refuses what is no pod, and says which", async () => {
  const pod = copyingPod(sampleFleet());
  await assertPod(pod);
  const { message } = await assertRejects(() => assertPod({ ...pod, spec: Object({}) }), Problem);
  assertStringIncludes(message, "write the pod cellproof-0a1b2c3d-copy: Kubernetes 1.36 would");
  assertStringIncludes(message, "data/spec must have required property containers");
});

Deno.test("the compiler refuses a property that the API does not have", () => {
  const spec: IJobSpec = {
    template: {},
    // @ts-expect-error It is backoffLimit; the validators would let it pass.
    backOffLimit: 0,
  };
  assertStringIncludes(JSON.stringify(spec), "backOffLimit");
});
