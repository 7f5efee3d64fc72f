/**
 * Documents in the shape of `nvidia-smi -q -x`, written from records: for tests and for the benchmark.
 *
 * @module
 */
import type {
  GpuClocks,
  GpuFabric,
  GpuProcess,
  GpuRecord,
  MigDeviceRecord,
  NvidiaSmiLog,
  Slowdown,
} from "./nvidia_smi_records.ts";

/** How a document spells what records do not say. */
export interface SampleStyle {
  /** The DTD's number: v12 moved the power readings and renamed the slowdowns. */
  readonly schema: 10 | 11 | 12 | 13;
  /** What stands for a value that is not known; null leaves the element out. */
  readonly unknown: string | null;
  /** Supported clocks of each GPU, which are most of a real document. */
  readonly supportedClocks: number;
}

/** A driver's usual document. */
export const USUAL_STYLE: SampleStyle = { schema: 12, unknown: "N/A", supportedClocks: 3 };

type Value = string | number | null;
type Write = (name: string, value: Value) => string;

const SLOWDOWNS: readonly Slowdown[] = [
  "gpu-idle",
  "applications-clocks-setting",
  "sw-power-cap",
  "hw-slowdown",
  "hw-thermal-slowdown",
  "hw-power-brake-slowdown",
  "sync-boost",
  "sw-thermal-slowdown",
  "display-clocks-setting",
];
const COMPUTE_MODES = {
  "default": "Default",
  "exclusive-process": "Exclusive_Process",
  "exclusive-thread": "Exclusive_Thread",
  "prohibited": "Prohibited",
} as const;
const VIRTUALIZATION_MODES = {
  "none": "None",
  "pass-through": "Pass-Through",
  "vgpu": "VGPU",
  "host-vgpu": "Host VGPU",
  "host-vsga": "Host VSGA",
} as const;

/** A GPU of which everything is known; `seed` varies its names and values. */
export function sampleGpu(seed = 0, given: Partial<GpuRecord> = {}): GpuRecord {
  const hex = (seed * 2654435761 % 2 ** 32).toString(16).padStart(8, "0");
  const clocks = { smHertz: (900 + seed % 1000) * 1e6, graphicsHertz: 1.98e9, memoryHertz: 2.6e9 };
  return {
    busId: `0000:${hex.slice(0, 2)}:00.0`,
    name: `NVIDIA Sample ${hex} <80GB & more> №${seed}`,
    brand: "NVIDIA",
    architecture: "Hopper",
    uuid: `GPU-${hex}-0000-4000-8000-${hex}beef`,
    minorNumber: seed % 16,
    mig: { current: false, pending: false },
    migDevices: [],
    virtualizationMode: "none",
    vendorId: "10de",
    deviceId: "2330",
    subsystemId: "10de:16c1",
    link: {
      generation: { current: 1 + seed % 5, max: 5, deviceMax: 5, hostMax: 6 },
      width: { current: 16, max: 16 },
    },
    memory: {
      totalBytes: 81559 * 2 ** 20,
      reservedBytes: (500 + seed % 99) * 2 ** 20,
      usedBytes: (seed % 80000) * 2 ** 20,
      freeBytes: (81000 - seed % 80000) * 2 ** 20,
    },
    utilization: { gpu: (seed % 101) / 100, memory: 0.07 },
    temperatureCelsius: 25 + seed % 60,
    powerDrawWatts: 70.25 + seed % 600,
    powerLimitWatts: 700,
    clocks,
    maxClocks: { ...clocks, smHertz: 1.98e9 },
    slowdowns: seed % 3 === 0 ? ["gpu-idle"] : [],
    computeMode: "default",
    persistenceMode: true,
    processes: [],
    lost: null,
    fabric: {
      state: "Completed",
      status: "Success",
      clusterUuid: "00000000-0000-0000-0000-000000000000",
      cliqueId: seed % 3,
    },
    ...given,
  };
}

/** MIG instances as a GPU has them that is cut into its smallest parts. */
export function sampleMigDevices(count: number, seed = 0): MigDeviceRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    gpuInstanceId: 7 + index,
    computeInstanceId: 0,
    multiprocessors: 16,
    copyEngines: 1,
    memoryTotalBytes: 9984 * 2 ** 20,
    memoryUsedBytes: (13 + (seed + index) % 9000) * 2 ** 20,
  }));
}

/** A log of these GPUs. */
export function sampleLog(gpus: readonly GpuRecord[]): NvidiaSmiLog {
  return {
    driverVersion: "550.54.15",
    cudaVersion: "12.4",
    attachedGpus: gpus.length,
    gpus,
  };
}

/** Writes a log as nvidia-smi does. */
export function sampleLogXml(log: NvidiaSmiLog, style: SampleStyle = USUAL_STYLE): string {
  const write = writer(style);
  return `<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v${style.schema}.dtd">
<nvidia_smi_log>
\t<timestamp>Fri Mar 14 09:26:53 2025</timestamp>
${write("driver_version", log.driverVersion)}${write("cuda_version", log.cudaVersion)}${
    write("attached_gpus", log.attachedGpus)
  }${log.gpus.map((gpu) => gpuXml(gpu, style)).join("")}
</nvidia_smi_log>
`;
}

function gpuXml(gpu: GpuRecord, style: SampleStyle): string {
  const write = writer(style);
  const busId = gpu.busId?.toUpperCase().padStart(16, "0") ?? null;
  return `\t<gpu${busId === null ? "" : ` id="${busId}"`}>\n` + [
    write("product_name", gpu.name),
    write("product_brand", gpu.brand),
    write("product_architecture", gpu.architecture),
    write("persistence_mode", mode(gpu.persistenceMode)),
    inside(
      "mig_mode",
      write("current_mig", mode(gpu.mig.current)) + write("pending_mig", mode(gpu.mig.pending)),
    ),
    inside(
      "mig_devices",
      gpu.migDevices.map((device) => migXml(device, write)).join("") || "None\n",
    ),
    write("serial", "N/A"),
    write("uuid", gpu.uuid),
    write("minor_number", gpu.minorNumber),
    inside(
      "gpu_virtualization_mode",
      write("virtualization_mode", named(VIRTUALIZATION_MODES, gpu.virtualizationMode)),
    ),
    pciXml(gpu, busId, write),
    slowdownsXml(gpu.slowdowns, style),
    memoryXml({ ...gpu.memory }, write),
    inside("bar1_memory_usage", write("total", "65536 MiB") + write("used", "1 MiB")),
    write("compute_mode", named(COMPUTE_MODES, gpu.computeMode)),
    inside(
      "utilization",
      write("gpu_util", scaled(gpu.utilization.gpu, 0.01, " %")) +
        write("memory_util", scaled(gpu.utilization.memory, 0.01, " %")) +
        write("encoder_util", "0 %"),
    ),
    FILLER,
    inside("temperature", write("gpu_temp", suffixed(gpu.temperatureCelsius, " C"))),
    powerXml(gpu, style),
    clocksXml("clocks", gpu.clocks, write),
    clocksXml("applications_clocks", gpu.maxClocks, write),
    clocksXml("max_clocks", gpu.maxClocks, write),
    supportedClocksXml(style.supportedClocks),
    fabricXml(gpu.fabric, write),
    processesXml(gpu.processes, write),
    "<accounted_processes>\n</accounted_processes>\n",
  ].join("") + "\t</gpu>\n";
}

/** Elements that no record is made of, in some of which names of others come again. */
const FILLER = inside(
  "ecc_errors",
  ["volatile", "aggregate"].map((kind) =>
    inside(
      kind,
      ["sram_correctable", "sram_uncorrectable", "dram_correctable", "dram_uncorrectable", "total"]
        .map((name) => `\t\t\t\t<${name}>0</${name}>\n`).join(""),
    )
  ).join(""),
);

function pciXml(gpu: GpuRecord, busId: string | null, write: Write): string {
  const { generation, width } = gpu.link;
  const [vendor, device] = gpu.subsystemId?.split(":") ?? [];
  const known = gpu.vendorId !== null && gpu.deviceId !== null;
  return inside(
    "pci",
    write("pci_device_id", known ? `${gpu.deviceId}${gpu.vendorId}`.toUpperCase() : null) +
      write("pci_bus_id", busId) +
      write(
        "pci_sub_system_id",
        device === undefined ? null : `${device}${vendor}`.toUpperCase(),
      ) +
      inside(
        "pci_gpu_link_info",
        inside(
          "pcie_gen",
          write("max_link_gen", generation.max) + write("current_link_gen", generation.current) +
            write("max_device_link_gen", generation.deviceMax) +
            write("max_host_link_gen", generation.hostMax),
        ) +
          inside(
            "link_widths",
            write("max_link_width", suffixed(width.max, "x")) +
              write("current_link_width", suffixed(width.current, "x")),
          ),
      ),
  );
}

function migXml(device: MigDeviceRecord, write: Write): string {
  return inside(
    "mig_device",
    write("index", device.index) + write("gpu_instance_id", device.gpuInstanceId) +
      write("compute_instance_id", device.computeInstanceId) +
      inside(
        "device_attributes",
        inside(
          "shared",
          write("multiprocessor_count", device.multiprocessors) +
            write("copy_engine_count", device.copyEngines) + write("encoder_count", 0),
        ),
      ) +
      memoryXml({
        totalBytes: device.memoryTotalBytes,
        usedBytes: device.memoryUsedBytes,
      }, write),
  );
}

function memoryXml(bytes: Readonly<Record<string, number | null>>, write: Write): string {
  const rows = Object.entries(bytes).map(([name, value]) =>
    write(name.replace("Bytes", ""), scaled(value, 2 ** 20, " MiB"))
  );
  return inside("fb_memory_usage", rows.join(""));
}

function slowdownsXml(slowdowns: readonly Slowdown[] | null, style: SampleStyle): string {
  const word = style.schema < 12 ? "throttle" : "event";
  const write = writer(style);
  const rows = SLOWDOWNS.map((name) =>
    write(
      `clocks_${word}_reason_${name.replaceAll("-", "_")}`,
      slowdowns === null ? null : slowdowns.includes(name) ? "Active" : "Not Active",
    )
  );
  return inside(`clocks_${word}_reasons`, rows.join(""));
}

function powerXml(gpu: GpuRecord, style: SampleStyle): string {
  const write = writer(style);
  const draw = suffixed(gpu.powerDrawWatts, " W");
  const limit = suffixed(gpu.powerLimitWatts, " W");
  if (style.schema < 12) {
    return inside(
      "power_readings",
      write("power_draw", draw) + write("enforced_power_limit", limit),
    );
  }
  const name = style.schema === 12 ? "power_draw" : "instant_power_draw";
  const module = inside("module_power_readings", write(name, "1.00 W"));
  return inside("gpu_power_readings", write(name, draw) + write("current_power_limit", limit)) +
    module;
}

function clocksXml(name: string, clocks: GpuClocks, write: Write): string {
  return inside(
    name,
    write("graphics_clock", scaled(clocks.graphicsHertz, 1e6, " MHz")) +
      write("sm_clock", scaled(clocks.smHertz, 1e6, " MHz")) +
      write("mem_clock", scaled(clocks.memoryHertz, 1e6, " MHz")) +
      write("video_clock", "1200 MHz"),
  );
}

function fabricXml(fabric: GpuFabric | null, write: Write): string {
  if (fabric === null) return "";
  return inside(
    "fabric",
    write("state", fabric.state) + write("status", fabric.status) +
      write("cliqueId", fabric.cliqueId) + write("clusterUuid", fabric.clusterUuid) +
      inside("health", write("bandwidth", "Full")),
  );
}

function supportedClocksXml(count: number): string {
  const rows = Array.from(
    { length: count },
    (_, row) =>
      `\t\t\t\t<supported_graphics_clock>${1980 - 15 * row} MHz</supported_graphics_clock>\n`,
  );
  return inside(
    "supported_clocks",
    inside("supported_mem_clock", `<value>2619 MHz</value>\n${rows.join("")}`),
  );
}

function processesXml(processes: readonly GpuProcess[] | null, write: Write): string {
  if (processes === null) return write("processes", null);
  const rows = processes.map((process) =>
    inside(
      "process_info",
      write("gpu_instance_id", process.gpuInstanceId) +
        write("compute_instance_id", process.computeInstanceId) + write("pid", process.pid) +
        write("type", process.type) + write("process_name", process.name) +
        write("used_memory", scaled(process.usedMemoryBytes, 2 ** 20, " MiB")),
    )
  );
  return inside("processes", rows.join(""));
}

function writer({ unknown }: SampleStyle): Write {
  return (name, value) => {
    const text = value ?? unknown;
    return text === null ? "" : `\t\t<${name}>${escaped(`${text}`)}</${name}>\n`;
  };
}

function inside(name: string, content: string): string {
  return `\t\t<${name}>\n${content}\t\t</${name}>\n`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function mode(value: boolean | null): string | null {
  return value === null ? null : value ? "Enabled" : "Disabled";
}

function named<K extends string>(names: Readonly<Record<K, string>>, key: K | null): string | null {
  return key === null ? null : names[key];
}

function suffixed(value: number | null, unit: string): string | null {
  return value === null ? null : `${value}${unit}`;
}

function scaled(value: number | null, unit: number, suffix: string): string | null {
  return value === null ? null : `${Math.round(value / unit)}${suffix}`;
}
