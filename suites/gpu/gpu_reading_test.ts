import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sampleLog } from "../../runners/gpu/nvidia_smi_samples.ts";
import { hiddenOne, lostOne, sameInSysfs } from "./gpu_reading.ts";
import { gpuAt, gpuFunction, readingOf } from "./sample_reading.ts";

const TWO = [gpuAt(1), gpuAt(2)];

function withFunction(...given: Parameters<typeof gpuFunction>) {
  const reading = readingOf([gpuAt(1)]);
  return {
    ...reading,
    host: { ...reading.host, pci: [...reading.host.pci, gpuFunction(...given)] },
  };
}

Deno.test("lostOne() finds a GPU that is lost, unreachable or left out of the log", () => {
  const unreached = "Unable to determine the device handle for GPU1: 0000:02:00.0: Unknown Error";
  const listed = { index: 1, name: null, uuid: null, busId: "0000:02:00.0", mig: [] };
  const readings = [
    readingOf([gpuAt(1), gpuAt(2, { lost: "GPU is lost" })]),
    readingOf([gpuAt(1)], { inventory: { list: [{ ...listed, error: unreached }] } }),
    readingOf([gpuAt(1)], { inventory: { log: { ...sampleLog([gpuAt(1)]), attachedGpus: 2 } } }),
  ];
  for (const reading of readings) assertEquals(lostOne(reading)?.lacks, "gpu");
  assertEquals(lostOne(readingOf(TWO)), null);
});

Deno.test("hiddenOne() finds a GPU that another driver drives, or none", () => {
  for (const driver of ["nouveau", "vfio-pci", null]) {
    const reading = withFunction("0000:02:00.0", { driver });
    assertStringIncludes(hiddenOne(reading)?.because ?? "", `driven by ${driver ?? "nothing"}`);
    // The driver tells the truth of those that are its own.
    assert(sameInSysfs(reading).held);
  }
});

Deno.test("hiddenOne() finds another maker's GPU, which is not the driver's to tell of", () => {
  for (const [vendor, classCode] of [["8086", "030000"], ["1002", "120000"]] as const) {
    const reading = withFunction("0000:02:00.0", { vendor, classCode, driver: "other" });
    assertStringIncludes(hiddenOne(reading)?.because ?? "", `0000:02:00.0 (${vendor}:`);
    assert(sameInSysfs(reading).held);
  }
});

Deno.test("hiddenOne() passes over what is no GPU of NVIDIA's", () => {
  const others = [
    { classCode: "040300", driver: "snd_hda_intel" },
    { classCode: "068000", driver: null },
    { vendor: "1a03", classCode: "030000", driver: "ast" },
    { physicalFunction: "0000:01:00.0", driver: "nvidia" },
  ];
  for (const other of others) {
    const reading = withFunction("0000:02:00.0", other);
    assertEquals([hiddenOne(reading), sameInSysfs(reading).held], [null, true]);
  }
});

Deno.test("sameInSysfs() fails where one of both tells of GPUs that the other does not", () => {
  // A container that was given one of two, WSL, a driver that tells no addresses, no GPU at all.
  const readings = [
    withFunction("0000:02:00.0"),
    readingOf(TWO, { host: { pci: [] } }),
    readingOf([gpuAt(1), gpuAt(2, { busId: null })]),
    readingOf([]),
  ];
  for (const reading of readings) assert(!sameInSysfs(reading).held);
  assert(sameInSysfs(readingOf(TWO)).held);
});
