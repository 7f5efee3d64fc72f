import { assertEquals } from "@std/assert";
import { parseGpuList } from "./gpu_list.ts";

Deno.test("parseGpuList() reads GPUs, whatever their names", () => {
  const names = ["NVIDIA H100 80GB HBM3", "GeForce (Laptop) (UUID: x)", "英伟达 示例 №1", ""];
  const text = names.map((name, index) => `GPU ${index}: ${name} (UUID: GPU-00${index})\r\n`);
  const list = parseGpuList(text.join(""));
  assertEquals(list.map(({ name }) => name), names);
  assertEquals(list.map(({ index }) => index), [0, 1, 2, 3]);
  assertEquals(list.map(({ uuid }) => uuid), ["GPU-000", "GPU-001", "GPU-002", "GPU-003"]);
});

Deno.test("parseGpuList() reads MIG devices below their GPU", () => {
  const text = `GPU 0: Sample (UUID: GPU-0a)
GPU 1: Sample (UUID: GPU-0b)
  MIG 3g.20gb     Device  0: (UUID: MIG-11)
  MIG 1c.2g.10gb  Device  1: (UUID: MIG-GPU-0b/9/0)
  MIG 1g.5gb+me   Device 10: (UUID: MIG-33)
`;
  const [first, second] = parseGpuList(text);
  assertEquals(first?.mig, []);
  assertEquals(second?.mig, [
    { index: 0, profile: "3g.20gb", uuid: "MIG-11" },
    { index: 1, profile: "1c.2g.10gb", uuid: "MIG-GPU-0b/9/0" },
    { index: 10, profile: "1g.5gb+me", uuid: "MIG-33" },
  ]);
});

Deno.test("parseGpuList() keeps the place of a GPU that cannot be reached", () => {
  const lines: [string, number | null, string | null][] = [
    [
      "Unable to determine the device handle for GPU3: 0000:5F:00.0: Unknown Error",
      3,
      "0000:5f:00.0",
    ],
    [
      "Unable to determine the device handle for GPU0000:25:00.0: Unknown Error",
      null,
      "0000:25:00.0",
    ],
    [
      "Unable to determine the device handle for GPU 0000:01:00.0: Not Found",
      null,
      "0000:01:00.0",
    ],
    ["Unable to determine the device handle for GPU2: Unknown Error", 2, null],
    ["GPU 5: GPU is lost", 5, null],
  ];
  for (const [error, index, busId] of lines) {
    const [lost, other] = parseGpuList(`${error}\nGPU 7: Sample (UUID: GPU-7)\n`);
    assertEquals(lost, { index, busId, name: null, uuid: null, mig: [], error });
    assertEquals(other?.error, null);
  }
});

Deno.test("parseGpuList() passes over what is no GPU", () => {
  assertEquals(parseGpuList(""), []);
  assertEquals(parseGpuList("  MIG 1g.5gb  Device  0: (UUID: MIG-1)\nWARNING: something\n"), []);
});
