/**
 * What nvidia-smi's whole log (`nvidia-smi -q -x`) tells, in base units. Whatever it does not tell, in
 * any of its ways ("N/A", "[Not Supported]", "ERR!", no such element), is null.
 *
 * Source: the nvidia-smi manual, section "Query"; the DTDs `nvsmi_device_v10` to `v13`.
 *
 * @module
 */

/** One whole document. */
export interface NvidiaSmiLog {
  readonly driverVersion: string | null;
  /** The newest CUDA that the driver serves, not a toolkit that is installed. */
  readonly cudaVersion: string | null;
  readonly attachedGpus: number | null;
  readonly gpus: readonly GpuRecord[];
}

/** One `<gpu>`. */
export interface GpuRecord {
  /** As the kernel writes it: "0000:65:00.0". */
  readonly busId: string | null;
  readonly name: string | null;
  readonly brand: string | null;
  readonly architecture: string | null;
  readonly uuid: string | null;
  /** N of /dev/nvidiaN. */
  readonly minorNumber: number | null;
  readonly mig: MigMode;
  readonly migDevices: readonly MigDeviceRecord[];
  readonly virtualizationMode: VirtualizationMode | null;
  /** Four hex digits each, lower case: "10de". */
  readonly vendorId: string | null;
  readonly deviceId: string | null;
  /** The subsystem's vendor, then its device: "10de:16c1". */
  readonly subsystemId: string | null;
  readonly link: GpuLink;
  readonly memory: GpuMemory;
  /** Shares, 0 to 1. */
  readonly utilization: { readonly gpu: number | null; readonly memory: number | null };
  readonly temperatureCelsius: number | null;
  readonly powerDrawWatts: number | null;
  readonly powerLimitWatts: number | null;
  readonly clocks: GpuClocks;
  readonly maxClocks: GpuClocks;
  /** The active ones; null where the log tells of no reason at all. */
  readonly slowdowns: readonly Slowdown[] | null;
  readonly computeMode: ComputeMode | null;
  readonly persistenceMode: boolean | null;
  /**
   * Null where not told; empty where the log says that there are none. A container is not told of
   * those outside it.
   */
  readonly processes: readonly GpuProcess[] | null;
  /** The driver's words ("GPU is lost", "Unknown Error") where they stand for all readings. */
  readonly lost: string | null;
  /** Null where the log has no such element, or it could not be read. */
  readonly fabric: GpuFabric | null;
}

/** The NVLink fabric that a GPU is registered with, in the driver's words. */
export interface GpuFabric {
  /** As printed: "Completed", or "N/A" for a GPU that is on no fabric. */
  readonly state: string;
  readonly status: string | null;
  readonly clusterUuid: string | null;
  readonly cliqueId: number | null;
}

/** Null: not supported, or not told. */
export interface MigMode {
  readonly current: boolean | null;
  readonly pending: boolean | null;
}

/** One MIG device: a compute instance within a GPU instance. */
export interface MigDeviceRecord {
  readonly index: number | null;
  readonly gpuInstanceId: number | null;
  readonly computeInstanceId: number | null;
  readonly multiprocessors: number | null;
  readonly copyEngines: number | null;
  readonly memoryTotalBytes: number | null;
  readonly memoryUsedBytes: number | null;
}

/** The PCI Express link. Generations count from 1; widths are lanes. */
export interface GpuLink {
  readonly generation: {
    readonly current: number | null;
    /** Of the GPU in this slot. */
    readonly max: number | null;
    readonly deviceMax: number | null;
    readonly hostMax: number | null;
  };
  readonly width: { readonly current: number | null; readonly max: number | null };
}

/** The frame buffer. */
export interface GpuMemory {
  readonly totalBytes: number | null;
  readonly reservedBytes: number | null;
  readonly usedBytes: number | null;
  readonly freeBytes: number | null;
}

export interface GpuClocks {
  readonly smHertz: number | null;
  readonly memoryHertz: number | null;
  readonly graphicsHertz: number | null;
}

/** A context on the GPU, as the driver lists it. */
export interface GpuProcess {
  readonly pid: number | null;
  /** "C", "G", "C+G", "M+C" or as told. */
  readonly type: string | null;
  readonly name: string | null;
  readonly usedMemoryBytes: number | null;
  /** The MIG instances it runs on. */
  readonly gpuInstanceId: number | null;
  readonly computeInstanceId: number | null;
}

export type VirtualizationMode = "none" | "pass-through" | "vgpu" | "host-vgpu" | "host-vsga";

export type ComputeMode = "default" | "exclusive-process" | "exclusive-thread" | "prohibited";

/** Why clocks are below their maximum, as the driver calls it. */
export type Slowdown =
  | "gpu-idle"
  | "applications-clocks-setting"
  | "sw-power-cap"
  | "hw-slowdown"
  | "sync-boost"
  | "sw-thermal-slowdown"
  | "hw-thermal-slowdown"
  | "hw-power-brake-slowdown"
  | "display-clocks-setting";
