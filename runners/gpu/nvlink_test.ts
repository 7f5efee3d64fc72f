import { assertEquals } from "@std/assert";
import { parseNvlinkStatus } from "./nvlink.ts";

Deno.test("parseNvlinkStatus() reads each link, active or not", () => {
  const text = `GPU 0: Sample (80GB) HBM3 (UUID: GPU-0a0a)
\t Link 0: 26.562 GB/s
\t Link 1: <inactive>
\t Link 11: 50 GB/s
GPU 1: Sample (80GB) HBM3 (UUID: GPU-0b0b)
\t Link 0: 25.781 GB/s
`;
  assertEquals(parseNvlinkStatus(text), [
    {
      gpuIndex: 0,
      uuid: "GPU-0a0a",
      links: [
        { index: 0, bandwidthBytesPerSecond: 26.562e9 },
        { index: 1, bandwidthBytesPerSecond: null },
        { index: 11, bandwidthBytesPerSecond: 50e9 },
      ],
    },
    { gpuIndex: 1, uuid: "GPU-0b0b", links: [{ index: 0, bandwidthBytesPerSecond: 25.781e9 }] },
  ]);
});

Deno.test("parseNvlinkStatus() reads GPUs of which no link is told", () => {
  const inactive = `GPU 0: Sample (UUID: GPU-0a0a)
NVML: Unable to retrieve NVLink information as all links are inActive
`;
  assertEquals(parseNvlinkStatus(inactive), [{ gpuIndex: 0, uuid: "GPU-0a0a", links: [] }]);
  assertEquals(parseNvlinkStatus(""), []);
  assertEquals(parseNvlinkStatus("NvLink not supported\n"), []);
  assertEquals(parseNvlinkStatus("\t Link 0: 26.562 GB/s\n"), []);
});

Deno.test("parseNvlinkStatus() takes no speed that cannot be", () => {
  for (const speed of ["0.000 GB/s", `${"9".repeat(400)} GB/s`, "-25 GB/s", "N/A"]) {
    const text = `GPU 3: Sample (UUID: GPU-0c)\n\t Link 5: ${speed}\n`;
    const links = [{ index: 5, bandwidthBytesPerSecond: null }];
    assertEquals(parseNvlinkStatus(text), [{ gpuIndex: 3, uuid: "GPU-0c", links }]);
  }
});
