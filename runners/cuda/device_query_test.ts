import { assertEquals, assertThrows } from "@std/assert";
import { assertNoPrefixPasses } from "./assert_no_prefix_passes.ts";
import { deviceQueryText, deviceText, ended, NO_DEVICE, PEERS_OF_TWO } from "./cuda_samples.ts";
import {
  arithmeticCeiling,
  type CudaDevice,
  memoryBandwidthCeiling,
  parseDeviceQuery,
} from "./device_query.ts";
import { MissingTool, Problem } from "../../problem.ts";

function device(text = deviceText(0)): CudaDevice {
  const [only] = parseDeviceQuery(ended(deviceQueryText([text]))).devices;
  if (only === undefined) throw new Error("no device");
  return only;
}

Deno.test("parseDeviceQuery() reads a device in base units", () => {
  const { computeMode, ...figures } = device();
  assertEquals(computeMode?.startsWith("Default (multiple host threads"), true);
  assertEquals(figures, {
    index: 0,
    name: "NVIDIA Q200 80GB",
    computeCapability: { major: 9, minor: 0 },
    globalMemoryBytes: 85017755648,
    multiprocessors: 132,
    coresPerMultiprocessor: 128,
    clockHertz: 1.98e9,
    memoryClockHertz: 2.619e9,
    memoryBusBits: 5120,
    l2CacheBytes: 52428800,
    constantMemoryBytes: 65536,
    sharedMemoryPerBlockBytes: 49152,
    sharedMemoryPerMultiprocessorBytes: 233472,
    registersPerBlock: 65536,
    warpSize: 32,
    maxThreadsPerBlock: 1024,
    maxThreadsPerMultiprocessor: 2048,
    maxThreadsDim: [1024, 1024, 64],
    copyEngines: 3,
    canMapHostMemory: true,
    unifiedAddressing: true,
    pci: { domain: 0, bus: 101, device: 0 },
  });
});

Deno.test("parseDeviceQuery() reads several devices, and who reaches whose memory", () => {
  const text = deviceQueryText([deviceText(0), deviceText(1)], PEERS_OF_TWO);
  const record = parseDeviceQuery(ended(text));
  assertEquals(record.devices.map(({ index, pci }) => [index, pci?.bus]), [[0, 101], [1, 102]]);
  assertEquals([record.driverVersion, record.runtimeVersion], ["12.8", "12.8"]);
  assertEquals(record.peerAccess, [
    { from: 0, to: 1, access: true },
    { from: 1, to: 0, access: false },
  ]);
});

Deno.test("parseDeviceQuery() reads the output of version 8", () => {
  const old = device(
    deviceText(0)
      .replace(/ *Total shared memory per multiprocessor.*\n/, "")
      .replace("(132) Multiprocessors, (128)", "( 2) Multiprocessors, (128)")
      .replace("GPU Max Clock rate:     ", "GPU Max Clock rate:")
      .replace(/ *L2 Cache Size.*\n/, "")
      .replace("Yes with 3 copy engine(s)", "No with 0 copy engine(s)"),
  );
  assertEquals(old.multiprocessors, 2);
  assertEquals([old.sharedMemoryPerMultiprocessorBytes, old.l2CacheBytes], [null, null]);
  assertEquals(old.copyEngines, 0);
});

Deno.test("parseDeviceQuery() keeps names in any script", () => {
  for (const name of ['图形 "加速" 卡', "GPU: 8 (x)", "Tesla T4\t"]) {
    assertEquals(device(deviceText(0, name)).name, name);
  }
});

Deno.test("parseDeviceQuery() does not take the cores that the sample guessed", () => {
  const guess = "MapSMtoCores for SM 10.0 is undefined.  Default to use 128 Cores/SM\n";
  const [guessed] = parseDeviceQuery(ended(deviceQueryText([guess + deviceText(0)]))).devices;
  assertEquals([guessed?.multiprocessors, guessed?.coresPerMultiprocessor], [132, null]);
  assertEquals(guessed && arithmeticCeiling(guessed), null);
});

Deno.test("parseDeviceQuery() refuses what is not a whole pass", () => {
  const text = deviceQueryText([deviceText(0)]);
  const odd = [
    "",
    text.replace("Result = PASS", "Result = FAIL"),
    text.replace("NumDevs = 1", "NumDevs = 2"),
  ];
  odd.push(text.replace("Warp size", "Wrap size"), text.replace("49152 bytes", "many bytes"));
  for (const each of odd) assertThrows(() => parseDeviceQuery(ended(each)), Problem);
  assertThrows(() => parseDeviceQuery(ended(text, "", 1)), Problem, "its status is 1");
  assertThrows(() => parseDeviceQuery(NO_DEVICE), MissingTool);
});

Deno.test("parseDeviceQuery() takes no part of an output for a pass", () => {
  const text = deviceQueryText([deviceText(0)]);
  assertNoPrefixPasses(text, "Result = PASS", (run) => parseDeviceQuery(run).devices.length === 1);
});

Deno.test("memoryBandwidthCeiling() and arithmeticCeiling() follow from clocks and widths", () => {
  const known = device();
  assertEquals(memoryBandwidthCeiling(known), 2 * 2.619e9 * 640);
  assertEquals(arithmeticCeiling(known), 2 * 16896 * 1.98e9);
  assertEquals(memoryBandwidthCeiling({ ...known, memoryClockHertz: null }), null);
  assertEquals(arithmeticCeiling({ ...known, clockHertz: null }), null);
  const silent = device(deviceText(0).replace("2619 Mhz", "0 Mhz").replace("1980 MHz", "0 MHz"));
  assertEquals([memoryBandwidthCeiling(silent), arithmeticCeiling(silent)], [null, null]);
});
