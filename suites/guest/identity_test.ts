import { assertEquals } from "@std/assert";
import { extensionOf } from "./identity.ts";

Deno.test("extensionOf() names the processor's own virtualization, and never the rest of a word", () => {
  const cases: [string | null, "vmx" | "svm" | null][] = [
    ["processor\t: 0\nflags\t\t: fpu vme vmx est\nvmx flags\t: vnmi ept\n", "vmx"],
    ["flags\t\t: fpu svm\nbugs\t\t: x\n", "svm"],
    ["flags\t\t: fpu hypervisor\n", null],
    ["flags\t\t: svm_lock xvmx\nvmx flags\t: vmx\n", null],
    ["Features\t: fp asimd\n", null],
    ["", null],
    [null, null],
  ];
  for (const [cpuinfo, extension] of cases) assertEquals(extensionOf(cpuinfo), extension);
});
