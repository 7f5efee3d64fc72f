import { assertEquals } from "@std/assert";
import { parseComputeApps } from "./compute_apps.ts";

Deno.test("parseComputeApps() reads processes with the memory that they take", () => {
  assertEquals(parseComputeApps("4242, 512\n17, [N/A]\n"), [
    { pid: 4242, usedMemoryBytes: 512 * 2 ** 20 },
    { pid: 17, usedMemoryBytes: null },
  ]);
  assertEquals(parseComputeApps("\n"), []);
  assertEquals(parseComputeApps("4242, [Not Supported]\n"), [{ pid: 4242, usedMemoryBytes: null }]);
});

Deno.test("parseComputeApps() takes no message for a list", () => {
  for (
    const text of ["No devices were found\n", "4242\n", "[N/A], 512\n", "4242, 512\nrubbish\n"]
  ) {
    assertEquals(parseComputeApps(text), null);
  }
});
