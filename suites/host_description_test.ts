import { assertEquals } from "@std/assert";
import { environmentOf, type EnvironmentReadings } from "./host_description.ts";

const BARE: EnvironmentReadings = {
  lscpu: "Architecture: x86_64\nVirtualization: VT-x\n",
  dmi: "Supermicro SYS-4029GP",
  cpuinfo: "processor\t: 0\nflags\t\t: fpu vme svm\n",
  namespaces: "pid:[4026531836]\nuts:[4026531838]\nipc:[4026531839]\n",
  kernel: "6.1.0-13-amd64",
};
const GUEST_FLAGS = { cpuinfo: "processor\t: 0\nflags\t\t: fpu hypervisor lahf_lm\n" };

const CASES: [string, Partial<EnvironmentReadings>, string][] = [
  ["bare metal", {}, "bare metal"],
  [
    "a Firecracker guest without DMI",
    { ...GUEST_FLAGS, lscpu: "Hypervisor vendor:   KVM\n", dmi: null, kernel: "6.18.44-fc-v1" },
    "inside a KVM guest (Firecracker)",
  ],
  [
    "a cloud guest",
    { ...GUEST_FLAGS, lscpu: "Hypervisor vendor: Xen\n", dmi: "Amazon EC2 m5" },
    "inside a Xen guest (Amazon EC2 m5)",
  ],
  [
    "a guest that hides the hypervisor bit",
    { dmi: "QEMU Standard PC (Q35 + ICH9, 2009)" },
    "inside a guest that hides its hypervisor (QEMU Standard PC (Q35 + ICH9, 2009))",
  ],
  ["bare metal at a cloud's", { dmi: "Amazon EC2 m5.metal" }, "bare metal"],
  [
    "an ARM machine that shows nothing of itself",
    { cpuinfo: "processor\t: 0\nFeatures\t: fp asimd\n", lscpu: null, dmi: null },
    "of unknown kind: /proc/cpuinfo shows no flags",
  ],
  ["a guest without lscpu", { ...GUEST_FLAGS, lscpu: null, dmi: null }, "inside a virtual guest"],
  [
    "a container by its own namespaces",
    { namespaces: "pid:[4026532201]\nuts:[4026532199]\nipc:[4026532200]\n" },
    "in a container",
  ],
  [
    "a container with the host's processes",
    { namespaces: "pid:[4026531836]\nuts:[4026532199]\nipc:[4026532200]\n" },
    "in a container",
  ],
  ["namespaces that cannot be read", { namespaces: null }, "in a container"],
  [
    "no flags at all",
    { cpuinfo: null, lscpu: null },
    "of unknown kind: /proc/cpuinfo shows no flags",
  ],
];
for (const [name, readings, expected] of CASES) {
  Deno.test(`environmentOf() recognises ${name}`, () => {
    assertEquals(environmentOf({ ...BARE, ...readings }), expected);
  });
}
