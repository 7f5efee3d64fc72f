/**
 * The experiment `gpu-transfer`: copies between host, device and peers.
 *
 * @module
 */
import type { Places } from "../places.ts";
import type { PairedPlan } from "../paired.ts";
import { type GpuExperimentOptions, prepareCudaExperiment } from "./cuda_experiment.ts";
import { cudaPrograms } from "./cuda_place.ts";
import { gpuSubject } from "./gpu_place.ts";
import { transferWorkloads } from "./transfer_cases.ts";

/** Prepares the experiment `gpu-transfer`. */
export async function prepareGpuTransfer(
  places: Places,
  options: GpuExperimentOptions,
): Promise<PairedPlan> {
  // Where there is no GPU, that is what is missing, and nothing else is looked for.
  await gpuSubject(places);
  const { source, workloads } = transferWorkloads(await cudaPrograms(places));
  const title = `${source}, each process a sample`;
  return await prepareCudaExperiment(places, { name: "gpu-transfer", title, workloads }, options);
}
