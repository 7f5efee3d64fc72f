/**
 * The storage experiment as tables: what is run (workloads) and where (arms).
 *
 * @module
 */
import type { FioRecord, FioRequest } from "../../runners/fio.ts";
import type { Workload } from "../result.ts";

/** A workload, and the fio job that runs it. */
export interface StorageWorkload extends Workload {
  readonly job: Pick<FioRequest, "pattern" | "blockSizeBytes" | "iodepth">;
  /** The figure of the record that the arms are compared by. */
  readonly figure: "bandwidthBytesPerSecond" | "iops" | "latencyMeanSeconds";
}

const MIB = 1024 * 1024;
const SEQUENTIAL = { figure: "bandwidthBytesPerSecond", unit: "B/s", better: "larger" } as const;
const RANDOM = { figure: "iops", unit: "1/s", better: "larger" } as const;

export const STORAGE_WORKLOADS: readonly StorageWorkload[] = [
  {
    name: "seq-read",
    title: "sequential read, 1 MiB, iodepth 8",
    job: { pattern: "read", blockSizeBytes: MIB, iodepth: 8 },
    ...SEQUENTIAL,
  },
  {
    name: "seq-write",
    title: "sequential write, 1 MiB, iodepth 8",
    job: { pattern: "write", blockSizeBytes: MIB, iodepth: 8 },
    ...SEQUENTIAL,
  },
  {
    name: "rand-read",
    title: "random read, 4 KiB, iodepth 32",
    job: { pattern: "randread", blockSizeBytes: 4096, iodepth: 32 },
    ...RANDOM,
  },
  {
    name: "rand-write",
    title: "random write, 4 KiB, iodepth 32",
    job: { pattern: "randwrite", blockSizeBytes: 4096, iodepth: 32 },
    ...RANDOM,
  },
  {
    name: "rand-read-latency",
    title: "random read latency, 4 KiB, iodepth 1",
    job: { pattern: "randread", blockSizeBytes: 4096, iodepth: 1 },
    figure: "latencyMeanSeconds",
    unit: "s",
    better: "smaller",
  },
];

/** Where the same fio job runs on the same file. */
export const STORAGE_ARMS = [
  { name: "native", title: "natively", place: "native" },
  { name: "native-again", title: "natively again (A/A control)", place: "native" },
  { name: "container", title: "Docker container", place: "container" },
  { name: "vm-virtio", title: "QEMU guest, virtio-blk", place: "guest", model: "virtio-blk" },
  { name: "vm-nvme", title: "QEMU guest, emulated NVMe", place: "guest", model: "nvme" },
  { name: "vm-ahci", title: "QEMU guest, emulated AHCI", place: "guest", model: "ahci" },
] as const;
export type StorageArm = typeof STORAGE_ARMS[number];

/** Length of one fio run: short runs make more blocks, and blocks are what narrows an interval. */
export const RUNTIME_SECONDS = 0.5;

/** Size of the file that every arm uses. */
export const FILE_SIZE_BYTES = 1024 * MIB;

/** The fio job of a workload in one block: every arm of a block gets the same offsets. */
export function storageJob(
  workload: string,
  { block, filename, runtimeSeconds }: {
    readonly block: number;
    readonly filename: string;
    readonly runtimeSeconds: number;
  },
): FioRequest {
  const { job } = storageWorkload(workload);
  return {
    name: workload,
    filename,
    sizeBytes: FILE_SIZE_BYTES,
    runtimeSeconds,
    seed: block + 1,
    ...job,
  };
}

/** The value and the details of a sample, from what fio measured. */
export function figuresOf(
  workload: string,
  record: FioRecord,
): { value: number; details: Record<string, number> } {
  const { operations, bytes, runtimeSeconds, bandwidthBytesPerSecond, iops } = record;
  const { latencyMeanSeconds, latencyMaxSeconds, latencyMedianSeconds, latencyP99Seconds } = record;
  return {
    value: record[storageWorkload(workload).figure],
    details: {
      operations,
      bytes,
      runtimeSeconds,
      bandwidthBytesPerSecond,
      iops,
      latencyMeanSeconds,
      latencyMaxSeconds,
      ...(latencyMedianSeconds === null ? {} : { latencyMedianSeconds }),
      ...(latencyP99Seconds === null ? {} : { latencyP99Seconds }),
    },
  };
}

function storageWorkload(name: string): StorageWorkload {
  const found = STORAGE_WORKLOADS.find((workload) => workload.name === name);
  if (found === undefined) throw new TypeError(`storage: no workload is called "${name}"`);
  return found;
}
