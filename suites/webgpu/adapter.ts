/**
 * The adapter: what it is, and how adapters are asked for.
 *
 * @module
 */
import { shorten } from "../../problem.ts";
import { outcomeOf } from "../../runners/webgpu/webgpu_section.ts";
import type { AdapterInfo, AdaptersView } from "../../runners/webgpu/webgpu_view.ts";
import { lacking, negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";

/** A display controller on the host's PCI bus. */
export interface DisplayController {
  readonly address: string;
  /** Four hexadecimal digits each. */
  readonly vendor: string;
  readonly device: string;
}

/** Names of Vulkan, OpenGL and Direct3D drivers that compute on the processor. */
const SOFTWARE = /llvmpipe|lavapipe|softpipe|swiftshader|swrast|\bwarp\b|basic render|software/i;
/** PCI ids of the makers of GPUs, with the names that the specification would have for them. */
const GPU_MAKERS = new Map([["nvidia", "10de"], ["amd", "1002"], ["intel", "8086"]]);

/** Options of a request (`GPURequestAdapterOptions`): none of them names an adapter. */
const OPTIONS = ["featureLevel", "forceFallbackAdapter", "powerPreference", "xrCompatible"];
const LISTING = ["requestAdapters", "enumerateAdapters"];
const LONGEST_NAME = 80;

/** Whether the adapter is the processor that plays a GPU. */
export function isSoftware({ isFallbackAdapter, description, device }: AdapterInfo): boolean {
  return isFallbackAdapter === true || SOFTWARE.test(`${description} ${device}`);
}

/** "the software adapter llvmpipe (LLVM 15.0.6, 256 bits)" */
export function nameOf(adapter: AdapterInfo): string {
  const { description, device, architecture } = adapter;
  const name = [description, device, architecture].find((text) => text.trim() !== "");
  const kind = isSoftware(adapter) ? "the software adapter" : "the adapter";
  return `${kind} ${name === undefined ? "without a name" : shorten(name, LONGEST_NAME)}`;
}

/** The PCI vendor id in what an adapter calls its vendor: "4318", "0x10de", "nvidia". */
export function pciVendorOf({ vendor }: AdapterInfo): string | null {
  const named = GPU_MAKERS.get(vendor.trim().toLowerCase());
  if (named !== undefined) return named;
  if (!/^(\d+|0x[\da-f]+)$/i.test(vendor)) return null;
  const number = Number(vendor);
  return number > 0 && number <= 0xffff ? number.toString(16).padStart(4, "0") : null;
}

/** `webgpu/hardware-adapter`: never false, for a host without a GPU tells nothing of others. */
export function hardwareAdapter(
  adapter: AdapterInfo,
  software: AdapterInfo | null,
  displays: readonly DisplayController[],
): Observation {
  if (isSoftware(adapter)) return withoutHardware(adapter, displays);
  const vendor = pciVendorOf(adapter);
  const ids = (list: readonly DisplayController[]) =>
    list.map(({ vendor, device, address }) => `${vendor}:${device} at ${address}`).join(", ");
  const same = displays.filter((display) => display.vendor === vendor);
  const seen = vendor === null ? `its vendor "${adapter.vendor}"` : `its PCI vendor ${vendor}`;
  return observed("webgpu/hardware-adapter", {
    value: true,
    seen: `${nameOf(adapter)} is a GPU (${seen}; on the PCI bus: ${ids(same) || "none of it"})`,
    controls: [
      positive(
        "its vendor is that of a display controller on the host's PCI bus",
        same.length > 0,
        `${seen}; the host has ${ids(displays) || "no display controller"}`,
      ),
      negative(
        "a request for a software adapter does not give it",
        software === null || isSoftware(software) && nameOf(software) !== nameOf(adapter),
        software === null ? "it gives none" : `it gives ${nameOf(software)}`,
      ),
    ],
  });
}

function withoutHardware(
  adapter: AdapterInfo,
  displays: readonly DisplayController[],
): Observation {
  const because = `WebGPU's only adapter here is ${nameOf(adapter)}: the processor plays a GPU`;
  const makers = [...GPU_MAKERS.values()];
  const gpu = displays.find(({ vendor }) => makers.includes(vendor));
  if (gpu === undefined) return lacking("webgpu/hardware-adapter", because, "gpu");
  const { vendor, device, address } = gpu;
  return lacking(
    "webgpu/hardware-adapter",
    `${because}, although the host has the GPU ${vendor}:${device} at ${address}. ` +
      "Install the Vulkan driver of its maker, and let this process use it.",
    "webgpu",
  );
}

/** `webgpu/one-adapter` */
export function oneAdapter(adapter: AdapterInfo, view: AdaptersView): Observation {
  const { isList, second, members, optionsRead, calls, unknownPreference } = view;
  const listing = LISTING.filter((name) => outcomeOf(calls, name) === null);
  const plural = members.filter((name) => /adapters|enumerate/i.test(name));
  const lists = [...new Set([...listing, ...plural])];
  const unknown = optionsRead.filter((name) => !OPTIONS.includes(name));
  const read = [...new Set(optionsRead)].join(", ") || "none";
  const interfaceMembers = members.filter((name) => name !== "constructor").join(", ");
  const requested = outcomeOf(calls, "requestAdapter");
  return observed("webgpu/one-adapter", {
    value: !isList && lists.length === 0,
    seen: isList || lists.length > 0
      ? `adapters can be listed, by ${lists.join(", ") || "what a request gives"}`
      : `a request gives ${nameOf(adapter)} alone; ${LISTING.join(" and ")} do not exist, ` +
        `navigator.gpu has ${interfaceMembers}, and the options read are ${read}`,
    controls: [
      positive(
        "requestAdapter, called in the same way, works, and a second request gives the same",
        requested === null && second !== null && nameOf(second) === nameOf(adapter),
        `${requested ?? "it works"}; ${second === null ? "nothing" : nameOf(second)}`,
      ),
      negative(
        "a request with a power preference that does not exist is refused",
        unknownPreference !== null,
        unknownPreference ?? "it was taken",
      ),
      negative(
        "a request cannot say which adapter: the runtime reads none but the known options",
        unknown.length === 0,
        `it read ${read} of options that also held "index" and "adapter"`,
      ),
    ],
  });
}
