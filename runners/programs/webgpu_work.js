// Work through WebGPU, timed and checked: prints one line of JSON. `webgpu_device.js` comes before.
//
//   work OPERATION SIZE REPEATS SECONDS    product, copy, upload, download or launch; each repeat
//                                          does it so often that it takes SECONDS
//   hold SECONDS                           computes for so long; its line comes when it has begun
//
// A runtime may look only now and then whether work is done (Deno: every 10 ms), so a single copy
// would take as long as the wait.

/** Buffers of no more bytes are compared whole, others by samples. */
const WHOLE_BYTES = 2 ** 20;
const SAMPLE_BYTES = 4096;
const CHUNK_BYTES = 2 ** 24;
/** Products of no more rows are checked whole, others by this many rows. */
const WHOLE_ROWS = 256;
const SAMPLE_ROWS = 8;
const LAUNCH_ROWS = 32;
const TOLERANCE = 1e-3;
const MOST_DISPATCHES = 16384;
/** Bytes that are on their way to the device at once. */
const MOST_UPLOADED = 2 ** 32;
const { COPY_SRC, COPY_DST, MAP_READ, STORAGE } = globalThis.GPUBufferUsage ?? {};
const BOTH = COPY_SRC | COPY_DST;

// ---- Numbers that look like chance, and are the same each time ---------------------------------

/** The word at `index` of the sequence `seed` (the finalizer of MurmurHash3). */
function word(seed, index) {
  let x = Math.imul(index ^ seed, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** `values` with what `make` gives for each index: `from` would be ten times as slow. */
function filled(values, make) {
  for (let i = 0; i < values.length; i++) values[i] = make(i);
  return values;
}

/** A matrix of numbers from -1 to 1: sums of their products are small, so none that lacks hides. */
function matrix(rows, seed) {
  return filled(new Float32Array(rows * rows), (i) => word(seed, i) / 2 ** 31 - 1);
}

function identity(rows) {
  return filled(new Float32Array(rows * rows), (i) => i % (rows + 1) === 0 ? 1 : 0);
}

function pattern(offset, bytes) {
  return filled(new Uint32Array(bytes / 4), (i) => word(7, offset / 4 + i));
}

const same = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);

// ---- Times and errors ---------------------------------------------------------------------------

async function readBack(device, source, offset, size) {
  const target = device.createBuffer({ size, usage: MAP_READ | COPY_DST });
  start(device, (encoder) => encoder.copyBufferToBuffer(source, offset, target, 0, size));
  await target.mapAsync(GPUMapMode.READ);
  const bytes = target.getMappedRange().slice(0);
  target.destroy();
  return bytes;
}

/** What `work` gives; work that the device refused would else look like work that took no time. */
async function checked(device, work) {
  const scopes = ["out-of-memory", "validation"];
  for (const scope of scopes) device.pushErrorScope(scope);
  const [outcome] = await Promise.allSettled([work()]);
  const errors = [await device.popErrorScope(), await device.popErrorScope()];
  const refused = errors.find((error) => error !== null);
  if (refused !== undefined) throw new Error(`refused: ${refused.message}`);
  if (outcome.status === "rejected") throw outcome.reason;
  return outcome.value;
}

/** Seconds of `work`; `prepare` is not timed. */
async function timeOf(prepare, work) {
  await prepare();
  const began = now();
  await work();
  return now() - began;
}

/**
 * Times `repeats` repeats of `work(batch)`, after some that warm up and tell how large a batch takes
 * `least` seconds.
 */
async function timed({ repeats, least, most = MOST_DISPATCHES }, prepare, work) {
  await timeOf(prepare, () => work(1));
  let batch = 1;
  for (let took = await timeOf(prepare, () => work(batch)); took < least && batch < most;) {
    batch = Math.min(most, batch * Math.min(8, Math.max(2, Math.ceil(least / took))));
    took = await timeOf(prepare, () => work(batch));
  }
  const seconds = [];
  for (let i = 0; i < repeats; i++) seconds.push(await timeOf(prepare, () => work(batch)));
  return { batch, seconds };
}

/** Seconds of a submit of nothing until it is done, in the middle of several. */
async function waitOf(device) {
  const seconds = [];
  for (let i = 0; i < 5; i++) seconds.push(await timeOf(() => {}, () => submit(device, () => {})));
  return seconds.sort((a, b) => a - b)[2];
}

function again(count, work) {
  for (let i = 0; i < count; i++) work();
}

// ---- A matrix product --------------------------------------------------------------------------

const tileOf = ({ limits }) => limits.maxComputeInvocationsPerWorkgroup >= 1024 ? 32 : 16;

/** Each invocation makes one element of C = A·B, from tiles that its workgroup has loaded. */
const productShader = (rows, tile) => `
  const N = ${rows}u;
  const T = ${tile}u;
  @group(0) @binding(0) var<storage, read> a: array<f32>;
  @group(0) @binding(1) var<storage, read> b: array<f32>;
  @group(0) @binding(2) var<storage, read_write> c: array<f32>;
  var<workgroup> tileA: array<array<f32, ${tile}>, ${tile}>;
  var<workgroup> tileB: array<array<f32, ${tile}>, ${tile}>;

  @compute @workgroup_size(${tile}, ${tile})
  fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) at: vec3<u32>) {
    let row = group.y * T + at.y;
    let column = group.x * T + at.x;
    var sum = 0.0;
    for (var t = 0u; t < N; t += T) {
      tileA[at.y][at.x] = a[row * N + t + at.x];
      tileB[at.y][at.x] = b[(t + at.y) * N + column];
      workgroupBarrier();
      for (var k = 0u; k < T; k++) { sum += tileA[at.y][k] * tileB[k][at.x]; }
      workgroupBarrier();
    }
    c[row * N + column] = sum;
  }`;

/** A product on the device, ready to be encoded again and again. */
function productOf(device, rows, [a, b]) {
  const size = rows * rows * 4;
  const buffers = [a, b, null].map((values) => {
    const buffer = device.createBuffer({ size, usage: STORAGE | BOTH });
    if (values !== null) device.queue.writeBuffer(buffer, 0, values);
    return buffer;
  });
  const tile = tileOf(device);
  const module = device.createShaderModule({ code: productShader(rows, tile) });
  const compute = { module, entryPoint: "main" };
  const pipeline = device.createComputePipeline({ layout: "auto", compute });
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  const result = buffers[2];
  return {
    clear: () => submit(device, (encoder) => encoder.clearBuffer(result)),
    encode: (encoder) => {
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(rows / tile, rows / tile);
      pass.end();
    },
    read: async (row) => new Float32Array(await readBack(device, result, row * rows * 4, rows * 4)),
  };
}

/** Rows of A·B by the processor, in float64. */
function exactRow(rows, [a, b], row) {
  const sums = new Float64Array(rows);
  for (let k = 0; k < rows; k++) {
    const factor = a[row * rows + k];
    for (let j = 0; j < rows; j++) sums[j] += factor * b[k * rows + j];
  }
  return sums;
}

/** The first row, the last, and some by chance; all of a small matrix. */
function rowsToCheck(rows) {
  if (rows <= WHOLE_ROWS) return Array.from({ length: rows }, (_, i) => i);
  const some = Array.from({ length: SAMPLE_ROWS - 2 }, (_, i) => word(3, i) % rows);
  return [...new Set([0, ...some, rows - 1])];
}

/** The largest difference, relative to the root mean square of what is exact; never less for NaN. */
function largestError(found, exact) {
  const all = exact.flatMap((row) => [...row]);
  const scale = Math.sqrt(all.reduce((sum, value) => sum + value * value, 0) / all.length);
  const errors = found.flatMap((row, i) => Array.from(row, (x, j) => Math.abs(x - exact[i][j])));
  const largest = errors.reduce((most, error) => error <= most ? most : error, 0);
  return Number.isFinite(largest) ? largest / scale : Number.MAX_VALUE;
}

async function checkProduct(device, product, rows, factors) {
  const rowsRead = rowsToCheck(rows);
  const exact = rowsRead.map((row) => exactRow(rows, factors, row));
  const found = [];
  for (const row of rowsRead) found.push(await product.read(row));
  const largestRelativeError = largestError(found, exact);
  const others = [...exact.slice(1), exact[0]];
  return {
    correct: largestRelativeError <= TOLERANCE,
    largestRelativeError,
    checkedElements: rowsRead.length * rows,
    knownRight: await identityGives(device, factors[1].slice(0, LAUNCH_ROWS ** 2)),
    anotherRight: largestError(found, others) <= TOLERANCE,
  };
}

/** True where the identity times a matrix is that matrix, to the bit. */
async function identityGives(device, values) {
  const product = productOf(device, LAUNCH_ROWS, [identity(LAUNCH_ROWS), values]);
  await submit(device, product.encode);
  for (let row = 0; row < LAUNCH_ROWS; row++) {
    const expected = values.subarray(row * LAUNCH_ROWS, (row + 1) * LAUNCH_ROWS);
    if (!same(await product.read(row), expected)) return false;
  }
  return true;
}

function newProduct(device, rows) {
  if (rows < 1 || rows % 32 !== 0) throw new Error(`${rows} rows are no multiple of 32`);
  const factors = [matrix(rows, 1), matrix(rows, 2)];
  return { factors, product: productOf(device, rows, factors) };
}

async function product(device, rows, bounds) {
  const { factors, product } = newProduct(device, rows);
  const work = (batch) => submit(device, (encoder) => again(batch, () => product.encode(encoder)));
  const times = await timed(bounds, product.clear, work);
  const checks = await checkProduct(device, product, rows, factors);
  return { workPerDispatch: 2 * rows ** 3, ...times, ...checks };
}

/** From one submit to the next without waiting, and from one submit until it is done. */
async function launch(device, rows, { repeats }) {
  const { factors, product } = newProduct(device, rows);
  const completion = await timed(
    { repeats, least: 0 },
    product.clear,
    () => submit(device, product.encode),
  );
  await product.clear();
  const began = [];
  for (let i = 0; i < repeats; i++) {
    began.push(now());
    start(device, product.encode);
  }
  began.push(now());
  await device.queue.onSubmittedWorkDone();
  return {
    workPerDispatch: 2 * rows ** 3,
    batch: 1,
    seconds: began.slice(1).map((time, i) => time - began[i]),
    completionSeconds: completion.seconds,
    ...await checkProduct(device, product, rows, factors),
  };
}

// ---- Copies ------------------------------------------------------------------------------------

/** Where bytes are compared: all of a small buffer, else at the beginning, middle and end. */
function samples(size) {
  if (size <= WHOLE_BYTES) return [[0, size]];
  const middle = Math.floor(size / 16) * 8;
  return [0, middle, size - SAMPLE_BYTES].map((offset) => [offset, SAMPLE_BYTES]);
}

/** True where each sample that `read` gives is the pattern's. */
async function holdsPattern(size, read) {
  for (const [offset, bytes] of samples(size)) {
    if (!same(new Uint32Array(await read(offset, bytes)), pattern(offset, bytes))) return false;
  }
  return true;
}

function fill(device, buffer) {
  for (let offset = 0; offset < buffer.size; offset += CHUNK_BYTES) {
    const bytes = Math.min(CHUNK_BYTES, buffer.size - offset);
    device.queue.writeBuffer(buffer, offset, pattern(offset, bytes));
  }
  return device.queue.onSubmittedWorkDone();
}

/** Times `work`, which must bring the pattern to `target`, from which it is wiped before. */
async function transfer(device, { source, target, bounds, work, read }) {
  const { size } = target;
  const wipe = () => submit(device, (encoder) => encoder.clearBuffer(target));
  await wipe();
  const anotherRight = await holdsPattern(size, read);
  const times = await timed(bounds, wipe, work);
  const checkedElements = samples(size).reduce((sum, [, bytes]) => sum + bytes, 0);
  return {
    workPerDispatch: size,
    ...times,
    correct: await holdsPattern(size, read),
    largestRelativeError: null,
    checkedElements,
    knownRight: await holdsPattern(size, source),
    anotherRight,
  };
}

async function copy(device, size, bounds) {
  const [source, target] = [0, 1].map(() => device.createBuffer({ size, usage: BOTH }));
  await fill(device, source);
  return transfer(device, {
    target,
    bounds,
    source: (offset, bytes) => readBack(device, source, offset, bytes),
    read: (offset, bytes) => readBack(device, target, offset, bytes),
    work: (batch) =>
      submit(
        device,
        (encoder) => again(batch, () => encoder.copyBufferToBuffer(source, 0, target, 0, size)),
      ),
  });
}

function upload(device, size, bounds) {
  const target = device.createBuffer({ size, usage: BOTH });
  const values = pattern(0, size);
  return transfer(device, {
    target,
    bounds: { ...bounds, most: Math.max(1, Math.floor(MOST_UPLOADED / size)) },
    source: (offset, bytes) => values.slice(offset / 4, (offset + bytes) / 4).buffer,
    read: (offset, bytes) => readBack(device, target, offset, bytes),
    work: (batch) => {
      again(batch, () => {
        device.queue.writeBuffer(target, 0, values);
        device.queue.submit([]);
      });
      return device.queue.onSubmittedWorkDone();
    },
  });
}

async function download(device, size, bounds) {
  const source = device.createBuffer({ size, usage: BOTH });
  const target = device.createBuffer({ size, usage: MAP_READ | COPY_DST });
  await fill(device, source);
  const mapped = async (use) => {
    await target.mapAsync(GPUMapMode.READ);
    const result = use();
    target.unmap();
    return result;
  };
  return transfer(device, {
    target,
    bounds,
    source: (offset, bytes) => readBack(device, source, offset, bytes),
    read: (offset, bytes) => mapped(() => target.getMappedRange(offset, bytes).slice(0)),
    work: (batch) => {
      start(
        device,
        (encoder) => again(batch, () => encoder.copyBufferToBuffer(source, 0, target, 0, size)),
      );
      return mapped(() => target.getMappedRange().byteLength);
    },
  });
}

const OPERATIONS = { product, copy, upload, download, launch };

async function work(gpu, operation, size, bounds) {
  if (!(operation in OPERATIONS)) throw new Error(`there is no operation "${operation}"`);
  if (!(size >= 8 && size % 8 === 0)) throw new Error(`a size of ${size} is no multiple of 8`);
  const { adapter, device } = await open(gpu);
  const { maxBufferSize } = device.limits;
  if (size > maxBufferSize) throw new Error(`${size} is more than maxBufferSize, ${maxBufferSize}`);
  const waitSeconds = await waitOf(device);
  const done = await checked(device, () => OPERATIONS[operation](device, size, bounds));
  const { repeats } = bounds;
  return { adapter: describe(adapter), operation, size, repeats, waitSeconds, ...done };
}

// ---- The line ----------------------------------------------------------------------------------

/** Computes until the time is over; what it gives is printed when it has begun. */
async function hold(gpu, seconds) {
  const { adapter, device } = await open(gpu);
  const { product } = newProduct(device, LAUNCH_ROWS);
  await submit(device, product.encode);
  const until = now() + seconds;
  const goOn = () => now() < until && submit(device, product.encode).then(goOn);
  goOn();
  return { adapter: describe(adapter) };
}

const [mode, ...args] = Deno.args;
await print((gpu) => {
  if (mode === "hold") return hold(gpu, Number(args[0]));
  const [operation, size, repeats, seconds] = args;
  return work(gpu, operation, Number(size), { repeats: Number(repeats), least: Number(seconds) });
});
