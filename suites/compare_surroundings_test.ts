import { assert, assertEquals } from "@std/assert";
import { surroundingsOf } from "./compare_surroundings.ts";
import type { HostDescription, PciDescription, RunDescription } from "./result.ts";
import { sampleFindings } from "./testing/findings.ts";
import { sampleGpu } from "./testing/gpus.ts";
import { sampleRun } from "./testing/runs.ts";

function described(host: Partial<HostDescription> = {}, run: Partial<RunDescription> = {}) {
  return { host: { ...sampleFindings().host, ...host }, run: sampleRun(run) };
}

function pci(address: string): PciDescription {
  const nothing = { ids: null, classCode: null, driver: null, iommuGroup: null };
  return { address, ...nothing, above: null, physicalFunction: null };
}

Deno.test("surroundingsOf() finds nothing in what differs between any two runs", () => {
  const [a, b] = [described({ bootId: "1" }), described({ bootId: "2" }, { seed: 2 })];
  assertEquals(surroundingsOf(a, b), { sameHost: true, sameRun: true, differences: [] });
});

const REPLAY = { fixture: "lab", recordedAt: "", recordedOn: "", synthetic: false };
Deno.test("surroundingsOf() takes for one run what began at one time on one host, and no replay of it", () => {
  const others: [boolean, ReturnType<typeof described>][] = [
    [true, described({}, { endedAt: null, thresholds: { high: 0.9, medium: 0.5 } })],
    [false, described({}, { startedAt: "2026-01-02T00:00:00.000Z" })],
    [false, described({ hostname: "other" })],
    [false, described({}, { dryRun: REPLAY })],
  ];
  for (const [same, other] of others) {
    assertEquals(surroundingsOf(described(), other).sameRun, same);
  }
});

Deno.test("surroundingsOf() tells thresholds, versions, kernels and drivers that differ", () => {
  const { differences } = surroundingsOf(
    described({ kernel: "6.1", gpuDriver: "550" }),
    described({ kernel: "6.2" }, { version: "2.0.0", thresholds: { high: 0.9, medium: 0.5 } }),
  );
  assertEquals(differences.map(({ aspect, a, b }) => [aspect, a, b]), [
    ["thresholds", "high=0.95,medium=0.5", "high=0.9,medium=0.5"],
    ["version", "1.0.0", "2.0.0"],
    ["kernel", "6.1", "6.2"],
    ["gpu-driver", "550", null],
  ]);
});

Deno.test("surroundingsOf() tells a tool that is missing, or of another version", () => {
  const { differences } = surroundingsOf(
    described({ tools: { fio: "3.33", qemu: "7.2", docker: null } }),
    described({ tools: { fio: "3.36", qemu: "7.2", docker: null } }),
  );
  assertEquals(differences, [{ aspect: "tool", tool: "fio", a: "3.33", b: "3.36" }]);
});

Deno.test("surroundingsOf() lists the devices that one host alone has", () => {
  const { differences } = surroundingsOf(
    described({ gpus: [sampleGpu({ uuid: null }), sampleGpu({ uuid: null })], pci: null }),
    described({ gpus: [sampleGpu({ uuid: null })], pci: [pci("0000:00:01.0")] }),
  );
  assertEquals(differences.map(({ aspect, a, b }) => [aspect, a, b]), [
    ["gpus", ["NVIDIA X9000"], []],
    ["pci", null, ["0000:00:01.0 unknown"]],
  ]);
});

Deno.test("surroundingsOf() takes no heed of the memory that a kernel keeps for itself", () => {
  const gibibytes = (count: number) => described({ memoryBytes: count * 2 ** 30 });
  assertEquals(surroundingsOf(gibibytes(64), gibibytes(63.99)).differences, []);
  assert(surroundingsOf(gibibytes(64), gibibytes(32)).differences.length === 1);
});

Deno.test("surroundingsOf() takes hosts of another name, processor or GPU for two", () => {
  assert(!surroundingsOf(described(), described({ hostname: "other" })).sameHost);
  assert(!surroundingsOf(described(), described({ cpuModel: "other" })).sameHost);
  assert(!surroundingsOf(described(), described({ gpus: [sampleGpu({ uuid: "x" })] })).sameHost);
});
