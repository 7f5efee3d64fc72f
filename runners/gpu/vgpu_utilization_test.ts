import { assertEquals } from "@std/assert";
import { parseVgpuUse } from "./vgpu_utilization.ts";

const TEXT = `# gpu   vgpu     sm    mem    enc    dec
# Idx     Id      %      %      %      %
    0  11924     48     30      0      0
    0  11903     52     33      0      0
    1      -      -      -      -      -
    0  11924     50     30      0      0
    0  11903      -      -      -      -
`;

Deno.test("parseVgpuUse() takes the mean of each vGPU's lines", () => {
  assertEquals(parseVgpuUse(TEXT), [
    { gpuIndex: 0, vgpuId: 11924, processors: 0.49 },
    { gpuIndex: 0, vgpuId: 11903, processors: 0.52 },
  ]);
});

Deno.test("parseVgpuUse() is null where no vGPU is told of", () => {
  assertEquals(parseVgpuUse(""), null);
  assertEquals(parseVgpuUse("No devices were found\n"), null);
  assertEquals(parseVgpuUse("# gpu vgpu sm\n    0      -      -\n"), null);
});

Deno.test("parseVgpuUse() passes over a line that was cut short", () => {
  assertEquals(parseVgpuUse(`${TEXT}    0  11903      5`), parseVgpuUse(TEXT));
});
