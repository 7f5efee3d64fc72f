/**
 * The probe `gpu-partitions`: two MIG instances of one GPU, or two vGPUs, at once.
 *
 * @module
 */
import { MissingTool } from "../../problem.ts";
import { readVgpuUse } from "../../runners/gpu/vgpu_utilization.ts";
import type { Places } from "../places.ts";
import { attempt, lacking, negative, observed, positive, type Probed } from "../probe.ts";
import type { Observation } from "../result.ts";
import { computeAtOnce } from "./compute_at_once.ts";
import { nativeCuda } from "./cuda_place.ts";
import { gpuInventory } from "./gpu_place.ts";
import { migPair } from "./mig_pair.ts";
import { activeVgpus } from "./partitions.ts";

const NAME = "gpu-partitions/two-compute";
/** A vGPU that has so much of the processors' time computes. */
const COMPUTING = 0.01;

/** Collects the observation of the probe `gpu-partitions`. */
export async function collectGpuPartitions(places: Places): Promise<Probed> {
  const observations = await attempt([NAME], async () => {
    const gpus = await gpuInventory(places);
    return [activeVgpus({ gpus }).length > 0 ? await twoVgpus(places) : await twoInstances(places)];
  });
  return { observations, readings: {} };
}

async function twoInstances(places: Places): Promise<Observation> {
  const [subject, neighbour] = await migPair(places);
  const place = { cuda: await nativeCuda(places), subject };
  const seen = `computed on ${neighbour.uuid}, and the product on ${subject.uuid} of the same GPU`;
  return await computeAtOnce(NAME, { host: places.host, place, neighbour, seen });
}

async function twoVgpus(places: Places): Promise<Observation> {
  const gpus = await gpuInventory(places);
  const known = activeVgpus({ gpus }).map(({ id }) => id);
  const uses = await readVgpuUse(places.host);
  if (uses === null) throw notTold();
  const own = uses.filter(({ vgpuId }) => known.includes(vgpuId));
  const computing = own.filter(({ processors }) => (processors ?? 0) >= COMPUTING);
  const sharing = [...Map.groupBy(computing, ({ gpuIndex }) => gpuIndex).values()];
  const shown = own.map(({ vgpuId, processors }) => `${vgpuId}: ${percent(processors)}`).join(", ");
  if (sharing.every((together) => together.length < 2)) {
    return lacking(
      NAME,
      `fewer than two guests compute on vGPUs of one GPU now (${shown})`,
      "vgpu",
    );
  }
  return observed(NAME, {
    value: true,
    seen: `the driver tells the vGPUs' share of the processors' time: ${shown}`,
    controls: [
      positive(
        "each vGPU that is active is told of",
        own.length === known.length,
        `${own.length} of ${known.length}`,
      ),
      negative(
        "no vGPU is told of that is not active",
        own.length === uses.length,
        `${uses.length - own.length} others`,
      ),
    ],
  });
}

function percent(share: number | null): string {
  return share === null ? "not told" : `${Math.round(share * 100)} %`;
}

function notTold(): MissingTool {
  return new MissingTool({
    action: "see whether two vGPUs compute at once",
    condition: "the driver does not tell how busy they are",
    cure: "See: nvidia-smi vgpu -u",
  }, "vgpu");
}
