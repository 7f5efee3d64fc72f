import { assertEquals } from "@std/assert";
import type { HostSetting } from "../../runners/settings/setting.ts";
import { pci } from "../testing/passthrough_readings.ts";
import { Allowance } from "./allowance.ts";

const GIVEN = pci("0000:02:00.0");
const OTHER = pci("0000:02:00.1");

function settingsOf(address: typeof GIVEN): HostSetting[] {
  return [
    { kind: "pci-driver", address },
    { kind: "sriov-autoprobe", address },
    { kind: "sriov-vfs", address },
    { kind: "nvme-secondary", address, controllerId: 1 },
    { kind: "nvme-namespace", address, namespaceId: 2, controllerId: 1 },
  ];
}

Deno.test("Allowance.allows() every setting of a given device, and none of another", () => {
  const allowance = new Allowance([GIVEN]);
  assertEquals(settingsOf(GIVEN).map((one) => allowance.allows(one)), Array(5).fill(true));
  assertEquals(settingsOf(OTHER).map((one) => allowance.allows(one)), Array(5).fill(false));
});

Deno.test("Allowance.allows() a virtual function once it is added", () => {
  const allowance = new Allowance([GIVEN]);
  allowance.add([OTHER]);
  assertEquals(allowance.allows({ kind: "pci-driver", address: OTHER }), true);
});

Deno.test("Allowance.allows() VFIO's modules and no other", () => {
  const names = ["vfio", "vfio-pci", "vfio_iommu_type1", "vfio_pci_core"];
  const others = [
    "",
    "nvme",
    "vfiox",
    "kvfio",
    "vfio ",
    "vfio-pci ids=1",
    "vfio/../nvme",
    "vfio\nnvme",
  ];
  const allowed = (name: string) => new Allowance([]).allows({ kind: "kernel-module", name });
  assertEquals(names.filter(allowed), names);
  assertEquals(others.filter(allowed), []);
});
