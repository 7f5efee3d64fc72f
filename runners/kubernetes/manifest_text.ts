/**
 * Manifests as YAML: a fleet's is a document for each job, after a comment that says how it is used.
 *
 * @module
 */
import type { IJob } from "kubernetes-models/batch/v1/Job";
import type { IPod } from "kubernetes-models/v1/Pod";
import { stringify } from "yaml";
import { assertJob, assertPod } from "./validate.ts";

/** The manifest of the jobs, in the folder of a fleet. */
export const MANIFEST_FILE = "jobs.yaml";

/**
 * The text of jobs that Kubernetes' API would take, after a comment.
 *
 * @throws {Problem} where it would not take one
 */
export async function manifestText(
  jobs: readonly IJob[],
  comment: readonly string[],
): Promise<string> {
  for (const job of jobs) await assertJob(job);
  const above = comment.map((line) => `# ${line}`.trimEnd() + "\n").join("");
  return above + jobs.map((job) => `---\n${yaml(job)}`).join("");
}

/**
 * The text of a pod that Kubernetes' API would take.
 *
 * @throws {Problem} where it would not take it
 */
export async function podText(pod: IPod): Promise<string> {
  await assertPod(pod);
  return yaml(pod);
}

/** For any reader of YAML: no references, and no plain word, which an older one takes for true or a number. */
function yaml(object: IJob | IPod): string {
  return stringify(object, {
    aliasDuplicateObjects: false,
    lineWidth: 0,
    defaultStringType: "QUOTE_DOUBLE",
    defaultKeyType: "PLAIN",
  });
}
