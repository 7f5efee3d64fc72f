import { assertEquals } from "@std/assert";
import type { Scene } from "./scene.ts";
import { lookAtPlatform } from "./platform.ts";

const look = (files: Readonly<Record<string, string>>) =>
  lookAtPlatform({
    host: { readText: (path: string) => Promise.resolve(files[path] ?? null) },
    accelerator: { name: "kvm", why: null },
  } as unknown as Scene);

Deno.test("lookAtPlatform() tells what the kernel says, and what it does not", async () => {
  const files = {
    "/proc/cmdline": "quiet iommu=pt\n",
    "/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts": "N\n",
  };
  assertEquals(await look(files), {
    accelerator: "kvm",
    commandLine: "quiet iommu=pt",
    unsafeInterrupts: "N",
  });
  const nothing = { accelerator: "kvm", commandLine: null, unsafeInterrupts: null } as const;
  assertEquals(await look({}), nothing);
});
