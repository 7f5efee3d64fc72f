/**
 * The limits of the interface, beside what the device has.
 *
 * @module
 */
import { shorten } from "../../problem.ts";
import {
  COMMON_LIMITS,
  type CommonLimit,
  type WebgpuInterface,
} from "../../runners/webgpu/webgpu_interface.ts";
import type { AdapterInfo, LargestBufferView } from "../../runners/webgpu/webgpu_view.ts";
import { lacking, negative, observed, positive } from "../probe.ts";
import type { Control, Observation } from "../result.ts";
import { isSoftware, nameOf } from "./adapter.ts";
import type { DeviceLimits, GpuFacts } from "./gpu_facts.ts";
import { grouped } from "./grouped.ts";

const NAME = "webgpu/limits-below-memory";
const WITHIN = "webgpu/within-device-limits";
const LONGEST_ERROR = 120;

/** What CUDA's limits are called here, and what each bounds there. */
const LIMITS_OF_DEVICE: Readonly<Record<CommonLimit, (limits: DeviceLimits) => number>> = {
  maxBufferSize: ({ globalMemoryBytes }) => globalMemoryBytes,
  maxStorageBufferBindingSize: ({ globalMemoryBytes }) => globalMemoryBytes,
  maxComputeWorkgroupStorageSize: ({ sharedMemoryPerBlockBytes }) => sharedMemoryPerBlockBytes,
  maxComputeInvocationsPerWorkgroup: ({ maxThreadsPerBlock }) => maxThreadsPerBlock,
  maxComputeWorkgroupSizeX: ({ maxThreadsDim }) => maxThreadsDim[0],
  maxComputeWorkgroupSizeY: ({ maxThreadsDim }) => maxThreadsDim[1],
  maxComputeWorkgroupSizeZ: ({ maxThreadsDim }) => maxThreadsDim[2],
};

const show = (bytes: number): string => `${grouped(bytes)} bytes`;
const said = (error: string | null): string =>
  error === null ? "it was taken" : shorten(error, LONGEST_ERROR);

/** `webgpu/limits-below-memory`, of a processor that plays a GPU: its memory is the host's. */
export function limitsBelowMemory(
  adapter: AdapterInfo,
  view: LargestBufferView | null,
  memoryBytes: number | null,
): Observation {
  if (!isSoftware(adapter) || view === null) return unknownMemory(adapter);
  if (memoryBytes === null) {
    return lacking(NAME, "/proc/meminfo does not tell how much memory the host has", null);
  }
  return observed(NAME, {
    value: view.bytes < memoryBytes,
    seen: `the largest buffer that ${nameOf(adapter)} may be asked for has ${show(view.bytes)}; ` +
      `its memory is the host's, ${show(memoryBytes)}`,
    controls: [
      positive(
        "a buffer of just this size is made, and its last bytes hold what is written to them",
        view.ofTheLimit === null && view.written !== "" && view.read === view.written,
        `${said(view.ofTheLimit)}; "${shorten(view.written)}" came back as "${shorten(view.read)}"`,
      ),
      negative(
        "a buffer of one byte more is refused",
        view.oneByteMore !== null,
        said(view.oneByteMore),
      ),
      negative(
        "a device with a limit of one byte more is refused",
        view.higherLimit !== null,
        said(view.higherLimit),
      ),
    ],
  });
}

/**
 * `webgpu/limits-below-memory`, of a GPU: what memory it has is told by its maker's own tool alone.
 * No buffer is made, for the memory may be in use by others.
 */
export function limitsBelowDeviceMemory(
  { adapter, limits: { maxBufferSize } }: WebgpuInterface,
  facts: GpuFacts | null,
): Observation {
  if (facts === null || facts.deviceMemoryBytes === null) return unknownMemory(adapter);
  return observed(NAME, {
    value: maxBufferSize.value < facts.deviceMemoryBytes,
    seen: `the largest buffer that ${nameOf(adapter)} may be asked for has ` +
      `${show(maxBufferSize.value)}; the memory of ${facts.name} has ` +
      show(facts.deviceMemoryBytes),
    controls: [
      sameDevice(adapter, facts),
      positive(
        "a device with a limit of just this size is given",
        maxBufferSize.same === null,
        said(maxBufferSize.same),
      ),
      negative(
        "a device with a limit of one byte more is refused",
        maxBufferSize.more !== null,
        said(maxBufferSize.more),
      ),
    ],
  });
}

function unknownMemory(adapter: AdapterInfo): Observation {
  return lacking(NAME, `WebGPU does not tell how much memory ${nameOf(adapter)} has`, null);
}

/** `webgpu/within-device-limits`, of a GPU that CUDA describes, too. */
export function withinDeviceLimits(
  { adapter, limits }: WebgpuInterface,
  facts: GpuFacts | null,
): Observation {
  if (facts === null || facts.limits === null) {
    return lacking(WITHIN, `CUDA does not tell the limits of ${nameOf(adapter)}`, null);
  }
  const device = facts.limits;
  const compared = COMMON_LIMITS.map((name) => {
    return { name, here: limits[name].value, there: LIMITS_OF_DEVICE[name](device) };
  });
  const texts = compared.map(({ name, here, there }) =>
    `${name} ${grouped(here)} of ${grouped(there)}`
  );
  return observed(WITHIN, {
    value: compared.every(({ here, there }) => here <= there) &&
      compared.some(({ here, there }) => here < there),
    seen: `limits of ${nameOf(adapter)}, beside what CUDA offers of ${facts.name}: ` +
      texts.join(", "),
    controls: [sameDevice(adapter, facts), ...limitsAreReal(limits)],
  });
}

/** The device that CUDA describes is the adapter, by its name. */
function sameDevice({ description }: AdapterInfo, { name }: GpuFacts): Control {
  const same = description.trim() !== "" && description.trim() === name.trim();
  return positive(
    "the adapter has the name of the device that its maker's tools describe",
    same,
    `"${shorten(description)}" and "${shorten(name)}"`,
  );
}

function limitsAreReal(limits: WebgpuInterface["limits"]): Control[] {
  const refused = COMMON_LIMITS.filter((name) => limits[name].same !== null);
  const taken = COMMON_LIMITS.filter((name) => limits[name].more === null);
  return [
    positive(
      "a device with just these limits is given",
      refused.length === 0,
      refused.join(", ") || "each is given",
    ),
    negative(
      "a device with a limit higher by one is refused",
      taken.length === 0,
      taken.join(", ") || "each is refused",
    ),
  ];
}
