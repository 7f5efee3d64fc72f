import { assertEquals, assertThrows } from "@std/assert";
import { Problem } from "../../problem.ts";
import { connectionBetween, parseGpuTopology } from "./gpu_topology.ts";

const LEGEND = `
Legend:

  X    = Self
  SYS  = Connection traversing PCIe as well as the SMP interconnect between NUMA nodes (e.g., QPI/UPI)
  NV#  = Connection traversing a bonded set of # NVLinks
`;
// As drivers since 545 print it: underlined, with a column more, and tabs to fill it.
const NEW = "\t\x1b[4mGPU0\tGPU1\tNIC0\tNIC1\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\x1b[0m\n" +
  "GPU0\t X \tNV18\tPXB\tSYS\t0-31,64-95\t0\t\tN/A\n" +
  "GPU1\tNV18\t X \tNODE\tPHB\t\t1\t\tN/A\n" +
  "NIC0\tPXB\tNODE\t X \tPIX\t\t\t\t\n" +
  "NIC1\tSYS\tPHB\tPIX\t X \t\t\t\t\n" + LEGEND +
  "\nNIC Legend:\n\n  NIC0: mlx5_0\n  NIC1: mlx5_bond_0\n";
const OLD = "\tGPU0\tGPU1\tmlx5_0\tCPU Affinity\n" +
  "GPU0\t X \tSOC\tPIX\t0-15\n" +
  "GPU1\tSOC\t X \tSYS\t16-31\n" +
  "mlx5_0\tPIX\tSYS\t X \t\n" + LEGEND;

Deno.test("parseGpuTopology() reads how each device is joined to each", () => {
  const topology = parseGpuTopology(NEW);
  const between = (from: string, to: string) => connectionBetween(topology, from, to);
  assertEquals(between("GPU0", "GPU0"), { kind: "self" });
  assertEquals(between("GPU0", "GPU1"), { kind: "nvlink", links: 18 });
  assertEquals(between("GPU0", "NIC0"), { kind: "PXB" });
  assertEquals(between("NIC0", "NIC1"), { kind: "PIX" });
  assertEquals(between("GPU1", "NIC1"), { kind: "PHB" });
  assertEquals(between("NIC0", "GPU1"), { kind: "NODE" });
  assertEquals(between("GPU0", "GPU7"), null);
  assertEquals(between("GPU7", "GPU0"), null);
});

Deno.test("parseGpuTopology() reads affinities, also behind an empty one", () => {
  assertEquals(parseGpuTopology(NEW).devices, [
    { name: "GPU0", kind: "gpu", cpuAffinity: "0-31,64-95", numaAffinity: "0" },
    { name: "GPU1", kind: "gpu", cpuAffinity: null, numaAffinity: "1" },
    { name: "NIC0", kind: "nic", cpuAffinity: null, numaAffinity: null },
    { name: "NIC1", kind: "nic", cpuAffinity: null, numaAffinity: null },
  ]);
  const one = "\tGPU0\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\nGPU0\t X \t0-7\t\tN/A\t\tN/A\n";
  const device = { name: "GPU0", kind: "gpu", cpuAffinity: "0-7", numaAffinity: null } as const;
  assertEquals(parseGpuTopology(one).devices, [device]);
});

Deno.test("parseGpuTopology() names NICs by their legend, or as the matrix does", () => {
  assertEquals(parseGpuTopology(NEW).nicNames, { NIC0: "mlx5_0", NIC1: "mlx5_bond_0" });
  assertEquals(parseGpuTopology(OLD).nicNames, { mlx5_0: "mlx5_0" });
  assertEquals(parseGpuTopology(OLD).devices.map(({ kind }) => kind), ["gpu", "gpu", "nic"]);
  const noLegend = parseGpuTopology(NEW.slice(0, NEW.indexOf("NIC Legend")));
  assertEquals(noLegend.nicNames, {});
});

Deno.test("parseGpuTopology() reads old words, and matrices whose tabs were lost", () => {
  const old = parseGpuTopology(OLD);
  assertEquals(connectionBetween(old, "GPU0", "GPU1"), { kind: "SYS" });
  assertEquals(old.devices[1]?.cpuAffinity, "16-31");
  const spaced = parseGpuTopology(OLD.replaceAll("\t", "    ").replaceAll("\n", "\r\n"));
  assertEquals(spaced, old);
});

Deno.test("parseGpuTopology() keeps what it does not know as unknown", () => {
  const odd = parseGpuTopology("\tGPU0\tGPU1\nGPU0\t X \tNV0\nGPU1\tXYZ\n");
  assertEquals(connectionBetween(odd, "GPU0", "GPU1"), { kind: "unknown", text: "NV0" });
  assertEquals(connectionBetween(odd, "GPU1", "GPU0"), { kind: "unknown", text: "XYZ" });
  assertEquals(connectionBetween(odd, "GPU1", "GPU1"), { kind: "unknown", text: "" });
});

Deno.test("parseGpuTopology() refuses a text without a matrix", () => {
  for (const text of ["", "Not Supported\n", LEGEND, "\tGPU0\tCPU Affinity\n"]) {
    assertThrows(() => parseGpuTopology(text), Problem, "topo -m");
  }
});
