/**
 * How busy each vGPU is, by the host's driver: `nvidia-smi vgpu -u`, which prints a line for each vGPU
 * every second until it is ended.
 *
 * Source: the NVIDIA vGPU software's user guide, "Monitoring vGPU engine usage".
 *
 * @module
 */
import type { Host } from "../host.ts";

/** One vGPU, on the mean of what was printed. */
export interface VgpuUse {
  readonly gpuIndex: number;
  readonly vgpuId: number;
  /** Share of the multiprocessors' time, 0 to 1; null where not told. */
  readonly processors: number | null;
}

/** Long enough for a few lines of each. */
const WATCH_SECONDS = 5;

/** Watches the vGPUs for a while; null where the driver tells of none. */
export async function readVgpuUse(host: Host): Promise<readonly VgpuUse[] | null> {
  const argv = ["nvidia-smi", "vgpu", "-u"] as const;
  const { ended, stdout } = await host.run({ argv, timeoutSeconds: WATCH_SECONDS });
  return ended === "not-found" ? null : parseVgpuUse(stdout);
}

/** Reads the table, without a line that was cut short; null where it has no line of figures. */
export function parseVgpuUse(text: string): readonly VgpuUse[] | null {
  const rows = text.split("\n").slice(0, -1).flatMap((line) => {
    const [, gpu, vgpu, share] = /^\s*(\d+)\s+(\d+)\s+(\d+|-)(?:\s+(?:\d+|-))*\s*$/.exec(line) ??
      [];
    if (gpu === undefined || vgpu === undefined) return [];
    const processors = share === "-" ? null : Number(share) / 100;
    return [{ gpuIndex: Number(gpu), vgpuId: Number(vgpu), processors }];
  });
  if (rows.length === 0) return null;
  return [...Map.groupBy(rows, ({ gpuIndex, vgpuId }) => `${gpuIndex} ${vgpuId}`).values()]
    .map(meanOf);
}

function meanOf(rows: readonly VgpuUse[]): VgpuUse {
  const [first] = rows;
  if (first === undefined) throw new TypeError("vgpu: a group without a row");
  const told = rows.flatMap(({ processors }) => processors ?? []);
  const mean = told.reduce((sum, share) => sum + share, 0) / told.length;
  return { ...first, processors: told.length === 0 ? null : mean };
}
