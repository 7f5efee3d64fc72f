/**
 * Whether objects are what Kubernetes' API says: by validators that were generated from its OpenAPI
 * document. They hold types, required properties, formats and closed sets of words against it. Properties
 * that the API does not have pass them; those the compiler refuses, by types of the same origin.
 *
 * @module
 */
import process from "node:process";
import type { IJob } from "kubernetes-models/batch/v1/Job";
import type { IPod } from "kubernetes-models/v1/Pod";
import { Problem } from "../../problem.ts";

/** The version of Kubernetes whose API the validators are of. */
export const API_VERSION = "1.36";

/**
 * Lets a job pass that the API would take for one.
 *
 * @throws {Problem} with everything that is wrong
 */
export async function assertJob(job: IJob): Promise<void> {
  silenceDeprecation();
  const { Job } = await import("kubernetes-models/batch/v1/Job");
  assertTaken(`job ${job.metadata?.name}`, () => new Job(job).validate());
}

/**
 * Lets a pod pass that the API would take for one.
 *
 * @throws {Problem} with everything that is wrong
 */
export async function assertPod(pod: IPod): Promise<void> {
  silenceDeprecation();
  const { Pod } = await import("kubernetes-models/v1/Pod");
  assertTaken(`pod ${pod.metadata?.name}`, () => new Pod(pod).validate());
}

/** The validators load a module that Node.js has deprecated, which is nothing to tell a user of. */
function silenceDeprecation(): void {
  Object.assign(process, { noDeprecation: true });
}

function assertTaken(what: string, validate: () => void): void {
  try {
    validate();
  } catch (error) {
    throw new Problem({
      action: `write the ${what}`,
      condition: `Kubernetes ${API_VERSION} would not take it`,
      seen: error instanceof Error ? error.message : String(error),
    });
  }
}
