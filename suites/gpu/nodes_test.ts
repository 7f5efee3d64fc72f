import { assertEquals, assertStringIncludes } from "@std/assert";
import { controlNode, deviceNode, memory8To24, nodeOf, physicalGpu } from "./nodes.ts";
import { gpuAt, gpuFunction, node, readingOf } from "./sample_reading.ts";

const MEBIBYTE = 2 ** 20;

function memoryOf(mebibytes: number | null) {
  const totalBytes = mebibytes === null ? null : mebibytes * MEBIBYTE;
  const memory = { totalBytes, reservedBytes: null, usedBytes: null, freeBytes: null };
  return memory8To24(readingOf([gpuAt(1, { memory })]));
}

function physical(own: Parameters<typeof gpuFunction>[1]) {
  const pci = [gpuFunction("0000:01:00.0", own)];
  return physicalGpu(readingOf([gpuAt(1)], { host: { pci } })).value;
}

Deno.test("deviceNode() finds the node of each GPU by the minor number that the driver tells", () => {
  assertEquals(deviceNode(readingOf([gpuAt(1), gpuAt(2)])).value, true);
  const nodes = [node("/dev/nvidia0", 0), node("/dev/nvidia7", 1)];
  const reading = deviceNode(readingOf([gpuAt(1), gpuAt(2)], { host: { nodes } }));
  assertEquals(reading.value, false);
  assertStringIncludes(JSON.stringify(reading), "1 of 2 GPUs has a node: /dev/nvidia0");
});

Deno.test("deviceNode() decides nothing where no minor number is told, or a GPU is lost", () => {
  const nodes = [node("/dev/nvidianull", 0)];
  const untold = gpuAt(1, { minorNumber: null });
  assertEquals(deviceNode(readingOf([untold], { host: { nodes } })).value, null);
  assertEquals(nodeOf({ nodes }, untold), null);
  assertEquals(deviceNode(readingOf([gpuAt(1, { lost: "ERR!" })])).value, null);
  assertEquals(deviceNode(readingOf([])).value, null);
});

Deno.test("controlNode() takes no other file for the control node", () => {
  const control = node("/dev/nvidiactl", 255);
  const ask = (...nodes: (typeof control)[]) =>
    controlNode(readingOf([gpuAt(1)], { host: { nodes } })).value;
  assertEquals(ask(control), true);
  assertEquals(
    [ask(), ask(node("/dev/nvidiactl", 0)), ask({ ...control, kind: "block" })],
    [false, false, false],
  );
});

Deno.test("physicalGpu() needs the PCI device that the driver tells of, driven by NVIDIA's driver", () => {
  assertEquals(physical({}), true);
  const others = [
    { driver: "vfio-pci" },
    { driver: null },
    { device: "2331" },
    { physicalFunction: "0000:01:00.1" },
  ];
  for (const other of others) assertEquals(physical(other), false);
});

Deno.test("physicalGpu() decides nothing by a vGPU, or where the driver tells no PCI device", () => {
  const gpus = [
    gpuAt(1, { virtualizationMode: "vgpu" }),
    gpuAt(1, { deviceId: null }),
    gpuAt(1, { lost: "GPU is lost" }),
  ];
  for (const gpu of gpus) assertEquals(physicalGpu(readingOf([gpu])).value, null);
  assertEquals(physicalGpu(readingOf([gpuAt(1, { virtualizationMode: null })])).value, true);
});

Deno.test("memory8To24() takes GPUs as they are sold", () => {
  // 6 GB; P4 with ECC, GTX 1080, L4, RTX 3090; A40, H100.
  const sizes = [6144, 7606, 8119, 23034, 24576, 46068, 81559];
  assertEquals(
    sizes.map((size) => memoryOf(size).value),
    [false, true, true, true, true, false, false],
  );
  assertStringIncludes(JSON.stringify(memoryOf(24576)), "The GPU has 24 GiB of memory");
});

Deno.test("memory8To24() decides nothing where memory is not told, or is a vGPU's", () => {
  assertEquals(memoryOf(null).value, null);
  const vgpu = memory8To24(readingOf([gpuAt(1, { virtualizationMode: "vgpu" })]));
  assertEquals([vgpu.value, "lacks" in vgpu && vgpu.lacks], [null, "bare-metal"]);
});
