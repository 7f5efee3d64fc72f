import { assertEquals } from "@std/assert";
import { hardwareChanges } from "./hardware_changes.ts";
import type { Hardware } from "./machine_identity.ts";

const HARDWARE: Hardware = {
  ...{ hostname: "night-1", cpuModel: "Example", cpuCount: 16, environment: "bare metal" },
  ...{ pci: ["10de:1", "10de:1", "8086:2"], gpus: ["a", "b"] },
};

const CHANGES: [changes: Partial<Hardware>, words: string[]][] = [
  [{}, []],
  [{ hostname: "other" }, []],
  [{ cpuModel: "Other", cpuCount: 15 }, ["processor Example -> Other", "processors 16 -> 15"]],
  [{ environment: "in a container" }, ["environment bare metal -> in a container"]],
  [{ pci: ["10de:1", "8086:2", "8086:3"] }, ["PCI devices: gone 10de:1, new 8086:3"]],
  [{ pci: null, gpus: ["a", "c"] }, ["PCI devices known -> unknown", "GPUs: gone 1, new 1"]],
  [{ gpus: [] }, ["GPUs: gone 2"]],
  [{ pci: [..."bcdefg", ...HARDWARE.pci ?? []] }, ["PCI devices: new b c d e 2 more"]],
];
for (const [changes, words] of CHANGES) {
  Deno.test(
    `hardwareChanges() tells of ${words.join(" and ") || "nothing"} when ${
      Object.keys(changes).join(" and ") || "nothing"
    } changed`,
    () => assertEquals(hardwareChanges(HARDWARE, { ...HARDWARE, ...changes }), words),
  );
}
