/**
 * How each probe is collected.
 *
 * @module
 */
import type { ProbeName } from "./checks.ts";
import { collectContainerView } from "./container/container_view.ts";
import { collectDevicePath } from "./device_path/device_path.ts";
import { collectGpuContainer } from "./gpu/gpu_container.ts";
import { collectGpuGuest } from "./gpu/gpu_guest.ts";
import { collectGpuInventory } from "./gpu/gpu_inventory.ts";
import { collectGpuPartitions } from "./gpu/gpu_partitions.ts";
import { collectGpuSamples } from "./gpu/gpu_samples.ts";
import { collectGuestView } from "./guest/guest_view.ts";
import type { CollectProbe } from "./probe.ts";
import { collectPassthrough } from "./passthrough/passthrough.ts";
import { collectSandboxView } from "./sandbox/sandbox_view.ts";
import { collectAttackSurface } from "./security/attack_surface.ts";
import { collectEscapeBattery } from "./security/escape_battery.ts";
import { collectHostInventory } from "./topology/host_inventory.ts";
import { collectWebgpu } from "./webgpu/webgpu.ts";

export const COLLECTORS: Readonly<Record<ProbeName, CollectProbe>> = {
  "host-inventory": collectHostInventory,
  "gpu-inventory": collectGpuInventory,
  "sandbox-view": collectSandboxView,
  "webgpu": collectWebgpu,
  "gpu-samples": collectGpuSamples,
  "gpu-guest": collectGpuGuest,
  "container-view": collectContainerView,
  "gpu-container": collectGpuContainer,
  "gpu-partitions": collectGpuPartitions,
  "guest-view": collectGuestView,
  "device-path": collectDevicePath,
  "escape-battery": collectEscapeBattery,
  "attack-surface": collectAttackSurface,
  "passthrough": collectPassthrough,
};
