import { assertEquals } from "@std/assert";
import { isOfOneHost, purposeOf, requirementInWords, statementOf } from "./check_words.ts";

Deno.test("requirementInWords() leaves a name that it does not know as it is", () => {
  assertEquals(requirementInWords("iommu"), "an IOMMU, and an NVMe device to give away");
  assertEquals(requirementInWords("toString"), "toString");
});

Deno.test("statementOf() and purposeOf() know no names but their own", () => {
  assertEquals(statementOf("sandbox-view/clocks"), "a module reads the host's clocks");
  const purpose = "PCI devices and virtual functions bound to vfio-pci and given to guests";
  assertEquals(purposeOf("passthrough"), purpose);
  assertEquals([statementOf("constructor"), purposeOf("__proto__")], [null, null]);
});

Deno.test("isOfOneHost() is true for probes and experiments alone", () => {
  const checks = ["guest-view", "passthrough", "passthrough-storage", "fleet", "toString"];
  assertEquals(checks.map(isOfOneHost), [true, true, true, false, false]);
});
