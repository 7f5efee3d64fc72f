import { assertEquals, assertRejects } from "@std/assert";
import { Problem } from "../../problem.ts";
import { parsePciAddress, type PciAddress } from "../pci/pci_address.ts";
import { notedChanges, type SampleHost, sampleHost } from "../testing/vfio_samples.ts";
import { bindToVfio } from "./bind.ts";
import { makeVirtualFunctions } from "./virtual_functions.ts";

const PHYSICAL = parsePciAddress("0000:01:00.0") as PciAddress;
const FOLDER = "/sys/bus/pci/devices/0000:01:00.0";
const GROUPS = "../../../../kernel/iommu_groups";
const SAMPLE: SampleHost = {
  texts: { [`${FOLDER}/sriov_totalvfs`]: "4\n", [`${FOLDER}/sriov_numvfs`]: "0\n" },
  folders: { "/dev/vfio": ["7", "vfio"] },
  commands: {
    [`readlink -- ${FOLDER}/iommu_group`]: `${GROUPS}/7\n`,
    [`readlink -- ${FOLDER}/virtfn0`]: "../0000:01:00.1\n",
    "readlink -- /sys/bus/pci/devices/0000:01:00.1/iommu_group": `${GROUPS}/11\n`,
    [`readlink -- ${FOLDER}/virtfn1`]: "../0000:01:00.2\n",
  },
};

function make(sample: SampleHost, count: number, refuse?: (words: string) => void) {
  const request = { physicalFunction: PHYSICAL, count };
  return makeVirtualFunctions(sampleHost(sample), notedChanges(refuse), request);
}

Deno.test("makeVirtualFunctions() switches drivers off before it makes functions", async () => {
  const changes = notedChanges();
  const request = { physicalFunction: PHYSICAL, count: 1 };
  const made = await makeVirtualFunctions(sampleHost(SAMPLE), changes, request);
  assertEquals(made.map(({ address, iommuGroup }) => `${address} ${iommuGroup}`), [
    "0000:01:00.1 11",
  ]);
  assertEquals(changes.noted, [
    "sriov-autoprobe 0000:01:00.0 = 0",
    "sriov-vfs 0000:01:00.0 = 1",
  ]);
});

Deno.test("makeVirtualFunctions() changes nothing when the device has no room or some already", async () => {
  const refuse = () => {
    throw new Error("nothing may be changed");
  };
  await assertRejects(() => make({}, 1, refuse), Problem, "has no SR-IOV");
  await assertRejects(() => make(SAMPLE, 5, refuse), Problem, "can have 4");
  await assertRejects(() => make(SAMPLE, 0, refuse), Problem, "can have 4");
  const texts = { ...SAMPLE.texts, [`${FOLDER}/sriov_numvfs`]: "2\n" };
  await assertRejects(() => make({ ...SAMPLE, texts }, 1, refuse), Problem, "has 2 already");
});

Deno.test("makeVirtualFunctions() says what the kernel's refusal means", async () => {
  const refusals = {
    "Device or resource busy": "other virtual functions by now",
    "Numerical result out of range": "has not as many",
    "Cannot allocate memory": "SR-IOV and addresses above 4 GB",
    "Input/output error": "firmware failed",
    "No such file or directory": "Bind a driver that supports SR-IOV",
  };
  for (const [seen, meaning] of Object.entries(refusals)) {
    const refuse = (words: string) => {
      if (!words.startsWith("sriov-vfs")) return;
      throw new Problem({ action: "write", condition: "tee ended with status 1", seen });
    };
    await assertRejects(() => make(SAMPLE, 1, refuse), Problem, meaning);
  }
});

Deno.test("makeVirtualFunctions() does not believe a function without a group", async () => {
  await assertRejects(() => make(SAMPLE, 2), Problem, "0000:01:00.2 is in no IOMMU group");
  await assertRejects(() => make(SAMPLE, 3), Problem);
});

Deno.test("bindToVfio() loads the modules, binds, and looks for the group's node", async () => {
  const changes = notedChanges();
  assertEquals(await bindToVfio(sampleHost(SAMPLE), changes, PHYSICAL), 7);
  assertEquals(changes.noted, [
    "kernel-module vfio_iommu_type1 = loaded",
    "kernel-module vfio-pci = loaded",
    "pci-driver 0000:01:00.0 = vfio-pci/vfio-pci",
  ]);
  const without = sampleHost({ ...SAMPLE, folders: { "/dev/vfio": ["vfio"] } });
  await assertRejects(() => bindToVfio(without, changes, PHYSICAL), Problem, "no /dev/vfio/7");
});

Deno.test("bindToVfio() changes nothing when the function is in no group", async () => {
  const changes = notedChanges();
  const bind = () => bindToVfio(sampleHost({}), changes, PHYSICAL);
  await assertRejects(bind, Problem, "Switch the IOMMU on");
  assertEquals(changes.noted, []);
});
