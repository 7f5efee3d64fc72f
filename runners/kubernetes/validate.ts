/**
 * Whether objects are what Kubernetes' API says: by validators that were generated from its OpenAPI
 * document. They hold types, required properties, formats and closed sets of words against it. Properties
 * that the API does not have pass them; those the compiler refuses, by types of the same origin.
 *
 * @module
 */
import process from "node:process";
import type { IJob } from "kubernetes-models/batch/v1/Job";
import { Problem } from "../../problem.ts";

/** The version of Kubernetes whose API the validators are of. */
export const API_VERSION = "1.36";

/**
 * Lets a job pass that the API would take for one.
 *
 * @throws {Problem} with everything that is wrong
 */
export async function assertJob(job: IJob): Promise<void> {
  // The validators load a module that Node.js has deprecated, which is nothing to tell a user of.
  Object.assign(process, { noDeprecation: true });
  const { Job } = await import("kubernetes-models/batch/v1/Job");
  try {
    new Job(job).validate();
  } catch (error) {
    throw new Problem({
      action: `write the job ${job.metadata?.name}`,
      condition: `Kubernetes ${API_VERSION} would not take it`,
      seen: error instanceof Error ? error.message : String(error),
    });
  }
}
