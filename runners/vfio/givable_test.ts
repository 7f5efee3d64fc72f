import { assertEquals, assertStringIncludes } from "@std/assert";
import { liveHost } from "../seam/live.ts";
import { findGivable, judgeGivable, type PassthroughOutlook } from "./givable.ts";
import { changed, factsOf, replaced } from "./plan_samples.ts";
import { parseAddresses } from "./plan.ts";

const DISK = "0000:02:00.0";

function outlook(text: string, ...addresses: string[]): PassthroughOutlook {
  return judgeGivable(factsOf(text), parseAddresses([DISK, ...addresses]));
}

Deno.test("judgeGivable() offers an idle NVMe disk", () => {
  const { devices: [device], ...whole } = outlook(changed({}));
  assertEquals(whole, { hasIommu: true, refusal: null, judged: true });
  assertEquals([device?.address, device?.totalVfs, device?.refusal], [DISK, 0, null]);
  assertEquals(device?.title, "NVMe nvme1, serial LABPLAIN, disks nvme1n1");
});

Deno.test("judgeGivable() refuses what is mounted, and what has no disk", () => {
  const mounts = ["./1/mountinfo\t25 24 259:1 / /data rw - ext4 /dev/nvme1n1p1 rw"];
  const [disk, gpu] = outlook(changed({ mounts }), "0000:65:00.0").devices;
  assertStringIncludes(
    disk?.refusal ?? "",
    "has mounted disks (nvme1n1p1 on /data). Unmount them.",
  );
  assertStringIncludes(gpu?.refusal ?? "", "0000:65:00.0 shows the host no disk. Bind it");
});

Deno.test("judgeGivable() names the parameter of the processor where there is no IOMMU", () => {
  const { hasIommu, refusal, devices } = outlook(replaced({ groups: [] }));
  assertEquals([hasIommu, devices[0]?.refusal], [false, null]);
  assertStringIncludes(refusal ?? "", "This host has no IOMMU in use. Switch VT-d on");
  assertStringIncludes(refusal ?? "", "intel_iommu=on");
});

Deno.test("judgeGivable() names a module that the kernel lacks", () => {
  const system = ["./vfio-pci\tabsent"];
  assertStringIncludes(outlook(changed({ system })).refusal ?? "", "This kernel has no vfio-pci");
});

Deno.test("judgeGivable() judges no device for who may not see what uses it", () => {
  const { judged, refusal, devices } = outlook(changed({ system: ["./uid\t1000"] }));
  assertEquals([judged, refusal, devices[0]?.refusal], [false, null, null]);
});

Deno.test("judgeGivable() leaves out what is not there", () => {
  assertEquals(outlook(changed({}), "0000:7f:00.0").devices.length, 1);
});

Deno.test("findGivable() looks at this host without an error", async () => {
  const host = await liveHost();
  try {
    const { hasIommu, refusal } = await findGivable(host);
    assertEquals(hasIommu || refusal !== null, true);
  } finally {
    await host.close();
  }
});
