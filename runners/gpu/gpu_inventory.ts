/**
 * Everything that nvidia-smi tells about a host's GPUs, asked once.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { Host } from "../host.ts";
import { type ListedGpu, parseGpuList } from "./gpu_list.ts";
import { type GpuTopology, parseGpuTopology } from "./gpu_topology.ts";
import { type MigNodes, readMigNodes } from "./mig_capabilities.ts";
import { type NvidiaSmiOptions, runNvidiaSmi } from "./nvidia_smi.ts";
import { parseNvidiaSmiLog } from "./nvidia_smi_log.ts";
import type { NvidiaSmiLog } from "./nvidia_smi_records.ts";
import { type GpuNvlinks, parseNvlinkStatus } from "./nvlink.ts";
import { type GpuVgpus, parseVgpus } from "./vgpu.ts";

/** Everything that nvidia-smi tells about this host's GPUs. */
export interface GpuInventory {
  readonly log: NvidiaSmiLog;
  /** The null ones could not be read: `problems` says why. */
  readonly list: readonly ListedGpu[] | null;
  readonly topology: GpuTopology | null;
  readonly nvlink: readonly GpuNvlinks[] | null;
  /** Those given to guests; a guest that has one is not told of it here. */
  readonly vgpus: readonly GpuVgpus[] | null;
  /** What opens each MIG device to a program. */
  readonly migNodes: MigNodes;
  /** The outputs as they came, by a file name for each. */
  readonly texts: Readonly<Record<string, string>>;
  /** Why each of the parts that are null is, and which GPUs are missing from the log. */
  readonly problems: readonly string[];
}

/** A question beside the log, which may stay without an answer. */
interface SideQuery<T> {
  readonly args: readonly string[];
  readonly file: string;
  readonly options?: Pick<NvidiaSmiOptions, "answer" | "maySayNothing">;
  readonly parse: (text: string) => T;
}

const SIDE_TIMEOUT_SECONDS = 30;
const LIST: SideQuery<readonly ListedGpu[]> = {
  args: ["-L"],
  file: "nvidia-smi-list.txt",
  parse: parseGpuList,
};
const TOPOLOGY: SideQuery<GpuTopology> = {
  args: ["topo", "-m"],
  file: "nvidia-smi-topology.txt",
  parse: parseGpuTopology,
};
const NVLINK: SideQuery<readonly GpuNvlinks[]> = {
  args: ["nvlink", "-s"],
  file: "nvidia-smi-nvlink.txt",
  options: { answer: /not supported|links are inactive/i, maySayNothing: true },
  parse: parseNvlinkStatus,
};
const NO_VGPUS = /no supported devices in vgpu mode|no active vgpus/i;
const VGPUS: SideQuery<readonly GpuVgpus[]> = {
  args: ["vgpu", "-q"],
  file: "nvidia-smi-vgpus.txt",
  options: { answer: NO_VGPUS },
  parse: parseVgpus,
};
const SCHEDULERS: SideQuery<readonly GpuVgpus[]> = {
  args: ["vgpu", "-ss"],
  file: "nvidia-smi-vgpu-schedulers.txt",
  options: { answer: NO_VGPUS },
  parse: parseVgpus,
};

/**
 * Asks for the log, and for what it does not tell.
 *
 * @throws {MissingTool} where there is no nvidia-smi, no driver or no GPU
 * @throws {Problem} where nvidia-smi does not answer, or not with a whole log
 */
export async function readGpuInventory(
  host: Host,
  nvidiaSmiPath = "nvidia-smi",
): Promise<GpuInventory> {
  const xml = await runNvidiaSmi(host, ["-q", "-x"], { program: nvidiaSmiPath });
  const log = parseNvidiaSmiLog(xml);
  const texts: Record<string, string> = { "nvidia-smi.xml": xml };
  const problems = missingGpus(log);
  const common = { program: nvidiaSmiPath, timeoutSeconds: SIDE_TIMEOUT_SECONDS };
  const ask = async <T>({ args, file, options, parse }: SideQuery<T>): Promise<T | null> => {
    try {
      const text = await runNvidiaSmi(host, args, { ...common, ...options });
      texts[file] = text;
      return parse(text);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems.push(error.message);
      return null;
    }
  };
  const list = await ask(LIST);
  const topology = await ask(TOPOLOGY);
  const nvlink = await ask(NVLINK);
  const vgpus = await ask(VGPUS);
  const schedulers = vgpus === null || vgpus.length === 0 ? null : await ask(SCHEDULERS);
  const told = { log, list, topology, nvlink, vgpus: scheduled(vgpus, schedulers) };
  return { ...told, migNodes: await readMigNodes(host, log.gpus), texts, problems };
}

/** A GPU that is lost can be left out of the log, which then tells of fewer than are attached. */
function missingGpus({ attachedGpus, gpus }: NvidiaSmiLog): string[] {
  if (attachedGpus === null || attachedGpus <= gpus.length) return [];
  return [`nvidia-smi tells of ${gpus.length} of ${attachedGpus} attached GPUs`];
}

function scheduled(
  vgpus: readonly GpuVgpus[] | null,
  schedulers: readonly GpuVgpus[] | null,
): readonly GpuVgpus[] | null {
  return vgpus?.map((gpu) => {
    const told = schedulers?.find(({ busId }) => busId === gpu.busId)?.schedulerPolicy;
    return { ...gpu, schedulerPolicy: gpu.schedulerPolicy ?? told ?? null };
  }) ?? null;
}
