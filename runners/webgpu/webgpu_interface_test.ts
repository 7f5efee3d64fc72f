import { assertEquals, assertThrows } from "@std/assert";
import { Problem } from "../../problem.ts";
import { liveHost } from "../seam/live.ts";
import { printedBy } from "./webgpu.ts";
import { COMMON_LIMITS, parseWebgpuInterface, runWebgpuInterface } from "./webgpu_interface.ts";
import { INTERFACE_DOCUMENT } from "./webgpu_samples.ts";

Deno.test("parseWebgpuInterface() reads names and limits", () => {
  const { adapter, names, limits } = parseWebgpuInterface(JSON.stringify(INTERFACE_DOCUMENT));
  assertEquals(adapter.description, "NVIDIA H200");
  assertEquals([...names.keys()], ["gpu", "info", "limits", "features"]);
  assertEquals(limits.maxComputeWorkgroupSizeZ.value, 64);
});

Deno.test("parseWebgpuInterface() refuses what lacks a part", () => {
  for (const member of Object.keys(INTERFACE_DOCUMENT)) {
    const text = JSON.stringify({ ...INTERFACE_DOCUMENT, [member]: undefined });
    assertThrows(() => parseWebgpuInterface(text), Problem, member);
  }
  const { maxBufferSize: _, ...limits } = INTERFACE_DOCUMENT.limits;
  const without = JSON.stringify({ ...INTERFACE_DOCUMENT, limits });
  assertThrows(() => parseWebgpuInterface(without), Problem, "maxBufferSize");
});

Deno.test("runWebgpuInterface() finds here that each limit is given, and no more", async () => {
  const live = await liveHost();
  try {
    const { names, limits } = parseWebgpuInterface(printedBy(await runWebgpuInterface(live)));
    assertEquals(names.get("info")?.includes("vendor"), true);
    for (const name of COMMON_LIMITS) {
      const { value, same, more } = limits[name];
      assertEquals([value > 0, same, more === null], [true, null, false], name);
    }
  } finally {
    await live.close();
  }
});
