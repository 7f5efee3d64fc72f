/**
 * Documents of `programs/webgpu_view.js` for tests, as a server with one GPU would give them.
 *
 * @module
 */

/** A part of a document. */
export type Part = Readonly<Record<string, unknown>>;

export const GPU_INFO: Part = {
  vendor: "4318",
  architecture: "",
  device: "9019",
  description: "NVIDIA H200",
  isFallbackAdapter: false,
};

export const SOFTWARE_INFO: Part = {
  vendor: "65541",
  architecture: "",
  device: "0",
  description: "llvmpipe (LLVM 15.0.6, 256 bits)",
  isFallbackAdapter: true,
};

export const WEBGPU: Readonly<Record<string, Part | readonly string[]>> = {
  members: ["constructor", "getPreferredCanvasFormat", "requestAdapter", "wgslLanguageFeatures"],
  adapter: GPU_INFO,
  deviceMembers: [
    "constructor",
    "createBuffer",
    "createQuerySet",
    "importExternalTexture",
    "queue",
  ],
  roundTrip: { written: "there and back", read: "there and back" },
  compute: {
    count: 1000,
    right: 1000,
    rightWithAnotherMultiplier: 0,
    first: [1323282385, 1177815290],
    expectedFirst: [1323282385, 1177815290],
    brokenShader: "refused: expected identifier",
  },
  adapters: {
    isList: false,
    second: GPU_INFO,
    software: null,
    optionsRead: ["featureLevel", "forceFallbackAdapter", "powerPreference"],
    calls: {
      requestAdapter: null,
      requestAdapters: "TypeError: object[name] is not a function",
      enumerateAdapters: "TypeError: object[name] is not a function",
    },
    unknownPreference: "TypeError: 'none-such' is not a valid enum value",
  },
  queues: {
    label: "labelled",
    isOne: true,
    members: ["constructor", "label", "onSubmittedWorkDone", "submit", "writeBuffer"],
    descriptorRead: ["defaultQueue", "label", "requiredFeatures", "requiredLimits"],
    queueRead: ["label"],
    calls: {
      createQueue: "TypeError: object[name] is not a function",
      getQueue: "TypeError: object[name] is not a function",
      createCommandEncoder: null,
    },
    unknownFeature: "TypeError: 'none' is not a valid enum value",
  },
  memory: {
    features: 15,
    created: {
      "MAP_READ with COPY_DST": null,
      "MAP_WRITE with COPY_SRC": null,
      "MAP_READ with STORAGE": "refused: `MAP` usage can only be combined",
      "MAP_WRITE with STORAGE": "refused: `MAP` usage can only be combined",
      "more than maxBufferSize": "refused: Buffer size is greater",
    },
    whileMapped: "refused: Buffer is still mapped",
    afterwards: null,
    bytesWhileMapped: 64,
    bytesAfterwards: 0,
    isShared: false,
  },
  largestBuffer: {
    bytes: 2147483647,
    written: "the end.",
    read: "the end.",
    ofTheLimit: null,
    oneByteMore: "refused: Buffer size 2147483648 is greater",
    higherLimit: "OperationError: Limit 'max_buffer_size' value 2147483648 is better than allowed",
  },
};

const REFUSED = 'NotCapable: Requires read access to "/dev/null", run again with --allow-read';

export const CONFINED: Part = {
  "open /etc/passwd": REFUSED,
  "open /dev/null": REFUSED,
  "open /dev/no-such-device": REFUSED,
  "open /dev/nvidia0": REFUSED,
  "import /etc/passwd as text": 'TypeError: Requires read access to "/etc/passwd"',
  "run cat /dev/null": 'NotCapable: Requires run access to "cat"',
};

export const ALLOWED: Part = {
  ...Object.fromEntries(Object.keys(CONFINED).map((what) => [what, null])),
  "open /dev/no-such-device": "NotFound: No such file or directory (os error 2)",
};

/** The text of a document: WebGPU's part with `changes` in its sections, and the attempts. */
export function printed(
  changes: Readonly<Record<string, Part>> = {},
  attempts: Part = CONFINED,
): string {
  const changed = Object.entries(WEBGPU).map(([name, part]) => {
    const isList = Array.isArray(part);
    return [name, isList ? part : { ...part, ...changes[name] }];
  });
  return JSON.stringify({ deno: "2.9.6", attempts, webgpu: Object.fromEntries(changed) });
}

/** What `programs/webgpu_work.js` prints of a product. */
export const PRODUCT_DOCUMENT: Part = {
  adapter: GPU_INFO,
  operation: "product",
  size: 1024,
  repeats: 3,
  waitSeconds: 0.0113,
  workPerDispatch: 2147483648,
  batch: 500,
  seconds: [0.3, 0.25, 0.26],
  correct: true,
  largestRelativeError: 2.4e-6,
  checkedElements: 8192,
  knownRight: true,
  anotherRight: false,
};

/** The same of a copy. */
export const COPY_DOCUMENT: Part = {
  ...PRODUCT_DOCUMENT,
  operation: "copy",
  size: 2 ** 30,
  workPerDispatch: 2 ** 30,
  largestRelativeError: null,
  checkedElements: 12288,
};

const limit = (value: number): Part => {
  return { value, same: null, more: `OperationError: ${value + 1} is better than allowed` };
};

/** What `programs/webgpu_interface.js` prints, with fewer names. */
export const INTERFACE_DOCUMENT = {
  adapter: GPU_INFO,
  names: {
    gpu: ["getPreferredCanvasFormat", "requestAdapter"],
    info: ["description", "device", "isFallbackAdapter", "subgroupMaxSize", "vendor"],
    limits: ["maxBufferSize", "maxColorAttachmentBytesPerSample"],
    features: ["texture-compression-bc", "timestamp-query"],
  },
  limits: {
    maxBufferSize: limit(4292870144),
    maxStorageBufferBindingSize: limit(4294967295),
    maxComputeWorkgroupStorageSize: limit(49152),
    maxComputeInvocationsPerWorkgroup: limit(1024),
    maxComputeWorkgroupSizeX: limit(1024),
    maxComputeWorkgroupSizeY: limit(1024),
    maxComputeWorkgroupSizeZ: limit(64),
  },
} as const;
