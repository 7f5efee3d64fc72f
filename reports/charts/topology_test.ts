import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { assertSnapshot } from "@std/testing/snapshot";
import * as fc from "fast-check";
import type { PciDescription, Result } from "../../suites/result.ts";
import { pciFunction } from "../testing/pci.ts";
import { sampleResult } from "../testing/sample_result.ts";
import { trimmed } from "../testing/trimmed.ts";
import { pciClassInWords } from "./pci_classes.ts";
import { topologyChart } from "./topology.ts";
import { foremost, groupRuns, treeLines } from "./topology_tree.ts";

function withPci(pci: readonly PciDescription[] | null): Result {
  const result = sampleResult();
  return { ...result, host: { ...result.host, pci } };
}

function addresses(pci: readonly PciDescription[]): (string | null)[] {
  return treeLines(pci).map((line) => "root" in line ? null : line.pci.address);
}

const ADDRESS = fc.nat(30).map((n) => `0000:${n.toString(16).padStart(2, "0")}:00.0`);

/** Any list, also one whose functions stand above each other in a circle. */
const PCI = fc.uniqueArray(
  fc.record({
    address: ADDRESS,
    above: fc.option(ADDRESS),
    physicalFunction: fc.option(ADDRESS),
    iommuGroup: fc.option(fc.constantFrom("1", "2", "3")),
    classCode: fc.option(fc.constantFrom("030200", "010802", "060400", "020000")),
  }).map(({ address, ...known }) => pciFunction(address, known)),
  { selector: ({ address }) => address, maxLength: 25 },
);

Deno.test("topologyChart() draws the sample", async (t) => {
  await assertSnapshot(t, trimmed(topologyChart(sampleResult())));
});

Deno.test("topologyChart() draws nothing when no functions are known", () => {
  assertEquals(topologyChart(withPci(null)), null);
  assertEquals(topologyChart(withPci([])), null);
});

Deno.test("topologyChart() says so when a host has no IOMMU groups", () => {
  const text = JSON.stringify(topologyChart(withPci([pciFunction("0000:00:01.0")])));
  assertStringIncludes(text, "1 function. This host shows no IOMMU groups.");
});

Deno.test("topologyChart() says how many it leaves out when there are too many", () => {
  const many = Array.from({ length: 150 }, (_, n) => pciFunction(`0000:${n}:00.0`));
  assertStringIncludes(JSON.stringify(topologyChart(withPci(many))), "Left out: 30;");
});

Deno.test("treeLines() puts virtual functions below their physical one", () => {
  const above = "0000:00:01.0";
  const physicalFunction = "0000:01:00.0";
  const pci = [
    pciFunction(above),
    pciFunction("0000:00:02.0"),
    pciFunction(physicalFunction, { above }),
    pciFunction("0000:01:00.1", { above, physicalFunction }),
  ];
  const lines = treeLines(pci);
  assertEquals(addresses(pci), [
    ...[null, above, physicalFunction, "0000:01:00.1"],
    "0000:00:02.0",
  ]);
  assertEquals(lines.map((line) => "root" in line ? line.root : line.depth), [
    "0000:00",
    ...[1, 2, 3, 1],
  ]);
});

Deno.test("treeLines() has every function once, below what it hangs on, also in a circle", () => {
  fc.assert(fc.property(PCI, (pci) => {
    const lines = treeLines(pci);
    const found = addresses(pci).filter((address) => address !== null);
    assertEquals(found.toSorted(), pci.map(({ address }) => address).toSorted());
    for (const [index, line] of lines.entries()) assert("root" in line || line.parent < index);
  }));
});

Deno.test("groupRuns() hold every function of a group, and no other", () => {
  fc.assert(fc.property(PCI, (pci) => {
    const lines = treeLines(pci);
    const inRuns = groupRuns(lines, pci).flatMap(({ group, first, last }) =>
      lines.slice(first, last + 1).map((line) =>
        "root" in line ? "" : `${group} ${line.pci.address}`
      )
    );
    const grouped = pci.filter(({ iommuGroup }) => iommuGroup !== null);
    const wanted = grouped.map(({ iommuGroup, address }) => `${iommuGroup} ${address}`);
    assertEquals(inRuns.toSorted(), wanted.toSorted());
  }));
});

Deno.test("groupRuns() says that a group goes on when another stands inside it", () => {
  const pci = ["6", "7", "6"].map((iommuGroup, n) =>
    pciFunction(`0000:00:0${n}.0`, { iommuGroup })
  );
  const runs = groupRuns(treeLines(pci), pci);
  assertEquals(runs.map(({ part, parts, members }) => [part, parts, members]), [
    [1, 2, 2],
    [1, 1, 1],
    [2, 2, 2],
  ]);
});

Deno.test("foremost() keeps to its bound, and with a function what is above it", () => {
  fc.assert(fc.property(PCI, fc.integer({ min: 1, max: 25 }), (pci, most) => {
    const chosen = foremost(pci, most);
    assert(chosen.length <= most);
    const kept = new Set(chosen.map(({ address }) => address));
    const all = new Set(pci.map(({ address }) => address));
    for (const { above, physicalFunction } of chosen) {
      const parent = all.has(physicalFunction ?? "") ? physicalFunction : above;
      assert(!all.has(parent ?? "") || kept.has(parent ?? ""));
    }
  }));
});

Deno.test("foremost() prefers GPUs when there is no room for all", () => {
  const gpu = pciFunction("0000:09:00.0", { classCode: "030200", ids: "10de:2331" });
  const others = [1, 2, 3].map((n) => pciFunction(`0000:0${n}:00.0`, { classCode: "020000" }));
  assertEquals(foremost([...others, gpu], 1), [gpu]);
});

Deno.test("pciClassInWords() knows base classes, and some subclasses better", () => {
  assertEquals(pciClassInWords("010802"), "NVMe controller");
  assertEquals(pciClassInWords("01ff00"), "storage controller");
  assertEquals(pciClassInWords("770000"), "of class 770000");
  assertEquals(pciClassInWords("constructor"), "of class constructor");
  assertEquals(pciClassInWords(null), "of unknown class");
});
