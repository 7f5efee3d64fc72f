/**
 * How each probe is collected.
 *
 * @module
 */
import type { ProbeName } from "./checks.ts";
import { collectContainerView } from "./container/container_view.ts";
import { collectDevicePath } from "./device_path/device_path.ts";
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
  "sandbox-view": collectSandboxView,
  "webgpu": collectWebgpu,
  "container-view": collectContainerView,
  "guest-view": collectGuestView,
  "device-path": collectDevicePath,
  "escape-battery": collectEscapeBattery,
  "attack-surface": collectAttackSurface,
  "passthrough": collectPassthrough,
};
