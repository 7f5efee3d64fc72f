/**
 * What `programs/webgpu_view.js` prints, as typed records.
 *
 * Names are those of the WebGPU specification (https://www.w3.org/TR/webgpu/).
 *
 * @module
 */
import { type Outcomes, Section } from "./webgpu_section.ts";

/** One document. */
export interface WebgpuView {
  /** Version of Deno. */
  readonly deno: string;
  /** Attempts on files and devices. */
  readonly attempts: Outcomes;
  /** Null where the runtime has no WebGPU, or was not asked. */
  readonly webgpu: Section | null;
}

/** `GPUAdapterInfo`; a text that the runtime withholds is empty. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** Null where the runtime does not say. */
  readonly isFallbackAdapter: boolean | null;
}

/** A compute shader's results beside the processor's, and a buffer's way there and back. */
export interface ComputeView {
  readonly count: number;
  /** Results that are the processor's own. */
  readonly right: number;
  /** The same of a shader that computes something else. */
  readonly rightWithAnotherMultiplier: number;
  readonly first: readonly number[];
  /** What was said to a shader that is no program; null where it was taken. */
  readonly brokenShader: string | null;
  readonly written: string;
  readonly read: string;
}

/** What requests for adapters came to. */
export interface AdaptersView {
  /** What a request gives can be gone through like a list. */
  readonly isList: boolean;
  /** What a second request gave. */
  readonly second: AdapterInfo | null;
  /** What a request for a software adapter gave. */
  readonly software: AdapterInfo | null;
  /** Members of `navigator.gpu`. */
  readonly members: readonly string[];
  /** The options of a request that the runtime read. */
  readonly optionsRead: readonly string[];
  /** Calls of methods by name. */
  readonly calls: Outcomes;
  /** What was said to a power preference that does not exist; null where it was taken. */
  readonly unknownPreference: string | null;
}

/** What a device offers to queue work with. */
export interface QueuesView {
  /** The label that was asked for and is the device's. */
  readonly label: string;
  /** `device.queue` is one object, the same each time, and no list. */
  readonly isOne: boolean;
  readonly queueMembers: readonly string[];
  readonly deviceMembers: readonly string[];
  /** The members of a device's descriptor, and of its queue's, that the runtime read. */
  readonly descriptorRead: readonly string[];
  readonly queueRead: readonly string[];
  readonly calls: Outcomes;
  /** What was said to a feature that does not exist; null where it was taken. */
  readonly unknownFeature: string | null;
}

/** What a device with all features of its adapter says to shared memory. */
export interface MemoryView {
  readonly features: number;
  /** Buffers by their usages. */
  readonly created: Outcomes;
  /** Work that uses a buffer while the processor has it mapped, and the same work afterwards. */
  readonly whileMapped: string | null;
  readonly afterwards: string | null;
  /** Length of the mapped memory before and after it was unmapped. */
  readonly bytesWhileMapped: number;
  readonly bytesAfterwards: number;
  /** The mapped memory is a `SharedArrayBuffer`. */
  readonly isShared: boolean;
}

/** The largest buffer that a device may be asked for, and what came of asking for more. */
export interface LargestBufferView {
  readonly bytes: number;
  /** What was written to its last bytes, and what was read there. */
  readonly written: string;
  readonly read: string;
  /** What was said to the buffer; null where it was taken. */
  readonly ofTheLimit: string | null;
  /** The same of a buffer that is larger by one byte, and of a device with so high a limit. */
  readonly oneByteMore: string | null;
  readonly higherLimit: string | null;
}

/**
 * Reads the document as far as it concerns files and the presence of WebGPU. The functions below
 * read the rest, so that a part that is missing leaves the others alone.
 *
 * @throws {Problem} where it is anything else
 */
export function parseWebgpuView(stdout: string): WebgpuView {
  const document = Section.parse(stdout);
  return {
    deno: document.text("deno"),
    attempts: document.outcomes("attempts"),
    webgpu: document.optionalSection("webgpu"),
  };
}

/** The adapter that everything was tried on; null where a request gives none. */
export function readAdapter(webgpu: Section): AdapterInfo | null {
  return adapterOf(webgpu.optionalSection("adapter"));
}

export function readCompute(webgpu: Section): ComputeView {
  const [compute, trip] = [webgpu.section("compute"), webgpu.section("roundTrip")];
  const count = compute.count("count");
  return {
    count,
    right: compute.count("right", count),
    rightWithAnotherMultiplier: compute.count("rightWithAnotherMultiplier", count),
    first: compute.counts("first"),
    brokenShader: compute.error("brokenShader"),
    written: trip.text("written"),
    read: trip.text("read"),
  };
}

export function readAdapters(webgpu: Section): AdaptersView {
  const adapters = webgpu.section("adapters");
  return {
    isList: adapters.flag("isList"),
    second: adapterOf(adapters.optionalSection("second")),
    software: adapterOf(adapters.optionalSection("software")),
    members: webgpu.names("members"),
    optionsRead: adapters.names("optionsRead"),
    calls: adapters.outcomes("calls"),
    unknownPreference: adapters.error("unknownPreference"),
  };
}

export function readQueues(webgpu: Section): QueuesView {
  const queues = webgpu.section("queues");
  return {
    label: queues.text("label"),
    isOne: queues.flag("isOne"),
    queueMembers: queues.names("members"),
    deviceMembers: webgpu.names("deviceMembers"),
    descriptorRead: queues.names("descriptorRead"),
    queueRead: queues.names("queueRead"),
    calls: queues.outcomes("calls"),
    unknownFeature: queues.error("unknownFeature"),
  };
}

export function readMemory(webgpu: Section): MemoryView {
  const memory = webgpu.section("memory");
  return {
    features: memory.count("features"),
    created: memory.outcomes("created"),
    whileMapped: memory.error("whileMapped"),
    afterwards: memory.error("afterwards"),
    bytesWhileMapped: memory.count("bytesWhileMapped"),
    bytesAfterwards: memory.count("bytesAfterwards"),
    isShared: memory.flag("isShared"),
  };
}

/** Null where it was not tried, because the adapter is a GPU. */
export function readLargestBuffer(webgpu: Section): LargestBufferView | null {
  const largest = webgpu.optionalSection("largestBuffer");
  if (largest === null) return null;
  return {
    bytes: largest.count("bytes"),
    written: largest.text("written"),
    read: largest.text("read"),
    ofTheLimit: largest.error("ofTheLimit"),
    oneByteMore: largest.error("oneByteMore"),
    higherLimit: largest.error("higherLimit"),
  };
}

function adapterOf(info: Section | null): AdapterInfo | null {
  if (info === null) return null;
  const text = (name: string): string => info.isNull(name) ? "" : info.text(name);
  return {
    vendor: text("vendor"),
    architecture: text("architecture"),
    device: text("device"),
    description: text("description"),
    isFallbackAdapter: info.isNull("isFallbackAdapter") ? null : info.flag("isFallbackAdapter"),
  };
}
