/**
 * Reads `nvidia-smi -q -x`, of the schemas v10 to v13.
 *
 * @module
 */
import {
  childrenOf,
  elementAt,
  parseNvidiaSmiDocument,
  textAt,
  type XmlElement,
} from "./nvidia_smi_document.ts";
import type {
  ComputeMode,
  GpuClocks,
  GpuFabric,
  GpuLink,
  GpuMemory,
  GpuProcess,
  GpuRecord,
  MigDeviceRecord,
  NvidiaSmiLog,
  Slowdown,
  VirtualizationMode,
} from "./nvidia_smi_records.ts";
import {
  bytes,
  celsius,
  count,
  enabled,
  failure,
  hertz,
  lanes,
  linkGeneration,
  oneOf,
  pciAddress,
  pciIds,
  share,
  told,
  watts,
} from "./nvidia_smi_values.ts";

/** By the end of the elements' names. */
const SLOWDOWNS: Readonly<Record<string, Slowdown>> = {
  "gpu_idle": "gpu-idle",
  "applications_clocks_setting": "applications-clocks-setting",
  "sw_power_cap": "sw-power-cap",
  "hw_slowdown": "hw-slowdown",
  "sync_boost": "sync-boost",
  "sw_thermal_slowdown": "sw-thermal-slowdown",
  "hw_thermal_slowdown": "hw-thermal-slowdown",
  "hw_power_brake_slowdown": "hw-power-brake-slowdown",
  "display_clocks_setting": "display-clocks-setting",
};
const COMPUTE_MODES: Readonly<Record<string, ComputeMode>> = {
  "default": "default",
  "exclusive-process": "exclusive-process",
  "exclusive-thread": "exclusive-thread",
  "prohibited": "prohibited",
};
const VIRTUALIZATION_MODES: Readonly<Record<string, VirtualizationMode>> = {
  "none": "none",
  "pass-through": "pass-through",
  "vgpu": "vgpu",
  "host-vgpu": "host-vgpu",
  "host-vsga": "host-vsga",
};
/** Readings that the driver asks the GPU for, and does not remember. */
const ASKED: readonly (readonly string[])[] = [
  ["fb_memory_usage", "total"],
  ["temperature", "gpu_temp"],
  ["clocks", "sm_clock"],
  ["utilization", "gpu_util"],
  ["performance_state"],
  ["pci", "pci_gpu_link_info", "pcie_gen", "current_link_gen"],
];

/**
 * Reads a whole log.
 *
 * @throws {Problem} where the text is cut off, is no XML, or another document
 */
export function parseNvidiaSmiLog(xml: string): NvidiaSmiLog {
  const root = parseNvidiaSmiDocument(xml, "nvidia_smi_log");
  return {
    driverVersion: told(textAt(root, "driver_version")),
    cudaVersion: told(textAt(root, "cuda_version")),
    attachedGpus: count(textAt(root, "attached_gpus")),
    gpus: childrenOf(root, "gpu").map(gpuRecord),
  };
}

function gpuRecord(gpu: XmlElement): GpuRecord {
  const ids = pciIds(textAt(gpu, "pci", "pci_device_id"));
  const subsystem = pciIds(textAt(gpu, "pci", "pci_sub_system_id"));
  const power = elementAt(gpu, "gpu_power_readings") ?? elementAt(gpu, "power_readings");
  const mode = textAt(gpu, "gpu_virtualization_mode", "virtualization_mode");
  return {
    busId: pciAddress(gpu.attributes["id"] ?? textAt(gpu, "pci", "pci_bus_id")),
    name: told(textAt(gpu, "product_name")),
    brand: told(textAt(gpu, "product_brand")),
    architecture: told(textAt(gpu, "product_architecture")),
    uuid: told(textAt(gpu, "uuid")),
    minorNumber: count(textAt(gpu, "minor_number")),
    mig: {
      current: enabled(textAt(gpu, "mig_mode", "current_mig")),
      pending: enabled(textAt(gpu, "mig_mode", "pending_mig")),
    },
    migDevices: childrenAt(gpu, "mig_devices", "mig_device").map(migDevice),
    virtualizationMode: oneOf(VIRTUALIZATION_MODES, mode),
    vendorId: ids?.vendor ?? null,
    deviceId: ids?.device ?? null,
    subsystemId: subsystem === null ? null : `${subsystem.vendor}:${subsystem.device}`,
    link: link(elementAt(gpu, "pci", "pci_gpu_link_info")),
    memory: memory(gpu),
    utilization: {
      gpu: share(textAt(gpu, "utilization", "gpu_util")),
      memory: share(textAt(gpu, "utilization", "memory_util")),
    },
    temperatureCelsius: celsius(textAt(gpu, "temperature", "gpu_temp")),
    powerDrawWatts: firstWatts(power, "power_draw", "instant_power_draw", "average_power_draw"),
    powerLimitWatts: firstWatts(
      power,
      "current_power_limit",
      "enforced_power_limit",
      "power_limit",
    ),
    clocks: clocks(elementAt(gpu, "clocks")),
    maxClocks: clocks(elementAt(gpu, "max_clocks")),
    slowdowns: slowdowns(gpu),
    computeMode: oneOf(COMPUTE_MODES, textAt(gpu, "compute_mode")),
    persistenceMode: enabled(textAt(gpu, "persistence_mode")),
    processes: processes(elementAt(gpu, "processes")),
    lost: lost(gpu),
    fabric: fabric(elementAt(gpu, "fabric")),
  };
}

function migDevice(device: XmlElement): MigDeviceRecord {
  const shared = elementAt(device, "device_attributes", "shared");
  const { totalBytes, usedBytes } = memory(device);
  return {
    index: count(textAt(device, "index")),
    gpuInstanceId: count(textAt(device, "gpu_instance_id")),
    computeInstanceId: count(textAt(device, "compute_instance_id")),
    multiprocessors: count(textAt(shared, "multiprocessor_count")),
    copyEngines: count(textAt(shared, "copy_engine_count")),
    memoryTotalBytes: totalBytes,
    memoryUsedBytes: usedBytes,
  };
}

function link(info: XmlElement | null): GpuLink {
  const generation = (name: string): number | null =>
    linkGeneration(textAt(info, "pcie_gen", name));
  return {
    generation: {
      current: generation("current_link_gen"),
      max: generation("max_link_gen"),
      deviceMax: generation("max_device_link_gen"),
      hostMax: generation("max_host_link_gen"),
    },
    width: {
      current: lanes(textAt(info, "link_widths", "current_link_width")),
      max: lanes(textAt(info, "link_widths", "max_link_width")),
    },
  };
}

function memory(owner: XmlElement): GpuMemory {
  const usage = elementAt(owner, "fb_memory_usage");
  return {
    totalBytes: bytes(textAt(usage, "total")),
    reservedBytes: bytes(textAt(usage, "reserved")),
    usedBytes: bytes(textAt(usage, "used")),
    freeBytes: bytes(textAt(usage, "free")),
  };
}

function clocks(parent: XmlElement | null): GpuClocks {
  return {
    smHertz: hertz(textAt(parent, "sm_clock")),
    memoryHertz: hertz(textAt(parent, "mem_clock")),
    graphicsHertz: hertz(textAt(parent, "graphics_clock")),
  };
}

/** What drivers since 535 call events, older ones call throttling. */
function slowdowns(gpu: XmlElement): Slowdown[] | null {
  const word = elementAt(gpu, "clocks_event_reasons") === null ? "throttle" : "event";
  const reasons = elementAt(gpu, `clocks_${word}_reasons`);
  const rows = Object.entries(SLOWDOWNS).map(([name, slowdown]) => {
    const text = textAt(reasons, `clocks_${word}_reason_${name}`);
    return { slowdown, active: oneOf({ "active": true, "not-active": false }, text) };
  });
  if (rows.every(({ active }) => active === null)) return null;
  return rows.filter(({ active }) => active).map(({ slowdown }) => slowdown);
}

/** "None" and nothing at all mean that there are none; any other word that nothing is told. */
function processes(list: XmlElement | null): GpuProcess[] | null {
  if (list === null) return null;
  const infos = childrenOf(list, "process_info");
  if (infos.length > 0) return infos.map(gpuProcess);
  return /^(?:none)?$/i.test(list.text.trim()) ? [] : null;
}

function gpuProcess(info: XmlElement): GpuProcess {
  return {
    pid: count(textAt(info, "pid"), { least: 1 }),
    type: told(textAt(info, "type")),
    name: told(textAt(info, "process_name")),
    usedMemoryBytes: bytes(textAt(info, "used_memory")),
    gpuInstanceId: count(textAt(info, "gpu_instance_id")),
    computeInstanceId: count(textAt(info, "compute_instance_id")),
  };
}

/** One instrument that fails loses no GPU: every reading that is told of must have failed. */
function lost(gpu: XmlElement): string | null {
  const texts = ASKED.map((path) => textAt(gpu, ...path));
  const failures = texts.map(failure).filter((words) => words !== null);
  const readings = texts.map(told).filter((text) => text !== null);
  return failures.length > 1 && readings.length === 0 ? failures[0] ?? null : null;
}

function fabric(element: XmlElement | null): GpuFabric | null {
  const state = textAt(element, "state")?.trim() ?? "";
  if (state === "" || failure(state) !== null) return null;
  return {
    state,
    status: told(textAt(element, "status")),
    clusterUuid: told(textAt(element, "clusterUuid"))?.toLowerCase() ?? null,
    cliqueId: count(textAt(element, "cliqueId")),
  };
}

function childrenAt(parent: XmlElement, list: string, name: string): XmlElement[] {
  const found = elementAt(parent, list);
  return found === null ? [] : childrenOf(found, name);
}

function firstWatts(power: XmlElement | null, ...names: readonly string[]): number | null {
  for (const name of names) {
    const value = watts(textAt(power, name));
    if (value !== null) return value;
  }
  return null;
}
