/**
 * What is read of a host before MIG instances are planned on one of its GPUs; nothing is changed.
 *
 * @module
 */
import type { Host } from "../host.ts";
import {
  allRecords,
  type MigInstance,
  type MigListing,
  type MigPossiblePlacements,
  type MigProfile,
  parseMigInstances,
  parseMigPlacements,
  parseMigProfiles,
} from "./mig_listings.ts";
import { runNvidiaSmi } from "./nvidia_smi.ts";
import { parseNvidiaSmiLog } from "./nvidia_smi_log.ts";
import type { GpuRecord } from "./nvidia_smi_records.ts";

/** A GPU, and nvidia-smi's index of it. */
export interface IndexedGpu {
  readonly index: number;
  readonly record: GpuRecord;
}

/** How the slices of a GPU can be shared out, and are. */
export interface MigSlices {
  readonly profiles: readonly MigProfile[];
  readonly placements: readonly MigPossiblePlacements[];
  readonly instances: readonly MigInstance[];
}

/** The GPU that the plan is about. */
export interface ChosenGpu extends IndexedGpu {
  /** Null where MIG mode is off, or the driver's listings are not whole. */
  readonly slices: MigSlices | null;
  /** What the driver said in place of the first listing that is not whole; null where all are. */
  readonly unread: string | null;
}

export interface MigFacts {
  readonly root: boolean;
  /** Whether the processes of the whole host are in sight, not only those of a container. */
  readonly wholeHost: boolean;
  readonly gpus: readonly IndexedGpu[];
  readonly chosen: ChosenGpu | null;
}

export interface MigFactsOptions {
  readonly program: string;
  /** The GPU to look at closely; null for none. */
  readonly choose: (gpus: readonly IndexedGpu[]) => IndexedGpu | null;
}

/** The inode of the first PID namespace (Linux, include/linux/proc_ns.h: PROC_PID_INIT_INO). */
const FIRST_PID_NAMESPACE = "pid:[4026531836]";
const READ_SECONDS = 10;
const LIST_SECONDS = 60;

/** @throws {Problem} where the driver does not answer */
export async function readMigFacts(
  host: Host,
  { program, choose }: MigFactsOptions,
): Promise<MigFacts> {
  const log = parseNvidiaSmiLog(await runNvidiaSmi(host, ["-q", "-x"], { program }));
  const gpus = log.gpus.map((record, index) => ({ index, record }));
  const chosen = choose(gpus);
  return {
    root: await firstLine(host, ["id", "-u"]) === "0",
    wholeHost: await firstLine(host, ["readlink", "/proc/self/ns/pid"]) === FIRST_PID_NAMESPACE,
    gpus,
    chosen: chosen === null ? null : { ...chosen, ...await readSlices(host, program, chosen) },
  };
}

async function readSlices(
  host: Host,
  program: string,
  { record }: IndexedGpu,
): Promise<Pick<ChosenGpu, "slices" | "unread">> {
  const { uuid, mig } = record;
  if (uuid === null || mig.current !== true) return { slices: null, unread: null };
  const list = async <T>(flag: string, parse: (text: string) => MigListing<T>) => {
    const argv = [program, "mig", "-i", uuid, flag] as const;
    const { ended, stdout, stderr } = await host.run({ argv, timeoutSeconds: LIST_SECONDS });
    const text = `${stdout}\n${stderr}`;
    const records = ended === "exited" ? allRecords(parse(text)) : null;
    const said = `nvidia-smi mig ${flag}: ${ended === "exited" ? text.trim() : ended}`;
    return { records, said };
  };
  const profiles = await list("-lgip", parseMigProfiles);
  const placements = await list("-lgipp", parseMigPlacements);
  const instances = await list("-lgi", parseMigInstances);
  const unread = [profiles, placements, instances].find(({ records }) => records === null);
  if (profiles.records === null || placements.records === null || instances.records === null) {
    return { slices: null, unread: unread?.said ?? "" };
  }
  const slices = {
    profiles: profiles.records,
    placements: placements.records,
    instances: instances.records,
  };
  return { slices, unread: null };
}

async function firstLine(host: Host, argv: readonly [string, ...string[]]): Promise<string> {
  const { stdout } = await host.run({ argv, timeoutSeconds: READ_SECONDS });
  return stdout.trim();
}
