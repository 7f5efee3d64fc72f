// What a program finds of WebGPU, and of files and devices beside it: prints one line of JSON.
//
//   view [DEVICE...]        everything
//   attempts [DEVICE...]    the attempts on files and devices alone
//
// What fails becomes {"error": "TypeError: ..."} in its place, so that a part of WebGPU that is
// missing leaves the others alone.

const COUNT = 1000;
const ROUNDS = 8;
const MULTIPLIER = 1664525;
const TEXT = "these bytes went through the device";
const [mode, ...devices] = Deno.args;

const firstLine = (text) => `${text}`.trim().split("\n")[0];
const tell = (error) => `${error?.name}: ${firstLine(error?.message)}`;

async function orError(work) {
  try {
    return await work();
  } catch (error) {
    return { error: tell(error) };
  }
}

// ---- Files and devices -------------------------------------------------------------------------

/** Text of a file by a module that is made here and imports it. */
async function imported(path) {
  const code = `export { default as text } from "file://${path}" with { type: "text" };`;
  return (await import(`data:text/javascript,${encodeURIComponent(code)}`)).text.length;
}

const ATTEMPTS = {
  ...Object.fromEntries(
    ["/etc/passwd", "/dev/null", "/dev/no-such-device", ...devices].map((path) => [
      `open ${path}`,
      async () => (await Deno.open(path)).close(),
    ]),
  ),
  "write to /dev/null": async () => (await Deno.open("/dev/null", { write: true })).close(),
  "list /dev": () => Array.fromAsync(Deno.readDir("/dev")),
  "import /etc/passwd as text": () => imported("/etc/passwd"),
  "fetch /etc/passwd": async () => (await fetch("file:///etc/passwd")).text(),
  "open /dev/null with node:fs": async () => {
    const fs = await import("node:fs");
    fs.closeSync(fs.openSync("/dev/null"));
  },
  "run cat /dev/null": () => new Deno.Command("cat", { args: ["/dev/null"] }).output(),
  "load libc.so.6": () => Deno.dlopen("libc.so.6", {}).close(),
};

/** What each attempt came to: null where it succeeded, else the error. */
async function attempts() {
  const results = {};
  for (const [what, attempt] of Object.entries(ATTEMPTS)) {
    results[what] = (await orError(async () => void await attempt()))?.error ?? null;
  }
  return results;
}

// ---- What there is -----------------------------------------------------------------------------

const OPTIONS = { powerPreference: "high-performance" };

/** The names of an interface's members. */
const members = (object) => Object.getOwnPropertyNames(Object.getPrototypeOf(object)).sort();

/** What a runtime reads of `object` is added to `names`. */
function watched(object, names) {
  return new Proxy(object, {
    get(target, name) {
      names.push(String(name));
      return target[name];
    },
  });
}

function describeAdapter(adapter) {
  if (adapter === null) return null;
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const fallback = isFallbackAdapter ?? adapter.isFallbackAdapter ?? null;
  return { vendor, architecture, device, description, isFallbackAdapter: fallback };
}

function limitsOf({ limits }) {
  return Object.fromEntries(
    members(limits).filter((name) => name !== "constructor").map((name) => [name, limits[name]]),
  );
}

// ---- Buffers -----------------------------------------------------------------------------------

/** The validation error of `work`; null where there is none. */
async function validation(device, work) {
  device.pushErrorScope("validation");
  const thrown = await orError(async () => void await work());
  const error = await device.popErrorScope();
  return thrown?.error ?? (error === null ? null : `refused: ${firstLine(error.message)}`);
}

/** Copies a buffer of the device to one that the processor may read, and reads it. */
async function readBack(device, source) {
  const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  const copy = device.createBuffer({ size: source.size, usage });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(source, 0, copy, 0, source.size);
  device.queue.submit([encoder.finish()]);
  await copy.mapAsync(GPUMapMode.READ);
  const bytes = copy.getMappedRange().slice(0);
  copy.unmap();
  return bytes;
}

function bufferOf(device, bytes, usage) {
  const buffer = device.createBuffer({
    size: bytes.byteLength,
    usage: usage | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
  });
  device.queue.writeBuffer(buffer, 0, bytes);
  return buffer;
}

async function roundTrip(device) {
  const written = new TextEncoder().encode(TEXT.padEnd(Math.ceil(TEXT.length / 4) * 4));
  const read = await readBack(device, bufferOf(device, written, 0));
  return { written: TEXT, read: new TextDecoder().decode(read).trimEnd() };
}

// ---- A compute shader --------------------------------------------------------------------------

const shaderWith = (multiplier) => `
  @group(0) @binding(0) var<storage, read_write> values: array<u32>;
  @compute @workgroup_size(64)
  fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    if (id.x >= ${COUNT}u) { return; }
    var x = values[id.x];
    for (var i = 0u; i < ${ROUNDS}u; i++) { x = x * ${multiplier}u + id.x; }
    values[id.x] = x;
  }`;

/** The same by the processor. */
function expectedOf(input, id) {
  let x = input;
  for (let i = 0; i < ROUNDS; i++) x = (Math.imul(x, MULTIPLIER) + id) >>> 0;
  return x;
}

async function resultsOf(device, input, code) {
  const values = bufferOf(device, input, GPUBufferUsage.STORAGE);
  const module = device.createShaderModule({ code });
  const pipeline = device.createComputePipeline({
    layout: "auto",
    compute: { module, entryPoint: "main" },
  });
  const layout = pipeline.getBindGroupLayout(0);
  const entries = [{ binding: 0, resource: { buffer: values } }];
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
  pass.dispatchWorkgroups(Math.ceil(COUNT / 64));
  pass.end();
  device.queue.submit([encoder.finish()]);
  return new Uint32Array(await readBack(device, values));
}

async function compute(device) {
  const input = Uint32Array.from({ length: COUNT }, (_, i) => (i + 1) * 2654435761);
  const expected = input.map(expectedOf);
  const right = (results) => results.filter((value, i) => value === expected[i]).length;
  const results = await resultsOf(device, input, shaderWith(MULTIPLIER));
  const others = await resultsOf(device, input, shaderWith(MULTIPLIER + 2));
  return {
    count: COUNT,
    right: right(results),
    rightWithAnotherMultiplier: right(others),
    first: [...results.slice(0, 3)],
    expectedFirst: [...expected.slice(0, 3)],
    brokenShader: await validation(device, () => device.createShaderModule({ code: "fn main(" })),
  };
}

// ---- Adapters, queues and memory ---------------------------------------------------------------

/** What calling each of these methods came to: null where it succeeded, else the error. */
async function calls(object, names) {
  const results = {};
  for (const name of names) {
    results[name] = (await orError(async () => void await object[name]()))?.error ?? null;
  }
  return results;
}

async function adapters(gpu) {
  const optionsRead = [];
  await gpu.requestAdapter(watched({ index: 1, adapter: 1 }, optionsRead));
  const second = await gpu.requestAdapter(OPTIONS);
  return {
    isList: Symbol.iterator in Object(second) || "length" in Object(second),
    second: describeAdapter(second),
    software: describeAdapter(await gpu.requestAdapter({ forceFallbackAdapter: true })),
    optionsRead,
    calls: await calls(gpu, ["requestAdapter", "requestAdapters", "enumerateAdapters"]),
    unknownPreference: (await orError(() => gpu.requestAdapter({ powerPreference: "none-such" })))
      ?.error ?? null,
  };
}

async function queues(adapter) {
  const [descriptorRead, queueRead] = [[], []];
  const defaultQueue = watched({ label: "one", priority: 1 }, queueRead);
  const descriptor = { label: "labelled", defaultQueue, queues: [{ priority: 1 }, {}], queue: {} };
  const device = await adapter.requestDevice(watched(descriptor, descriptorRead));
  const { queue } = device;
  queue.submit([]);
  await queue.onSubmittedWorkDone();
  return {
    label: device.label,
    isOne: queue === device.queue && !(Symbol.iterator in queue),
    members: members(queue),
    descriptorRead,
    queueRead,
    calls: await calls(device, ["createQueue", "getQueue", "createCommandEncoder"]),
    unknownFeature: (await orError(() => adapter.requestDevice({ requiredFeatures: ["none"] })))
      ?.error ?? null,
  };
}

/** A buffer that the processor has mapped, and what the device says when it is used meanwhile. */
async function useWhileMapped(device) {
  const { COPY_SRC, COPY_DST, MAP_WRITE } = GPUBufferUsage;
  const mapped = device.createBuffer({ size: 64, usage: MAP_WRITE | COPY_SRC });
  const target = device.createBuffer({ size: 64, usage: COPY_DST });
  const submit = () =>
    validation(device, () => {
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(mapped, 0, target, 0, 64);
      device.queue.submit([encoder.finish()]);
    });
  await mapped.mapAsync(GPUMapMode.WRITE);
  const range = mapped.getMappedRange();
  const bytesWhileMapped = range.byteLength;
  const whileMapped = await submit();
  mapped.unmap();
  return {
    whileMapped,
    afterwards: await submit(),
    bytesWhileMapped,
    bytesAfterwards: range.byteLength,
    isShared: range instanceof SharedArrayBuffer,
  };
}

async function memory(adapter) {
  const requiredFeatures = [...adapter.features];
  const device = await adapter.requestDevice({ requiredFeatures });
  const { MAP_READ, MAP_WRITE, STORAGE, COPY_DST, COPY_SRC } = GPUBufferUsage;
  const create = (usage, size = 64) =>
    validation(device, () => device.createBuffer({ size, usage }));
  return {
    features: requiredFeatures.length,
    created: {
      "MAP_READ with COPY_DST": await create(MAP_READ | COPY_DST),
      "MAP_WRITE with COPY_SRC": await create(MAP_WRITE | COPY_SRC),
      "MAP_READ with STORAGE": await create(MAP_READ | STORAGE),
      "MAP_WRITE with STORAGE": await create(MAP_WRITE | STORAGE),
      "more than maxBufferSize": await create(STORAGE, device.limits.maxBufferSize + 4),
    },
    ...await useWhileMapped(device),
  };
}

/** A buffer at the end of which `text` was written: what is read there. */
async function lastBytes(device, size, text) {
  const { COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const bytes = new TextEncoder().encode(text);
  const large = device.createBuffer({ size, usage: COPY_SRC | COPY_DST });
  const copy = device.createBuffer({ size: bytes.length, usage: MAP_READ | COPY_DST });
  // Copies begin at multiples of four.
  const offset = Math.floor((size - bytes.length) / 4) * 4;
  device.queue.writeBuffer(large, offset, bytes);
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(large, offset, copy, 0, bytes.length);
  device.queue.submit([encoder.finish()]);
  await copy.mapAsync(GPUMapMode.READ);
  const read = new TextDecoder().decode(copy.getMappedRange());
  copy.unmap();
  large.destroy();
  return read;
}

/** The largest buffer that a device may be asked for; a GPU's memory may be in use by others. */
async function largestBuffer(adapter) {
  if (describeAdapter(adapter).isFallbackAdapter === false) return null;
  const { maxBufferSize: bytes } = adapter.limits;
  const device = await adapter.requestDevice({ requiredLimits: { maxBufferSize: bytes } });
  const text = "the end.";
  const read = { last: "" };
  const ofTheLimit = await validation(device, async () => {
    read.last = await lastBytes(device, bytes, text);
  });
  const usage = GPUBufferUsage.COPY_DST;
  const beyond = (size) => validation(device, () => device.createBuffer({ size, usage }));
  const limits = { maxBufferSize: bytes + 1 };
  return {
    bytes,
    written: text,
    read: read.last,
    ofTheLimit,
    oneByteMore: await beyond(bytes + 1),
    higherLimit: (await orError(() => adapter.requestDevice({ requiredLimits: limits })))?.error ??
      null,
  };
}

// ---- The document ------------------------------------------------------------------------------

async function webgpu(gpu) {
  const adapter = await gpu.requestAdapter(OPTIONS);
  if (adapter === null) return { members: members(gpu), adapter: null };
  const device = await adapter.requestDevice();
  return {
    members: members(gpu),
    adapter: describeAdapter(adapter),
    adapterMembers: members(adapter),
    features: [...adapter.features].sort(),
    limits: limitsOf(adapter),
    deviceMembers: members(device),
    deviceLimits: limitsOf(device),
    roundTrip: await orError(() => roundTrip(device)),
    compute: await orError(() => compute(device)),
    adapters: await orError(() => adapters(gpu)),
    queues: await orError(() => queues(adapter)),
    memory: await orError(() => memory(adapter)),
    largestBuffer: await orError(() => largestBuffer(adapter)),
  };
}

const gpu = globalThis.navigator?.gpu;
console.log(JSON.stringify({
  deno: Deno.version.deno,
  attempts: await attempts(),
  webgpu: mode !== "view" || gpu === undefined ? null : await orError(() => webgpu(gpu)),
}));
