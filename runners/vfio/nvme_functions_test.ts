import { assertEquals, assertRejects } from "@std/assert";
import { MissingTool, Problem } from "../../problem.ts";
import { parsePciAddress, type PciAddress } from "../pci/pci_address.ts";
import { notedChanges, sampleHost } from "../testing/vfio_samples.ts";
import { namespaceDigest } from "./namespace_bytes.ts";
import { giveNamespace, makeNvmeFunctions, shareOf } from "./nvme_functions.ts";

const PHYSICAL = parsePciAddress("0000:01:00.0") as PciAddress;
const FOLDER = "/sys/bus/pci/devices/0000:01:00.0";
const GROUPS = "../../../../kernel/iommu_groups";
const DIGEST = "b".repeat(64);

/** A device with the namespaces 1, which the controllers 0 to 2 have, 2 and 3, which none has. */
const COMMANDS: Readonly<Record<string, string>> = {
  [`ls ${FOLDER}/nvme`]: "nvme0\n",
  "nvme list-secondary /dev/nvme0 -o json": JSON.stringify({
    "num": 3,
    "secondary-controllers": [secondary(1, 0), secondary(2, 0), secondary(3, 1)],
  }),
  "nvme primary-ctrl-caps /dev/nvme0 -o json": JSON.stringify({
    ...{ crt: 3, vqfrt: 8, vqrfa: 0, vqrfap: 0, vqfrsm: 2 },
    ...{ vifrt: 4, virfa: 0, virfap: 0, vifrsm: 1 },
  }),
  "nvme list-ns /dev/nvme0 --all -o json": '{"nsid_list":[{"nsid":1},{"nsid":2},{"nsid":3}]}',
  "nvme list-ctrl /dev/nvme0 -n 1 -o json": controllers(0, 1, 2),
  "nvme list-ctrl /dev/nvme0 -n 2 -o json": controllers(),
  "nvme list-ctrl /dev/nvme0 -n 3 -o json": controllers(),
  [`readlink -- ${FOLDER}/virtfn0`]: "../0000:01:00.1\n",
  [`readlink -- ${FOLDER}/virtfn1`]: "../0000:01:00.2\n",
  [`readlink -- ${FOLDER}/virtfn2`]: "../0000:01:00.3\n",
  "readlink -- /sys/bus/pci/devices/0000:01:00.1/iommu_group": `${GROUPS}/11\n`,
  "readlink -- /sys/bus/pci/devices/0000:01:00.2/iommu_group": `${GROUPS}/12\n`,
};
const TEXTS = { [`${FOLDER}/sriov_totalvfs`]: "4\n", [`${FOLDER}/sriov_numvfs`]: "0\n" };

function secondary(id: number, state: number) {
  return {
    "secondary-controller-identifier": id,
    "primary-controller-identifier": 0,
    "secondary-controller-state": state,
    "virtual-function-number": id,
    "num-virtual-queues": 0,
    "num-virtual-interrupts": 0,
  };
}

function controllers(...ids: number[]): string {
  return JSON.stringify({ num_ctrl: ids.length, ctrl_list: ids.map((id) => ({ ctrl_id: id })) });
}

function hostWith(commands: Readonly<Record<string, string>> = {}) {
  return sampleHost({ texts: TEXTS, commands: { ...COMMANDS, ...commands } });
}

Deno.test("makeNvmeFunctions() assigns, makes, gives namespaces and goes online in this order", async () => {
  const changes = notedChanges();
  const request = { physicalFunction: PHYSICAL, count: 2 };
  const made = await makeNvmeFunctions(hostWith(), changes, request);
  const parts = made.map((fn) => [fn.address, fn.iommuGroup, fn.controllerId, fn.namespaceId]);
  assertEquals(parts.map(String), ["0000:01:00.1,11,1,2", "0000:01:00.2,12,2,3"]);
  // The address, then the controller and the namespace.
  assertEquals(changes.noted, [
    "nvme-secondary 0000:01:00.0 1 = offline 2 1",
    "nvme-secondary 0000:01:00.0 2 = offline 2 1",
    "sriov-autoprobe 0000:01:00.0 = 0",
    "sriov-vfs 0000:01:00.0 = 2",
    "nvme-namespace 0000:01:00.0 1 1 = detached",
    "nvme-namespace 0000:01:00.0 1 2 = attached",
    "nvme-namespace 0000:01:00.0 2 1 = detached",
    "nvme-namespace 0000:01:00.0 2 3 = attached",
    "nvme-secondary 0000:01:00.0 1 = online 2 1",
    "nvme-secondary 0000:01:00.0 2 = online 2 1",
  ]);
});

Deno.test("makeNvmeFunctions() gives no namespace when every one has a controller", async () => {
  const taken = {
    "nvme list-ctrl /dev/nvme0 -n 2 -o json": controllers(0),
    "nvme list-ctrl /dev/nvme0 -n 3 -o json": controllers(9),
  };
  const request = { physicalFunction: PHYSICAL, count: 1 };
  const [made] = await makeNvmeFunctions(hostWith(taken), notedChanges(), request);
  assertEquals(made?.namespaceId, null);
});

Deno.test("makeNvmeFunctions() changes nothing when controllers or resources are not there", async () => {
  const changes = notedChanges();
  const attempt = (count: number, commands = {}) => () =>
    makeNvmeFunctions(hostWith(commands), changes, { physicalFunction: PHYSICAL, count });
  await assertRejects(attempt(3), Problem, "controller 3 is online already");
  await assertRejects(attempt(4), Problem, "is online already");
  const key = "nvme primary-ctrl-caps /dev/nvme0 -o json";
  const capabilities = COMMANDS[key]?.replace('"vqrfap":0', '"vqrfap":8') ?? "";
  await assertRejects(attempt(2, { [key]: capabilities }), Problem, "0 queues are free");
  const listing = { "nvme list-ns /dev/nvme0 --all -o json": "[   0]:0x1" };
  await assertRejects(attempt(2, listing), MissingTool, "nvme-cli 2.0");
  assertEquals(changes.noted, []);
});

Deno.test("giveNamespace() refuses a namespace that another controller has, or none", async () => {
  const changes = notedChanges();
  const give = (namespaceId: number) => () =>
    giveNamespace(hostWith(), changes, {
      physicalFunction: PHYSICAL,
      controllerId: 1,
      namespaceId,
    });
  await assertRejects(give(1), Problem, "another has it (seen: 0, 1, 2)");
  await assertRejects(give(9), Problem, "no such namespace");
  assertEquals(changes.noted, []);
});

Deno.test("shareOf() counts what the controllers own, and leaves what is not flexible", () => {
  assertEquals(shareOf({ flexible: true, free: 8, most: 99 }, [0, 0]), 4);
  assertEquals(shareOf({ flexible: true, free: 1, most: 99 }, [3, 4]), 4);
  assertEquals(shareOf({ flexible: true, free: 999, most: 99 }, [0, 0]), 9);
  assertEquals(shareOf({ flexible: false, free: 0, most: 0 }, [5, 3]), 3);
});

Deno.test("namespaceDigest() reads a namespace at the node of its number, and takes it away", async () => {
  const changes = notedChanges();
  const script = 'set -o pipefail; head -c 1048576 -- "$1" | sha256sum';
  const host = sampleHost({
    texts: {
      [`${FOLDER}/nvme/nvme0/subsysnqn`]: "lab0\n",
      "/sys/class/block/nvme0n1/nsid": "1\n",
      "/sys/class/block/nvme0n1/device/subsysnqn": "lab0\n",
      "/sys/class/block/nvme0n2/nsid": "3\n",
      "/sys/class/block/nvme0n2/device/subsysnqn": "lab0\n",
      "/sys/class/block/nvme1n1/nsid": "3\n",
      "/sys/class/block/nvme1n1/device/subsysnqn": "other\n",
    },
    folders: { "/sys/class/block": ["nvme0c0n2", "nvme0n1", "nvme1n1", "nvme0n2"] },
    commands: {
      ...COMMANDS,
      [`cat ${FOLDER}/nvme/nvme0/cntlid`]: "0\n",
      [`bash -c ${script} cellproof-digest /dev/nvme0n2`]: `${DIGEST}  -\n`,
    },
  });
  const namespace = { physicalFunction: PHYSICAL, namespaceId: 3 };
  assertEquals(await namespaceDigest(host, changes, namespace), DIGEST);
  assertEquals(changes.noted, [
    "nvme-namespace 0000:01:00.0 3 0 = attached",
    "undo to 0",
  ]);
});
