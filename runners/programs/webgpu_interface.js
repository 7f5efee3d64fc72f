// The names of all that WebGPU tells a program, and some limits: prints one line of JSON.
// `webgpu_device.js` comes before.

const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
];

const members = (object) =>
  Object.getOwnPropertyNames(Object.getPrototypeOf(object))
    .filter((name) => name !== "constructor").sort();

/** What a request for a device with this limit came to: null where it is given. */
async function limitRefused(gpu, name, value) {
  const adapter = await gpu.requestAdapter(OPTIONS);
  try {
    (await adapter.requestDevice({ requiredLimits: { [name]: value } })).destroy();
    return null;
  } catch (error) {
    return tell(error);
  }
}

async function interfaceOf(gpu) {
  const { adapter, device } = await open(gpu);
  const limits = {};
  for (const name of LIMITS) {
    const value = adapter.limits[name];
    limits[name] = {
      value,
      same: await limitRefused(gpu, name, value),
      more: await limitRefused(gpu, name, value + 1),
    };
  }
  const { queue } = device;
  const objects = { gpu, adapter, info: adapter.info, limits: adapter.limits, device, queue };
  const names = Object.entries(objects).map(([name, object]) => [name, members(object)]);
  const features = [...adapter.features].sort();
  return { adapter: describe(adapter), names: { ...Object.fromEntries(names), features }, limits };
}

await print(interfaceOf);
