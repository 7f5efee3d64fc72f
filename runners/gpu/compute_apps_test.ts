import { assertEquals } from "@std/assert";
import { fakeNvidiaSmi } from "../testing/fake_nvidia_smi.ts";
import { parseComputeApps, readComputeApps } from "./compute_apps.ts";

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

Deno.test("readComputeApps() asks for one GPU, and takes a failure for nothing known", async () => {
  const query = "--query-compute-apps=pid,used_gpu_memory --format=csv,noheader,nounits";
  const { host } = fakeNvidiaSmi({
    [`${query} -i GPU-0a`]: { stdout: "4242, 512\n" },
    [query]: { status: 15, stdout: "Unable to determine the device handle: GPU is lost\n" },
  });
  assertEquals((await readComputeApps(host, "GPU-0a"))?.map(({ pid }) => pid), [4242]);
  assertEquals(await readComputeApps(host, null), null);
});
