import { assertEquals } from "@std/assert";
import { isInThisVersion, purposeOf, requirementInWords, statementOf } from "./check_words.ts";

Deno.test("requirementInWords() leaves a name that it does not know as it is", () => {
  assertEquals(requirementInWords("iommu"), "an IOMMU, and a device to give away");
  assertEquals(requirementInWords("toString"), "toString");
});

Deno.test("statementOf() and purposeOf() know no names but their own", () => {
  assertEquals(statementOf("sandbox-view/clocks"), "a module reads the host's clocks");
  assertEquals(purposeOf("passthrough"), "a PCI device bound to vfio-pci and given to a guest");
  assertEquals([statementOf("constructor"), purposeOf("__proto__")], [null, null]);
});

Deno.test("isInThisVersion() is true for probes and experiments alone", () => {
  const checks = ["guest-view", "storage", "passthrough", "toString"];
  assertEquals(checks.map(isInThisVersion), [true, true, false, false]);
});
