import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { parsePciAddress, type PciAddress } from "../pci/pci_address.ts";
import { Problem } from "../../problem.ts";
import { FakePciHost, PF, PLAIN, VF } from "../testing/fake_pci_host.ts";
import { readAgain } from "../testing/read_again.ts";
import { type ChangeLog, memoryLog } from "./change.ts";
import { HostChanges } from "./host_changes.ts";
import { type HostSetting, readSetting } from "./setting.ts";

function address(text: string): PciAddress {
  const parsed = parsePciAddress(text);
  assert(parsed !== null);
  return parsed;
}

const [pf, plain, vf] = [address(PF), address(PLAIN), address(VF)];
const MODULE: HostSetting = { kind: "kernel-module", name: "vfio-pci" };
const DRIVER: HostSetting = { kind: "pci-driver", address: plain };
const VFS: HostSetting = { kind: "sriov-vfs", address: pf };

function changesOf(fake: FakePciHost, journal: ChangeLog = memoryLog()): HostChanges {
  return new HostChanges({ host: fake.host, journal, allows: () => true });
}

Deno.test("HostChanges.set() notes a change before it is made", async () => {
  const fake = new FakePciHost();
  const journal = memoryLog();
  fake.changesLeft = 0;
  await assertRejects(() => changesOf(fake, journal).set(DRIVER, "/"));
  assertEquals(fake.state, new FakePciHost().state);
  const { bootId } = fake;
  assertEquals(journal.changes, [{ setting: DRIVER, before: "nvme/", bootId, serial: null }]);
});

Deno.test("HostChanges.set() changes nothing that could not be noted", async () => {
  const fake = new FakePciHost();
  const journal: ChangeLog = {
    changes: [],
    setChanges() {
      throw new Problem({ action: "keep the journal", condition: "the disk is full" });
    },
  };
  await assertRejects(() => changesOf(fake, journal).set(DRIVER, "/"), Problem, "disk is full");
  assertEquals(fake.state, new FakePciHost().state);
});

Deno.test("HostChanges.set() notes nothing where the value is the present one", async () => {
  const changes = changesOf(new FakePciHost());
  await changes.set(DRIVER, "nvme/");
  assertEquals(changes.mark, 0);
});

Deno.test("HostChanges.set() refuses what is not allowed", async () => {
  const fake = new FakePciHost();
  const options = { host: fake.host, journal: memoryLog(), allows: () => false };
  await assertRejects(() => new HostChanges(options).set(DRIVER, "/"), Problem, "not allowed");
  assertEquals(fake.commands, []);
});

Deno.test("HostChanges.set() changes nothing new after a cancel", async () => {
  const fake = new FakePciHost();
  fake.intercept = ({ survivesCancel = false }) =>
    survivesCancel ? null : { ended: "cancelled", status: null };
  await assertRejects(() => changesOf(fake).set(DRIVER, "/"), Problem, "interrupted");
  assertEquals(fake.state, new FakePciHost().state);
});

Deno.test("HostChanges.set() refuses to lose virtual functions that were there", async () => {
  const fake = new FakePciHost();
  fake.state.vfs = 2;
  await assertRejects(() => changesOf(fake).set(VFS, "0"), Problem, "would be lost");
  assertEquals(fake.state.vfs, 2);
});

Deno.test("HostChanges.set() refuses a device that is not there", async () => {
  const setting: HostSetting = { kind: "pci-driver", address: vf };
  await assertRejects(() => changesOf(new FakePciHost()).set(setting, "/"), Problem, "not there");
});

Deno.test("HostChanges.undoTo() unloads only the modules that were loaded for the run", async () => {
  const fake = new FakePciHost();
  fake.state.modules.push("vfio");
  const changes = changesOf(fake);
  await changes.set(MODULE, "loaded");
  const loaded = ["nvme", "vfio", "vfio_iommu_type1", "vfio_pci_core", "vfio_pci"];
  assertEquals(fake.state.modules, loaded);
  await changes.undoTo(0);
  assertEquals(fake.state.modules, ["nvme", "vfio"]);
});

Deno.test("HostChanges.undoTo() leaves what was changed before the mark", async () => {
  const fake = new FakePciHost();
  const changes = changesOf(fake);
  await changes.set(VFS, "1");
  const { mark } = changes;
  await changes.set({ kind: "pci-driver", address: vf }, "/");
  await changes.undoTo(mark);
  assertEquals([fake.state.vfs, fake.state.drivers[VF]?.driver], [1, "nvme"]);
  await changes.undoTo(0);
  assertEquals(fake.state, new FakePciHost().state);
});

Deno.test("HostChanges.undoTo() goes on after a failure, names it and keeps it noted", async () => {
  const fake = new FakePciHost();
  const changes = changesOf(fake);
  await changes.set(MODULE, "loaded");
  await changes.set(VFS, "1");
  await changes.set(DRIVER, "vfio-pci/vfio-pci");
  fake.intercept = ({ argv }) =>
    argv[1]?.endsWith(`${PLAIN}/driver/unbind`) ? { ended: "timed-out", status: null } : null;
  const error = await assertRejects(() => changes.undoTo(0), Problem);
  assert(error.message.includes(`the driver of ${PLAIN}`), error.message);
  assert(error.message.includes("the kernel module vfio-pci"), error.message);
  assertEquals(fake.state.vfs, 0);
  fake.intercept = () => null;
  await changes.undoTo(0);
  assertEquals([changes.mark, fake.state], [0, new FakePciHost().state]);
});

Deno.test("HostChanges.undoTo() forgets nothing of a device that no driver shows", async () => {
  const fake = new FakePciHost();
  const changes = changesOf(fake);
  const setting: HostSetting = {
    kind: "nvme-namespace",
    address: pf,
    namespaceId: 2,
    controllerId: 0,
  };
  await changes.set(setting, "attached");
  fake.state.drivers[PF] = { driver: "", override: "" };
  await assertRejects(() => changes.undoTo(0), Problem, "does not drive 0000:01:00.0");
  fake.state.drivers[PF] = { driver: "nvme", override: "" };
  await changes.undoTo(0);
  assertEquals(fake.state, new FakePciHost().state);
});

Deno.test("HostChanges.undoTo() says which device is gone, and forgets it", async () => {
  const fake = new FakePciHost();
  const changes = changesOf(fake);
  await changes.set(DRIVER, "/");
  delete fake.state.drivers[PLAIN];
  await assertRejects(() => changes.undoTo(0), Problem, "not there any more");
  assertEquals(changes.mark, 0);
});

/** Any of the changes that a run may try, sensible or not. */
const anyChange: fc.Arbitrary<readonly [HostSetting, string]> = fc.oneof(
  fc.constantFrom<readonly [HostSetting, string]>(
    [MODULE, "loaded"],
    [MODULE, "absent"],
    [{ kind: "kernel-module", name: "vfio" }, "loaded"],
    [{ kind: "kernel-module", name: "vfio_iommu_type1" }, "loaded"],
  ),
  fc.tuple(
    fc.constantFrom(pf, plain, vf).map((address): HostSetting => ({ kind: "pci-driver", address })),
    fc.constantFrom("/", "nvme/", "vfio-pci/vfio-pci", "nvme/vfio-pci", "/vfio-pci"),
  ),
  fc.tuple(
    fc.constant<HostSetting>({ kind: "sriov-autoprobe", address: pf }),
    fc.constantFrom("0", "1"),
  ),
  fc.tuple(fc.constant(VFS), fc.constantFrom("0", "1", "2", "4", "9")),
  fc.tuple(
    fc.constantFrom(1, 2).map((controllerId): HostSetting => (
      { kind: "nvme-secondary", address: pf, controllerId }
    )),
    fc.constantFrom("offline 0 0", "online 2 1", "offline 3 1", "online 1 1"),
  ),
  fc.tuple(
    fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(0, 1)).map((
      [namespaceId, controllerId],
    ): HostSetting => ({ kind: "nvme-namespace", address: pf, namespaceId, controllerId })),
    fc.constantFrom("attached", "detached"),
  ),
);

async function tryAll(
  changes: HostChanges,
  wanted: readonly (readonly [HostSetting, string])[],
): Promise<void> {
  for (const [setting, value] of wanted) await changes.set(setting, value).catch(() => {});
}

Deno.test("HostChanges restores the host exactly wherever it and its undoing are killed", async () => {
  const sequence = fc.array(anyChange, { minLength: 1, maxLength: 8 });
  const kills = fc.tuple(fc.nat(20), fc.nat(8), fc.boolean());
  await fc.assert(
    fc.asyncProperty(sequence, kills, async (wanted, [first, second, losesLastAnswer]) => {
      const fake = Object.assign(new FakePciHost(), { losesLastAnswer, changesLeft: first });
      const journal = memoryLog();
      await tryAll(changesOf(fake, journal), wanted);
      fake.revive();
      fake.changesLeft = second;
      const again = readAgain(journal);
      await changesOf(fake, again).undoTo(0).catch(() => {});
      fake.revive();
      const last = readAgain(again);
      await changesOf(fake, last).undoTo(0);
      assertEquals(fake.state, new FakePciHost().state);
      assertEquals(last.changes, []);
    }),
    { numRuns: 300 },
  );
});

Deno.test("HostChanges.set() makes the value the present one where nothing refuses it", async () => {
  const fake = new FakePciHost();
  await changesOf(fake).set(MODULE, "loaded");
  await changesOf(fake).set(DRIVER, "vfio-pci/vfio-pci");
  assertEquals(await readSetting(fake.host, DRIVER), "vfio-pci/vfio-pci");
});
