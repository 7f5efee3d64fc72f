/**
 * The experiment `gpu-transfer`: copies between host, device and peers.
 *
 * @module
 */
import type { Places } from "../places.ts";
import type { PairedPlan } from "../paired.ts";
import { type GpuExperimentOptions, prepareCudaExperiment } from "./cuda_experiment.ts";
import { cudaPrograms } from "./cuda_place.ts";
import { transferWorkloads } from "./transfer_cases.ts";

/** Prepares the experiment `gpu-transfer`. */
export async function prepareGpuTransfer(
  places: Places,
  options: GpuExperimentOptions,
): Promise<PairedPlan> {
  const { source, workloads } = transferWorkloads(await cudaPrograms(places));
  const title = `${source}, each process a sample`;
  return await prepareCudaExperiment(places, { name: "gpu-transfer", title, workloads }, options);
}
