import { assertEquals } from "@std/assert";
import { needsOf } from "./needs.ts";

type Needed = { readonly judged: readonly string[]; readonly workloads: readonly string[] };

function needed(id: string, experiment: string, bareMetal = true): Needed {
  const found = [...needsOf([id], { bareMetal })].find(([name]) => name === experiment)?.[1];
  return { judged: [...found?.judged ?? []].sort(), workloads: [...found?.workloads ?? []].sort() };
}

const TRANSFERS = ["device-to-host", "host-to-device", "on-device"];

const CASES: Record<string, [id: string, experiment: string, expected: Needed]> = {
  "a figure between bounds": ["06.1.2/fact/pcie-latency", "gpu-latency", {
    judged: ["native-again"],
    workloads: ["host-read"],
  }],
  "a guest against bare metal": ["11.3/gpu-performance/vm", "gpu-transfer", {
    judged: ["native-again"],
    workloads: TRANSFERS,
  }],
  "an arm in a band": ["11.3/gpu-performance/container", "gpu-transfer", {
    judged: ["container"],
    workloads: TRANSFERS,
  }],
};
for (const [words, [id, experiment, expected]] of Object.entries(CASES)) {
  Deno.test(`needsOf() has ${words} decided on its workloads`, () => {
    assertEquals(needed(id, experiment), expected);
  });
}

Deno.test("needsOf() measures nothing inside a guest for what only bare metal can show", () => {
  const id = "08.4.1/gpu-performance/physical";
  assertEquals(needed(id, "gpu-transfer").judged, ["native-again"]);
  assertEquals(needed(id, "gpu-transfer", false).judged, []);
});
