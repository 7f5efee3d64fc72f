import { assert, assertStringIncludes } from "@std/assert";
import { examine } from "../suites/doctor.ts";
import { sampleFindings } from "../suites/testing/findings.ts";
import { doctorText } from "./doctor.ts";

Deno.test("doctorText() says what is missing, what rests on it, and how to get it", () => {
  const text = doctorText(examine(sampleFindings({ iommuGroups: 0 }, ["wasmtime"])));
  assertStringIncludes(text, "✘ wasmtime             missing: runs the sandbox arms, for ");
  assertStringIncludes(text, "\n      Install wasmtime.\n");
  assert(/✘ sandbox-view +for \d+ claims, 0 of them here; the others lack wasmtime\n/.test(text));
  assert(
    /◐ attack-surface +for 3 claims, [12] of them here; the others lack wasmtime\n/.test(text),
  );
  assert(/✔ network +for \d+ claims\n/.test(text));
  assert(/ passthrough +for \d+ claims; this host lacks an IOMMU, and a device/.test(text));
  assertStringIncludes(text, "✘ an IOMMU, and a device to give away, for ");
});

Deno.test("doctorText() says that only a run tells whether guests boot with KVM", () => {
  const remark = /\? hardware virtualization .*\n +\S.*; whether guests boot with it, a run tries/;
  assert(remark.test(doctorText(examine(sampleFindings()))));
  const without = doctorText(examine(sampleFindings({ kvmDevice: false })));
  assertStringIncludes(without, "✘ hardware virtualization");
  assert(!remark.test(without));
});
