import { assertEquals, assertStringIncludes } from "@std/assert";
import type { CudaDevice } from "../../runners/cuda/device_query.ts";
import { deviceFacts, sharedMemory48, sharedWithinSm } from "./device_facts.ts";

function device(given: Partial<CudaDevice> = {}): CudaDevice {
  return {
    index: 0,
    name: "NVIDIA X",
    computeCapability: { major: 8, minor: 0 },
    globalMemoryBytes: 40 * 2 ** 30,
    multiprocessors: 108,
    coresPerMultiprocessor: 64,
    clockHertz: 1.41e9,
    memoryClockHertz: null,
    memoryBusBits: null,
    l2CacheBytes: null,
    constantMemoryBytes: 65_536,
    sharedMemoryPerBlockBytes: 49_152,
    sharedMemoryPerMultiprocessorBytes: 167_936,
    registersPerBlock: 65_536,
    warpSize: 32,
    maxThreadsPerBlock: 1024,
    maxThreadsPerMultiprocessor: 2048,
    maxThreadsDim: [1024, 1024, 64],
    copyEngines: 3,
    canMapHostMemory: true,
    unifiedAddressing: true,
    pci: null,
    computeMode: null,
    ...given,
  };
}

function factOf(name: string, given: Partial<CudaDevice>) {
  return deviceFacts(device(given), []).find((fact) => fact.name === `gpu-samples/${name}`);
}

Deno.test("deviceFacts() tells the SMs of this device", () => {
  const values = [8, 108].map((multiprocessors) => factOf("eight-sms", { multiprocessors })?.value);
  assertEquals(values, [true, false]);
});

Deno.test("deviceFacts() tells a thread's registers by the compute capability, not a block's", () => {
  const cases = [[2, 1, 63], [3, 0, 63], [3, 2, 255], [3, 5, 255], [8, 0, 255], [12, 0, 255]];
  for (const [major = 0, minor = 0, registers] of cases) {
    const fact = factOf("registers-65536-per-thread", { computeCapability: { major, minor } });
    assertEquals(fact?.value, false);
    assertStringIncludes(fact?.seen ?? "", `${major}.${minor} allows a thread ${registers}`);
  }
});

Deno.test("deviceFacts() finds that capacity falls, and that it would not if it rose", () => {
  assertEquals(factOf("capacity-falls", {})?.value, true);
  const rising = {
    globalMemoryBytes: 1,
    sharedMemoryPerBlockBytes: 2,
    registersPerBlock: 1,
    constantMemoryBytes: 5,
  };
  assertEquals(factOf("capacity-falls", rising)?.value, false);
});

Deno.test("sharedMemory48() and sharedWithinSm() are null where deviceQuery is too old to tell", () => {
  const old = device({ sharedMemoryPerMultiprocessorBytes: null });
  assertEquals([sharedMemory48(old), sharedWithinSm(old)], [null, null]);
  const kepler = device({ sharedMemoryPerMultiprocessorBytes: 49_152 });
  assertEquals([sharedMemory48(kepler)?.value, sharedMemory48(device())?.value], [true, false]);
});

Deno.test("sharedWithinSm() is false from the first GPUs with clusters on", () => {
  const values = [[8, 9], [9, 0], [12, 0]].map(([major = 0, minor = 0]) =>
    sharedWithinSm(device({ computeCapability: { major, minor } }))?.value
  );
  assertEquals(values, [true, false, false]);
});
