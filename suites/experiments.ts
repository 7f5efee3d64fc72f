/**
 * How each experiment is prepared, and how much of a run's time it may take.
 *
 * @module
 */
import type { ExperimentName } from "./checks.ts";
import { prepareContention } from "./gpu/contention.ts";
import { prepareGpuCompute } from "./gpu/compute.ts";
import { prepareGpuLatency } from "./gpu/latency.ts";
import { prepareMigContention } from "./gpu/mig_contention.ts";
import { prepareGpuTransfer } from "./gpu/transfer.ts";
import { prepareNetwork } from "./network/network.ts";
import { preparePassthroughStorage } from "./storage/passthrough_storage.ts";
import { prepareSandboxStorage } from "./storage/sandbox_storage.ts";
import { prepareStorage } from "./storage/storage.ts";
import { prepareWebgpuPerformance } from "./webgpu/webgpu_performance.ts";

/** How each experiment is prepared. */
export const PREPARE = {
  "gpu-latency": prepareGpuLatency,
  "gpu-transfer": prepareGpuTransfer,
  "gpu-compute": prepareGpuCompute,
  "contention": prepareContention,
  "mig-contention": prepareMigContention,
  "webgpu-performance": prepareWebgpuPerformance,
  "network": prepareNetwork,
  "sandbox-storage": prepareSandboxStorage,
  "passthrough-storage": preparePassthroughStorage,
  "storage": prepareStorage,
} as const satisfies Record<ExperimentName, unknown>;

/** What each experiment may take of the time that is left when it starts; the last gets the rest. */
export const BUDGET_SHARES: Readonly<Record<ExperimentName, number>> = {
  "contention": 0.3,
  "mig-contention": 0.3,
  "gpu-transfer": 0.4,
  "gpu-compute": 0.45,
  "gpu-latency": 0.5,
  "webgpu-performance": 0.6,
  "network": 0.4,
  "sandbox-storage": 0.25,
  "passthrough-storage": 0.5,
  "storage": 1,
};
