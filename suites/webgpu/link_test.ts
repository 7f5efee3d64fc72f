import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseWebgpuInterface } from "../../runners/webgpu/webgpu_interface.ts";
import { INTERFACE_DOCUMENT } from "../../runners/webgpu/webgpu_samples.ts";
import type { Observation } from "../result.ts";
import { noLink } from "./link.ts";

function made(names: Readonly<Record<string, readonly string[]>> = {}): Observation {
  const document = { ...INTERFACE_DOCUMENT, names: { ...INTERFACE_DOCUMENT.names, ...names } };
  return noLink(parseWebgpuInterface(JSON.stringify(document)));
}

Deno.test("noLink() is true where no name tells of a link", () => {
  const { value, controls, seen } = made();
  assertEquals([value, controls.filter(({ held }) => !held)], [true, []]);
  assertStringIncludes(seen, "gpu, info, limits, features");
});

Deno.test("noLink() is false where a name has a word of links, and only a whole word", () => {
  const telling = ["pcieGeneration", "linkWidth", "memoryBandwidth", "numaNode", "pci-bus-id"];
  for (const name of telling) {
    const { value, seen } = made({ info: ["vendor", name] });
    assertEquals(value, false, name);
    assertStringIncludes(seen, name);
  }
  const others = ["robustness", "linkedProgram", "translanes", "speedometer"];
  assertEquals(made({ features: others }).value, true);
});

Deno.test("noLink() decides nothing where the names are not those of WebGPU", () => {
  const { controls } = made({ limits: [] });
  assertEquals(controls.some(({ held }) => !held), true);
  assertEquals(made({ gpu: ["nonesuch"] }).controls.some(({ held }) => !held), true);
});
