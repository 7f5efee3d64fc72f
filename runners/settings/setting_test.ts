import { assert, assertEquals, assertRejects } from "@std/assert";
import { parsePciAddress, type PciAddress } from "../pci/pci_address.ts";
import { Problem } from "../../problem.ts";
import { FakePciHost, PF, PLAIN, VF } from "../testing/fake_pci_host.ts";
import { parseDepends } from "./kernel_module.ts";
import { secondaryIn } from "./nvme_secondary.ts";
import { parseSetting } from "./parse_setting.ts";
import { type HostSetting, readSetting, settingInWords, writeSetting } from "./setting.ts";

function address(text: string): PciAddress {
  const parsed = parsePciAddress(text);
  assert(parsed !== null);
  return parsed;
}

const [pf, plain, vf] = [address(PF), address(PLAIN), address(VF)];
const DRIVER: HostSetting = { kind: "pci-driver", address: plain };
const VFS: HostSetting = { kind: "sriov-vfs", address: pf };
const SECONDARY: HostSetting = { kind: "nvme-secondary", address: pf, controllerId: 1 };
const NAMESPACE: HostSetting = {
  kind: "nvme-namespace",
  address: pf,
  namespaceId: 2,
  controllerId: 1,
};

const ALL: readonly HostSetting[] = [
  { kind: "kernel-module", name: "vfio-pci" },
  DRIVER,
  { kind: "sriov-autoprobe", address: pf },
  VFS,
  SECONDARY,
  NAMESPACE,
];

Deno.test("parseSetting() gives back each setting that was written as JSON", () => {
  for (const setting of ALL) {
    assertEquals(parseSetting(JSON.parse(JSON.stringify(setting))), setting);
  }
});

Deno.test("parseSetting() gives nothing for what is not exactly a setting", () => {
  const hostile = [
    null,
    [],
    "pci-driver",
    { kind: "reboot" },
    { kind: "pci-driver" },
    { kind: "pci-driver", address: "../../etc" },
    { kind: "pci-driver", address: "65:00.0" },
    { kind: "pci-driver", address: PLAIN, path: "/etc/passwd" },
    { kind: "kernel-module", name: "-r" },
    { kind: "kernel-module", name: "a b" },
    { kind: "kernel-module", name: "../x" },
    { kind: "nvme-secondary", address: PF, controllerId: -1 },
    { kind: "nvme-secondary", address: PF, controllerId: "1" },
    { kind: "nvme-namespace", address: PF, controllerId: 1, namespaceId: 2 ** 32 - 1 },
  ];
  assertEquals(hostile.map(parseSetting), hostile.map(() => null));
});

Deno.test("writeSetting() binds a driver and sets its override, and back", async () => {
  const fake = new FakePciHost();
  fake.state.modules.push("vfio_pci");
  await writeSetting(fake.host, DRIVER, "vfio-pci/vfio-pci");
  assertEquals(await readSetting(fake.host, DRIVER), "vfio-pci/vfio-pci");
  await writeSetting(fake.host, DRIVER, "nvme/");
  assertEquals(fake.state.drivers[PLAIN], { driver: "nvme", override: "" });
});

Deno.test("writeSetting() binds a virtual function while drivers are not looked for", async () => {
  const fake = new FakePciHost();
  await writeSetting(fake.host, { kind: "sriov-autoprobe", address: pf }, "0");
  await writeSetting(fake.host, VFS, "1");
  await writeSetting(fake.host, { kind: "pci-driver", address: vf }, "nvme/");
  assertEquals(fake.state.drivers[VF], { driver: "nvme", override: "" });
});

Deno.test("writeSetting() goes from one number of virtual functions to another", async () => {
  const fake = new FakePciHost();
  for (const count of ["2", "3", "0"]) await writeSetting(fake.host, VFS, count);
  assertEquals(fake.state.vfs, 0);
  const error = await assertRejects(() => writeSetting(fake.host, VFS, "9"), Problem);
  assert(error.message.includes("Numerical result out of range"), error.message);
});

Deno.test("writeSetting() changes a secondary controller only while it is offline", async () => {
  const fake = new FakePciHost();
  await writeSetting(fake.host, VFS, "1");
  for (const value of ["online 2 1", "online 3 1", "offline 0 0"]) {
    await writeSetting(fake.host, SECONDARY, value);
    assertEquals(await readSetting(fake.host, SECONDARY), value);
  }
});

Deno.test("writeSetting() tells the host when its own namespaces changed", async () => {
  const fake = new FakePciHost();
  const own: HostSetting = { ...NAMESPACE, controllerId: 0 };
  await writeSetting(fake.host, NAMESPACE, "attached");
  assert(!fake.commands.some((argv) => argv.includes("ns-rescan")));
  await writeSetting(fake.host, own, "attached");
  assert(fake.commands.some((argv) => argv.includes("ns-rescan")));
  assertEquals(fake.state.namespaces[2], [0, 1]);
});

Deno.test("writeSetting() changes nothing where the value is the present one", async () => {
  const fake = new FakePciHost();
  fake.changesLeft = 0;
  for (const setting of ALL) {
    const present = await readSetting(fake.host, setting);
    assert(present !== null);
    await writeSetting(fake.host, setting, present);
  }
});

Deno.test("writeSetting() refuses what is no value, and says what is", async () => {
  const fake = new FakePciHost();
  fake.changesLeft = 0;
  for (const setting of ALL) {
    const error = await assertRejects(() => writeSetting(fake.host, setting, "/../x"), Problem);
    assert(error.message.includes(settingInWords(setting)), error.message);
  }
});

Deno.test("writeSetting() says that a device is in use when its driver lets the kernel wait", async () => {
  const fake = new FakePciHost();
  fake.intercept = ({ argv }) =>
    argv[1]?.endsWith("/unbind") ? { ended: "timed-out", status: null } : null;
  const error = await assertRejects(() => writeSetting(fake.host, DRIVER, "/"), Problem);
  assert(error.message.includes("still uses the device"), error.message);
});

Deno.test("writeSetting() names the driver that the kernel lacks", async () => {
  const fake = new FakePciHost();
  const change = () => writeSetting(fake.host, DRIVER, "vfio-pci/vfio-pci");
  const error = await assertRejects(change, Problem);
  assert(error.message.includes("the kernel has no driver vfio-pci"), error.message);
});

Deno.test("readSetting() tells absence from failure", async () => {
  const fake = new FakePciHost();
  assertEquals(await readSetting(fake.host, { kind: "pci-driver", address: vf }), null);
  assertEquals(await readSetting(fake.host, { kind: "sriov-vfs", address: plain }), null);
  assertEquals(await readSetting(fake.host, { ...SECONDARY, address: plain }), null);
  assertEquals(await readSetting(fake.host, { ...NAMESPACE, namespaceId: 9 }), null);
  fake.intercept = () => ({ ended: "timed-out", status: null });
  for (const setting of ALL) await assertRejects(() => readSetting(fake.host, setting), Problem);
});

Deno.test("readSetting() takes a module that is built in as loaded", async () => {
  const fake = new FakePciHost();
  fake.intercept = ({ argv }) => argv[0] === "modprobe" ? { stdout: "builtin unix\n" } : null;
  assertEquals(await readSetting(fake.host, { kind: "kernel-module", name: "unix" }), "loaded");
});

Deno.test("parseDepends() names the modules as the kernel does", () => {
  const stdout = `insmod /lib/modules/6.1.0/kernel/virt/lib/irqbypass.ko.xz 
builtin configfs
insmod /lib/modules/6.1.0/kernel/drivers/vfio/pci/vfio-pci-core.ko disable_idle_d3=1
`;
  assertEquals(parseDepends(stdout), ["irqbypass", "vfio_pci_core"]);
});

Deno.test("secondaryIn() gives nothing for what is no list of controllers", () => {
  const broken = ["", "[]", "{}", '{"secondary-controllers":[null,{}]}', "nonsense"];
  assertEquals(broken.map((json) => secondaryIn(json, 1)), broken.map(() => null));
});
