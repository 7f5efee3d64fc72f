import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Problem } from "../../problem.ts";
import { ALLOWED, CONFINED, type Part, printed } from "../../runners/webgpu/webgpu_samples.ts";
import { parseWebgpuView } from "../../runners/webgpu/webgpu_view.ts";
import { negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import { noDeviceFile } from "./files.ts";

function computing(value: boolean): Observation {
  const controls = [positive("p", true, "p"), negative("n", true, "n")];
  return observed("webgpu/computes", { value, seen: "it computes", controls });
}

function made(confined: Part, allowed: Part = ALLOWED, computes = true): Observation {
  const [without, withAll] = [confined, allowed].map((part) =>
    parseWebgpuView(printed({}, part)).attempts
  );
  if (without === undefined || withAll === undefined) throw new Error("no attempts");
  return noDeviceFile({ confined: without, allowed: withAll }, computing(computes));
}

Deno.test("noDeviceFile() is true where every attempt is refused and would succeed", () => {
  const { value, seen, controls } = made(CONFINED);
  assertEquals([value, controls.map(({ held }) => held)], [true, [true, true, true]]);
  assertStringIncludes(seen, "all 6 attempts are refused");
  assertStringIncludes(seen, "with every permission 5 succeed");
});

Deno.test("noDeviceFile() is false where a single attempt succeeds", () => {
  const { value, seen } = made({ ...CONFINED, "import /etc/passwd as text": null });
  assertEquals(value, false);
  assertStringIncludes(seen, "import /etc/passwd as text");
});

Deno.test("noDeviceFile() takes the system's refusals for no answer of Deno's", () => {
  const system = [
    "NotFound: No such file or directory (os error 2)",
    "PermissionDenied: Permission denied (os error 13)",
    "TypeError: Deno.open is not a function",
  ];
  for (const error of system) {
    const confined = { ...CONFINED, "open /dev/nvidia0": error };
    assertThrows(() => made(confined), Problem, "open /dev/nvidia0");
  }
});

Deno.test("noDeviceFile() has controls that can fail", () => {
  const changes: readonly Part[] = [
    { ...ALLOWED, "open /dev/null": "PermissionDenied: (os error 13)" },
    { ...ALLOWED, "open /etc/passwd": "NotFound: (os error 2)" },
    { ...ALLOWED, "open /dev/no-such-device": null },
  ];
  for (const allowed of changes) {
    assertEquals(made(CONFINED, allowed).controls.every(({ held }) => held), false);
  }
  assertThrows(() => made(CONFINED, { "open /dev/null": null }), Problem, "open /etc/passwd");
  assertEquals(made(CONFINED, ALLOWED, false).controls.every(({ held }) => held), false);
});
