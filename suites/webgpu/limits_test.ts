import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  type CommonLimit,
  parseWebgpuInterface,
  type WebgpuInterface,
} from "../../runners/webgpu/webgpu_interface.ts";
import {
  GPU_INFO,
  INTERFACE_DOCUMENT,
  type Part,
  printed,
  SOFTWARE_INFO,
} from "../../runners/webgpu/webgpu_samples.ts";
import {
  parseWebgpuView,
  readAdapter,
  readLargestBuffer,
} from "../../runners/webgpu/webgpu_view.ts";
import type { Observation } from "../result.ts";
import type { GpuFacts } from "./gpu_facts.ts";
import { limitsBelowDeviceMemory, limitsBelowMemory, withinDeviceLimits } from "./limits.ts";

const GIB = 2 ** 30;

function observe(adapter: Part, largestBuffer: Part, memoryBytes: number | null): Observation {
  const { webgpu } = parseWebgpuView(printed({ adapter, largestBuffer }));
  const info = webgpu === null ? null : readAdapter(webgpu);
  if (webgpu === null || info === null) throw new Error("no adapter");
  return limitsBelowMemory(info, readLargestBuffer(webgpu), memoryBytes);
}

Deno.test("limitsBelowMemory() compares the largest buffer with the host's memory", () => {
  const cases = [[24 * GIB, true], [2147483648, true], [2147483647, false], [GIB, false]] as const;
  for (const [memory, value] of cases) {
    const found = observe(SOFTWARE_INFO, {}, memory);
    assertEquals(found.value, value);
    assertEquals(found.controls.map(({ kind, held }) => `${kind} ${held}`), [
      "positive true",
      "negative true",
      "negative true",
    ]);
    assertStringIncludes(found.seen, "2,147,483,647 bytes; its memory is the host's");
  }
});

Deno.test("limitsBelowMemory() decides nothing where the limit is not the real one", () => {
  const changes: readonly Part[] = [
    { ofTheLimit: "refused: Not enough memory left" },
    { read: "" },
    { written: "", read: "" },
    { oneByteMore: null },
    { higherLimit: null },
  ];
  for (const change of changes) {
    const { controls } = observe(SOFTWARE_INFO, change, 24 * GIB);
    assertEquals(controls.some(({ held }) => !held), true, JSON.stringify(change));
  }
});

Deno.test("limitsBelowMemory() has no value where the device's memory is unknown", () => {
  assertEquals(observe(SOFTWARE_INFO, {}, null).value, null);
  const { value, absence } = observe(GPU_INFO, {}, 24 * GIB);
  assertEquals([value, absence?.verdict, absence?.lacks], [null, "untested", null]);
  assertStringIncludes(absence?.because ?? "", "how much memory the adapter NVIDIA H200 has");
});

const FACTS = {
  name: "NVIDIA H200",
  deviceMemoryBytes: 141 * GIB,
  limits: {
    sharedMemoryPerBlockBytes: 49152,
    maxThreadsPerBlock: 1024,
    maxThreadsDim: [1024, 1024, 64],
    globalMemoryBytes: 140 * GIB,
  },
} as const satisfies GpuFacts;

function interfaceWith(changes: Partial<Record<CommonLimit, Part>> = {}): WebgpuInterface {
  const limits = Object.entries(INTERFACE_DOCUMENT.limits).map(([name, limit]) => {
    return [name, { ...limit, ...changes[name as CommonLimit] }];
  });
  const document = { ...INTERFACE_DOCUMENT, limits: Object.fromEntries(limits) };
  return parseWebgpuInterface(JSON.stringify(document));
}

const OF_GPUS = [limitsBelowDeviceMemory, withinDeviceLimits];

for (const make of OF_GPUS) {
  Deno.test(`${make.name}() is true of a GPU that has more than the interface offers`, () => {
    const { value, seen, controls } = make(interfaceWith(), FACTS);
    assertEquals([value, controls.filter(({ held }) => !held)], [true, []]);
    assertEquals(new Set(controls.map(({ kind }) => kind)).size, 2);
    assertStringIncludes(seen, "4,292,870,144");
  });

  Deno.test(`${make.name}() is false where a buffer may be larger than the memory`, () => {
    const maxBufferSize = { value: 2 ** 52 };
    assertEquals(make(interfaceWith({ maxBufferSize }), FACTS).value, false);
  });

  Deno.test(`${make.name}() decides nothing of another device, or where limits are not real`, () => {
    const changes = [{ same: "OperationError" }, { more: null }];
    const all = [
      make(interfaceWith(), { ...FACTS, name: "NVIDIA L4" }),
      ...changes.map((maxBufferSize) => make(interfaceWith({ maxBufferSize }), FACTS)),
    ];
    for (const { controls } of all) assertEquals(controls.some(({ held }) => !held), true);
  });

  Deno.test(`${make.name}() has no value where nothing tells of the device`, () => {
    const without = { ...FACTS, deviceMemoryBytes: null, limits: null };
    for (const facts of [null, without]) {
      const { value, absence } = make(interfaceWith(), facts);
      assertEquals([value, absence?.verdict, absence?.lacks], [null, "untested", null]);
    }
  });
}

Deno.test("withinDeviceLimits() is false where one limit is higher, or none is lower", () => {
  const higher: Partial<Record<CommonLimit, Part>>[] = [
    { maxComputeWorkgroupSizeZ: { value: 65 } },
    { maxComputeWorkgroupStorageSize: { value: 49153 } },
    { maxComputeInvocationsPerWorkgroup: { value: 2048 } },
    { maxBufferSize: { value: 140 * GIB }, maxStorageBufferBindingSize: { value: 140 * GIB } },
  ];
  for (const changes of higher) {
    assertEquals(withinDeviceLimits(interfaceWith(changes), FACTS).value, false);
  }
});
