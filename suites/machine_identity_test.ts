import { assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import {
  configurationChanges,
  type Devices,
  isWhole,
  machineOf,
  mayBeOf,
} from "./machine_identity.ts";
import type { HostDescription, PciDescription } from "./result.ts";
import { sampleGpu } from "./testing/gpus.ts";

const NVME: PciDescription = {
  ...{ address: "0000:01:00.0", ids: "1b36:0010", classCode: "010802", driver: "nvme" },
  ...{ iommuGroup: null, above: null, physicalFunction: null },
};
const HOST: HostDescription = {
  ...{ hostname: "night-1", cpuModel: "Example", cpuCount: 8, environment: "bare metal" },
  ...{ bareMetal: true, memoryBytes: 2 ** 36, bootId: "1", cpuGovernor: "performance", tools: {} },
  ...{ firmware: "BIOS 1", gpuDriver: "550.54", kernel: "6.1", os: "Example 12" },
  ...{ pci: [NVME], infiniband: [], gpus: [sampleGpu()] },
};

const functions = fc.array(
  fc.record({
    address: fc.string(),
    ids: fc.option(fc.constantFrom("8086:1", "10de:2", "1b36:3")),
    classCode: fc.constant(null),
    driver: fc.option(fc.string()),
    iommuGroup: fc.constant(null),
    above: fc.constant(null),
    physicalFunction: fc.constant(null),
  }),
);
const gpus = fc.array(
  fc.option(fc.string()).map((uuid) => sampleGpu({ uuid })),
);

function keyWith(changes: Partial<HostDescription>): string {
  return machineOf({ ...HOST, ...changes }).key;
}

Deno.test("machineOf() gives the same key when PCI functions and GPUs stand in another order", () => {
  fc.assert(fc.property(functions, gpus, fc.infiniteStream(fc.nat()), (pci, gpus, picks) => {
    const mixed = { pci: shuffledBy(pci, picks), gpus: shuffledBy(gpus, picks) };
    assertEquals(keyWith(mixed), keyWith({ pci, gpus }));
  }));
});

function shuffledBy<T>(items: readonly T[], picks: Iterator<number>): T[] {
  return items.map((item) => ({ item, place: Number(picks.next().value) }))
    .sort((a, b) => a.place - b.place).map(({ item }) => item);
}

Deno.test("machineOf() gives the same key when a boot, a night or an update changed the readings", () => {
  const changes = fc.record({
    bootId: fc.string(),
    memoryBytes: fc.option(fc.nat()),
    cpuGovernor: fc.option(fc.string()),
    firmware: fc.option(fc.string()),
    gpuDriver: fc.option(fc.string()),
    kernel: fc.string(),
    os: fc.string(),
    tools: fc.dictionary(fc.string(), fc.option(fc.string())),
  });
  fc.assert(fc.property(changes, (changes) => assertEquals(keyWith(changes), keyWith({}))));
});

Deno.test("machineOf() gives another key when a GPU has another UUID", () => {
  fc.assert(fc.property(gpus, fc.uuid(), fc.uuid(), (others, one, other) => {
    fc.pre(one !== other);
    const [with1, with2] = [one, other].map((uuid) =>
      keyWith({ gpus: [...others, sampleGpu({ uuid })] })
    );
    assertNotEquals(with1, with2);
  }));
});

const OTHERS: Record<string, Partial<HostDescription>> = {
  "its name is": { hostname: "other" },
  "its processor is": { cpuModel: "other" },
  "the number of processors is": { cpuCount: 17 },
  "its environment is": { environment: "inside a KVM guest" },
  "a device went": { pci: [] },
  "a second device of a kind came": { pci: [NVME, NVME] },
  "no device could be listed": { pci: null },
  "the GPUs are unknown": { gpus: null },
  "there is no GPU": { gpus: [] },
};
for (const [words, changes] of Object.entries(OTHERS)) {
  Deno.test(`machineOf() gives a key of its own when ${words}`, () => {
    const others = [{}, ...Object.values(OTHERS).filter((other) => other !== changes)].map(keyWith);
    assertEquals(others.includes(keyWith(changes)), false);
  });
}

Deno.test("machineOf() gives the same key when virtual functions were made", () => {
  const virtual = { ...NVME, address: "0000:01:00.1", physicalFunction: NVME.address };
  assertEquals(keyWith({ pci: [NVME, virtual] }), keyWith({}));
});

Deno.test("machineOf() gives the same key whatever is told of InfiniBand and of a fabric", () => {
  const registered = { state: "Completed", status: "Success", clusterUuid: "1", cliqueId: 2 };
  const gpus = HOST.gpus?.map((gpu) => ({ ...gpu, fabric: registered })) ?? null;
  assertEquals(keyWith({ gpus, infiniband: null }), keyWith({}));
});

Deno.test("machineOf() tells no UUID, since identities are published", () => {
  const uuid = "GPU-11111111-2222-4333-8444-555555555555";
  const text = JSON.stringify(machineOf({ ...HOST, gpus: [sampleGpu({ uuid })] }));
  assertEquals(text.includes(uuid), false);
});

Deno.test("machineOf() gives the key that earlier versions gave", () => {
  // The histories of all machines hang on it: another key makes each of them a new one.
  assertEquals(machineOf(HOST).key, "7a1e45803752e74b");
});

Deno.test("configurationChanges() names what an update changed, and what became unknown", () => {
  const { configuration } = machineOf(HOST);
  const after = { ...configuration, kernel: "6.2", gpuDriver: null };
  assertEquals(configurationChanges(configuration, after), [
    "GPU driver 550.54 -> unknown",
    "kernel 6.1 -> 6.2",
  ]);
  assertEquals(configurationChanges(configuration, { ...configuration }), []);
});

const KNOWN: Devices = { pci: ["10de:1", "10de:1"], gpus: ["a", "b"] };
const TOLD: Record<string, [told: Devices, may: boolean]> = {
  "it does not know its GPUs": [{ ...KNOWN, gpus: null }, true],
  "it could not list its PCI functions": [{ ...KNOWN, pci: null }, true],
  "it tells of no GPU although PCI lists NVIDIA's devices": [{ ...KNOWN, gpus: [] }, true],
  "a GPU does not tell its UUID": [{ ...KNOWN, gpus: ["b", "unknown"] }, true],
  "a GPU is lost, and another tells no UUID": [{ ...KNOWN, gpus: ["unknown"] }, true],
  "a GPU went": [{ pci: null, gpus: ["a"] }, false],
  "a GPU is another one": [{ pci: null, gpus: ["a", "c"] }, false],
  "a GPU that tells its UUID is another one": [{ ...KNOWN, gpus: ["c", "unknown"] }, false],
  "a GPU came": [{ ...KNOWN, gpus: ["a", "b", "unknown"] }, false],
  "a device went": [{ pci: ["10de:1"], gpus: null }, false],
};
for (const [words, [told, may]] of Object.entries(TOLD)) {
  Deno.test(`mayBeOf() says ${may ? "yes" : "no"} when ${words}`, () => {
    assertEquals([isWhole(told), mayBeOf(told, KNOWN)], [false, may]);
  });
}

Deno.test("mayBeOf() leaves open what the known machine never told", () => {
  for (const gpus of [null, ["a", "unknown"]]) {
    assertEquals(mayBeOf({ pci: null, gpus: ["a", "b"] }, { pci: KNOWN.pci, gpus }), true);
  }
  assertEquals(mayBeOf({ ...KNOWN, gpus: null }, { ...KNOWN, pci: null }), true);
});
