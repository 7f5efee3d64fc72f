/**
 * The manifest of a fleet as YAML: a document for each job, after a comment that says how it is used.
 *
 * @module
 */
import type { IJob } from "kubernetes-models/batch/v1/Job";
import { stringify } from "yaml";
import { FLEET_LABEL, type KubernetesFleet } from "./manifest.ts";
import { API_VERSION, assertJob } from "./validate.ts";

/** The manifest in the folder of a fleet. */
export const MANIFEST_FILE = "jobs.yaml";

/**
 * The text of jobs that Kubernetes' API would take.
 *
 * @throws {Problem} where it would not take one
 */
export async function manifestText(fleet: KubernetesFleet, jobs: readonly IJob[]): Promise<string> {
  for (const job of jobs) await assertJob(job);
  const comment = howToUse(fleet).map((line) => `# ${line}\n`).join("");
  return comment + jobs.map((job) => `---\n${yaml(job)}`).join("");
}

/** What is done with the folder that the manifest lies in, in its order. */
export function howToUse({ name, claim, namespace, privileged }: KubernetesFleet): string[] {
  const kubectl = namespace === null ? "kubectl" : `kubectl --namespace ${namespace}`;
  return [
    `The fleet ${name}. Each job was checked against the API of Kubernetes ${API_VERSION}, and never run.`,
    ...(privileged ? ["Its pods are privileged: in effect they are root on their nodes."] : []),
    `1. Copy this folder onto the volume of the claim ${claim}, as its folder ${name}.`,
    `2. ${kubectl} create --dry-run=server --filename ${MANIFEST_FILE}   # what the cluster says of it`,
    `3. ${kubectl} create --filename ${MANIFEST_FILE}`,
    `4. ${kubectl} get jobs --selector ${FLEET_LABEL}=${name}`,
    `5. Copy the folder ${name} back, and merge it: deno task merge ${name}`,
  ];
}

/** For any reader of YAML: no references, and no plain word, which an older one takes for true or a number. */
function yaml(job: IJob): string {
  return stringify(job, {
    aliasDuplicateObjects: false,
    lineWidth: 0,
    defaultStringType: "QUOTE_DOUBLE",
    defaultKeyType: "PLAIN",
  });
}
