import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UsageProblem } from "../../problem.ts";
import { isName, labelPart, LONGEST_LABEL, type NameKind, nameOf } from "./names.ts";

const GOOD: readonly [NameKind, string][] = [
  ["label", "a"],
  ["label", "a".repeat(63)],
  ["subdomain", "ip-10-0-0-1.eu-west-1.compute.internal"],
  ["subdomain", "0"],
  ["resource", "nvidia.com/gpu"],
  ["resource", "nvidia.com/mig-1g.5gb"],
  ["image", "debian"],
  ["image", "Registry.example:5000/x/tools:1.2-A"],
  ["image", "Registry:5000/tools"],
  ["image", "localhost/tools"],
  ["image", "someone/a-b_c__d.e--f:1"],
  ["image", `nvcr.io/nvidia/cuda:13.0@sha256:${"0".repeat(64)}`],
];

const BAD: readonly [NameKind, string][] = [
  ["label", ""],
  ["label", "a".repeat(64)],
  ["label", "-a"],
  ["label", "a\n"],
  ["label", "a.b"],
  ["subdomain", "GPU01"],
  ["subdomain", "../gpu01"],
  ["subdomain", "a..b"],
  ["subdomain", "a".repeat(254)],
  ["resource", "cpu"],
  ["resource", "requests.nvidia.com/gpu"],
  ["resource", "kubernetes.io/gpu"],
  ["resource", "x.kubernetes.io/gpu"],
  ["resource", `nvidia.com/${"g".repeat(64)}`],
  ["image", " debian"],
  ["image", "debian\nprivileged: true"],
  ["image", "debian:"],
  ["image", `debian:${"1".repeat(129)}`],
  ["image", "Debian"],
  ["image", "Someone/tools"],
  ["image", "registry.example/x/Tools:1"],
  ["image", "registry.example/x:5000/tools"],
  ["image", "registry.example/a..b"],
];

Deno.test("isName() takes what Kubernetes takes", () => {
  for (const [kind, name] of GOOD) assert(isName(kind, name), `${kind} ${name}`);
});

Deno.test("isName() refuses what Kubernetes refuses", () => {
  for (const [kind, name] of BAD) assert(!isName(kind, name), `${kind} ${JSON.stringify(name)}`);
});

Deno.test("nameOf() names the option and what was seen", () => {
  const { message } = assertThrows(() => nameOf("label", "namespace", "a_b"), UsageProblem);
  assertStringIncludes(message, "Cannot use --namespace: it is not a name of at most 63 small");
  assertStringIncludes(message, '"a_b"');
});

Deno.test("labelPart() is empty or a label of the wanted length, whatever the name", () => {
  fc.assert(fc.property(fc.string({ maxLength: 80 }), fc.integer({ max: 70 }), (name, longest) => {
    const part = labelPart(name, longest);
    assert(part === "" || isName("label", part) || part.length > LONGEST_LABEL);
    assert(part.length <= Math.max(0, longest));
  }));
  assertEquals(labelPart("gpu-01.rack-2.example", 12), "gpu-01-rack");
});
