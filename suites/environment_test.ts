import { assertEquals } from "@std/assert";
import { mayBeEnvironment } from "./environment.ts";
import { environmentOf, type EnvironmentReadings } from "./host_description.ts";

const GUEST: EnvironmentReadings = {
  lscpu: "Hypervisor vendor:   KVM\n",
  dmi: "QEMU Standard PC",
  cpuinfo: "processor\t: 0\nflags\t\t: fpu hypervisor\n",
  namespaces: "pid:[4026531836]\nuts:[4026531838]\nipc:[4026531839]\n",
  kernel: "6.1",
};

const OTHERS: [words: string, changes: Partial<EnvironmentReadings>, may: boolean][] = [
  ["nothing differs", {}, true],
  ["lscpu timed out", { lscpu: null }, true],
  ["another hypervisor is told", { lscpu: "Hypervisor vendor: Xen\n" }, false],
  ["the firmware is another's", { lscpu: null, dmi: "Another guest" }, false],
  ["it is in a container", { namespaces: "pid:[1]\nuts:[1]\nipc:[1]\n" }, false],
  ["it is bare metal", { lscpu: null, dmi: "Maker", cpuinfo: "flags : fpu\n" }, false],
];
for (const [words, changes, may] of OTHERS) {
  Deno.test(`mayBeEnvironment() says ${may ? "yes" : "no"} when ${words}`, () => {
    const [one, other] = [environmentOf(GUEST), environmentOf({ ...GUEST, ...changes })];
    assertEquals([mayBeEnvironment(one, other), mayBeEnvironment(other, one)], [may, may]);
  });
}
