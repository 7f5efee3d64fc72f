import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import type { GpuConnection } from "../../runners/gpu/gpu_topology.ts";
import { sampleLog } from "../../runners/gpu/nvidia_smi_samples.ts";
import type { Reading } from "../topology/reading.ts";
import { infinibandActive, noGpuPeer, nvlinkPeers, oneGpu, twoToEightGpus } from "./host_gpus.ts";
import { gpuAt, gpuFunction, matrixOf, readingOf } from "./sample_reading.ts";

const TWO = [gpuAt(1), gpuAt(2)];
const NV4 = { kind: "nvlink", links: 4 } as const;

function lacking({ value, ...open }: Reading): unknown {
  return value === null && "lacks" in open ? open.lacks : `decided: ${value}`;
}

function joined(way: GpuConnection, gpus = TWO) {
  return readingOf(gpus, { inventory: { topology: matrixOf(gpus.length, way) } });
}

Deno.test("oneGpu() and twoToEightGpus() never both decide, and one does where all GPUs answer", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 16 }), (count) => {
    const reading = readingOf(Array.from({ length: count }, (_, index) => gpuAt(index + 1)));
    const decided = [oneGpu(reading).value, twoToEightGpus(reading).value];
    assertEquals(decided, count === 1 ? [true, null] : [null, count <= 8]);
  }));
});

Deno.test("oneGpu() and twoToEightGpus() decide nothing where a GPU is lost or hidden", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 8 }), fc.nat({ max: 7 }), (count, which) => {
    const gpus = Array.from({ length: count }, (_, index) => gpuAt(index + 1));
    const lost = gpus.map((gpu, index) => index === which % count ? { ...gpu, lost: "ERR!" } : gpu);
    const left = { log: { ...sampleLog(gpus), attachedGpus: count + 1 } };
    const driver = "nouveau";
    const hidden = { pci: [...readingOf(gpus).host.pci, gpuFunction("0000:f0:00.0", { driver })] };
    const readings = [
      readingOf(lost),
      readingOf(gpus, { inventory: left }),
      readingOf(gpus, { host: hidden }),
    ];
    for (const reading of readings) {
      const values = [oneGpu, twoToEightGpus, noGpuPeer].map((ask) => ask(reading).value);
      assertEquals(values, [null, null, null]);
    }
  }));
});

Deno.test("oneGpu() takes no GPU at all for nothing known", () => {
  assertEquals([oneGpu, twoToEightGpus].map((ask) => lacking(ask(readingOf([])))), ["gpu", "gpu"]);
});

Deno.test("noGpuPeer() needs a matrix of this one GPU", () => {
  const one = [gpuAt(1)];
  assertEquals(noGpuPeer(readingOf(one)).value, true);
  assertEquals(noGpuPeer(readingOf(one, { inventory: { topology: null } })).value, null);
  assertEquals(
    noGpuPeer(readingOf(one, { inventory: { topology: matrixOf(2, NV4) } })).value,
    null,
  );
});

Deno.test("nvlinkPeers() is refuted by PCIe alone, and not by bridges between some pairs only", () => {
  assertEquals(nvlinkPeers(joined({ kind: "PHB" })).value, false);
  const gpus = [1, 2, 3, 4].map((bus) => gpuAt(bus));
  const topology = matrixOf(4, { kind: "NODE" });
  const row = { ...topology.connections["GPU0"], GPU2: NV4 };
  const bridged = { ...topology, connections: { ...topology.connections, GPU0: row } };
  const reading = nvlinkPeers(readingOf(gpus, { inventory: { topology: bridged } }));
  assertEquals(reading.value, true);
  assertStringIncludes(JSON.stringify(reading), "Of 6 pairs of GPUs, 1 is joined by NVLink");
});

Deno.test("nvlinkPeers() decides nothing by a matrix that may not show the NVLinks", () => {
  const mig = { mig: { current: true, pending: true } };
  const readings = [
    joined({ kind: "unknown", text: "C2C" }),
    joined({ kind: "SYS" }, [gpuAt(1, mig), gpuAt(2)]),
    joined({ kind: "SYS" }, [gpuAt(1, { lost: "GPU is lost" }), gpuAt(2)]),
    readingOf(TWO, { inventory: { topology: matrixOf(1, NV4) } }),
    readingOf(TWO, { inventory: { topology: null } }),
  ];
  for (const reading of readings) assertEquals(nvlinkPeers(reading).value, null);
  assertEquals(lacking(nvlinkPeers(readingOf([gpuAt(1)]))), "gpus");
});

Deno.test("infinibandActive() needs an active InfiniBand port in the GPUs' matrix", () => {
  const port = (linkLayer: string, active: boolean) => (
    { name: "mlx5_0/1", bitsPerSecond: 2e11, linkLayer, active }
  );
  const topology = { ...matrixOf(2, NV4), nicNames: { NIC0: "mlx5_0" } };
  const ask = (infiniband: ReturnType<typeof port>[], matrix: typeof topology | null = topology) =>
    infinibandActive(readingOf(TWO, { inventory: { topology: matrix }, host: { infiniband } }));
  assertEquals(ask([port("InfiniBand", true)]).value, true);
  assertEquals(lacking(ask([])), "infiniband");
  assertEquals(lacking(ask([port("Ethernet", true)])), "infiniband");
  assertEquals(ask([port("InfiniBand", false)]).value, null);
  assertEquals(ask([port("InfiniBand", true)], { ...topology, nicNames: {} as never }).value, null);
  assertEquals(ask([port("InfiniBand", true)], null).value, null);
});
