/**
 * How each probe is collected.
 *
 * @module
 */
import type { ProbeName } from "./checks.ts";
import { collectContainerView } from "./container/collect.ts";
import { collectDevicePath } from "./device_path/collect.ts";
import { collectGuestView } from "./guest/view.ts";
import type { CollectProbe } from "./probe.ts";
import { collectSandboxView } from "./sandbox/collect.ts";
import { collectAttackSurface } from "./security/attack_surface.ts";
import { collectEscapeBattery } from "./security/escape_battery.ts";
import { collectHostInventory } from "./topology/host_inventory.ts";
import { collectWebgpu } from "./webgpu/collect.ts";

export const COLLECTORS: Readonly<Record<ProbeName, CollectProbe>> = {
  "host-inventory": collectHostInventory,
  "sandbox-view": collectSandboxView,
  "webgpu": collectWebgpu,
  "container-view": collectContainerView,
  "guest-view": collectGuestView,
  "device-path": collectDevicePath,
  "escape-battery": collectEscapeBattery,
  "attack-surface": collectAttackSurface,
};
