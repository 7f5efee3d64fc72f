// What the programs about WebGPU begin with: an adapter, a device, and the line of JSON at the end.
// They are joined to one module, so this part is no module to import.

export const OPTIONS = { powerPreference: "high-performance" };

/** The adapter with a device of the highest limits that the work can make use of. */
export async function open(gpu) {
  const adapter = await gpu.requestAdapter(OPTIONS);
  if (adapter === null) throw new Error("WebGPU has no adapter here");
  const requiredLimits = Object.fromEntries(
    [
      "maxBufferSize",
      "maxStorageBufferBindingSize",
      "maxComputeInvocationsPerWorkgroup",
      "maxComputeWorkgroupSizeX",
      "maxComputeWorkgroupSizeY",
      "maxComputeWorkgroupStorageSize",
    ].map((name) => [name, adapter.limits[name]]),
  );
  return { adapter, device: await adapter.requestDevice({ requiredLimits }) };
}

export function describe({ info }) {
  const { vendor, architecture, device, description, isFallbackAdapter } = info;
  return { vendor, architecture, device, description, isFallbackAdapter };
}

/** Submits what `encode` makes, and waits until it is done. */
export async function submit(device, encode) {
  start(device, encode);
  await device.queue.onSubmittedWorkDone();
}

export function start(device, encode) {
  const encoder = device.createCommandEncoder();
  encode(encoder);
  device.queue.submit([encoder.finish()]);
}

export const now = () => performance.now() / 1000;

export const tell = (error) => `${error?.name}: ${`${error?.message}`.trim().split("\n")[0]}`;

/** Prints what `make` gives; what fails becomes {"error": "TypeError: ..."}. */
export async function print(make) {
  const gpu = globalThis.navigator?.gpu;
  try {
    if (gpu === undefined) throw new Error("there is no navigator.gpu");
    console.log(JSON.stringify(await make(gpu)));
  } catch (error) {
    console.log(JSON.stringify({ error: tell(error) }));
  }
}
