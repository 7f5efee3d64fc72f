import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  GPU_INFO,
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
import { limitsBelowMemory } from "./limits.ts";

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
