import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Problem } from "../../problem.ts";
import { buildGuest, findGuestKernel, type Guest } from "../../runners/guest/guest_image.ts";
import { startGuest } from "../../runners/guest/running_guest.ts";
import type { Host } from "../../runners/host.ts";
import { LAB_CACHE, LAB_DEVICES } from "../../runners/lab/lab_machine.ts";
import { type PciAddress, pciFolder } from "../../runners/pci/pci_address.ts";
import { undoAbandoned } from "../../runners/seam/abandoned.ts";
import { HostChanges } from "../../runners/settings/host_changes.ts";
import { memoryLog } from "../../runners/settings/change.ts";
import { bindToVfio } from "../../runners/vfio/bind.ts";
import { makeNvmeFunctions } from "../../runners/vfio/nvme_functions.ts";
import { makeVirtualFunctions } from "../../runners/vfio/virtual_functions.ts";
import {
  abandonedCopy,
  BEFORE_NEXT,
  killAtEach,
  type KilledRun,
  killRecoveries,
  tableOf,
} from "../testing/killed_runs.ts";
import { interrupting, type LabRun, TestLab } from "../testing/test_lab.ts";
import { passed } from "./scene.ts";

const { plain, physicalFunction } = LAB_DEVICES;
const KVM = { name: "kvm", why: null } as const;
const FUNCTIONS = { work: "functions", count: 1 } as const;
const PLAIN = { work: "plain", count: 0 } as const;

/** Loads the modules where they are not: to load and unload them takes longer than a step. */
async function loadModules(lab: TestLab): Promise<void> {
  await lab.use(async (host) => {
    const changes = new HostChanges({ host, journal: memoryLog(), allows: () => true });
    for (const name of ["vfio_iommu_type1", "vfio-pci"]) {
      await changes.set({ kind: "kernel-module", name }, "loaded");
    }
  });
}

async function smallGuest(host: Host): Promise<Guest> {
  const kernel = await findGuestKernel(host, LAB_CACHE);
  assert(kernel !== null);
  const payload = { programs: [], libraries: [] };
  return await buildGuest(host, { kernel, payload, folder: await host.temporaryFolder() });
}

async function hangGuest({ host, changes }: LabRun): Promise<void> {
  const guest = await smallGuest(host);
  await bindToVfio(host, changes, plain);
  const running = await startGuest(host, guest, {
    accelerator: KVM,
    name: "hanging",
    processors: 1,
    script: "cat /sys/class/nvme/nvme0/serial; sleep 600",
    devices: [passed(plain)],
    timeoutSeconds: 300,
  });
  try {
    await running.waitForLine(/^CELLPROOF-PLAIN/, 150);
    assertEquals(await countGuests(host), 1);
    await assertRejects(() => running.waitForLine(/^told all$/, 3), Problem, "longer than 3 s");
  } finally {
    await running.end();
    await changes.undoTo(0);
  }
  assertEquals(await countGuests(host), 0);
}

/** Linux cuts the name of a process after 15 letters. */
async function countGuests(host: Host): Promise<number> {
  const script = "grep -lsx qemu-system-x86 /proc/[0-9]*/comm";
  const { stdout } = await host.run({ argv: ["bash", "-c", script], timeoutSeconds: 10 });
  return stdout.split("\n").filter((path) => path !== "").length;
}

async function writeSysfs(host: Host, path: string, text = "1"): Promise<void> {
  const { status, stderr } = await host.run({
    argv: ["tee", path],
    stdin: `${text}\n`,
    timeoutSeconds: 20,
  });
  assertEquals(status, 0, stderr);
}

/** The device leaves the bus as when it is pulled, and comes back as when it is plugged in. */
async function pullOut(host: Host, address: PciAddress): Promise<void> {
  await writeSysfs(host, `${pciFolder(address)}/remove`);
}

async function plugIn(host: Host): Promise<void> {
  await writeSysfs(host, "/sys/bus/pci/rescan");
}

async function undoWithoutDevice({ host, changes }: LabRun): Promise<void> {
  await bindToVfio(host, changes, plain);
  await pullOut(host, plain);
  const { message } = await assertRejects(() => changes.undoTo(0), Problem);
  assertStringIncludes(message, `Cannot put the host back: Cannot put back the driver of ${plain}`);
  assertStringIncludes(message, "the device is not there any more");
  assertEquals(changes.mark, 0);
  await plugIn(host);
}

async function recoverWithoutDevice({ host, changes, journal }: LabRun): Promise<void> {
  await bindToVfio(host, changes, plain);
  await pullOut(host, plain);
  await using abandoned = await abandonedCopy(journal.changes);
  const { restored, sentences } = await undoAbandoned(abandoned.folder, host);
  assertEquals(restored, false);
  assert(sentences.some((said) => said.startsWith(`Cannot put back the driver of ${plain}`)));
  assert(sentences.some((said) => said === "Put back the kernel module vfio: absent."));
  assertEquals(await undoAbandoned(abandoned.folder, host), { sentences: [], restored: true });
  await plugIn(host);
  await changes.undoTo(0);
}

async function undoWithNewDevice({ host, changes }: LabRun): Promise<void> {
  await bindToVfio(host, changes, plain);
  await pullOut(host, plain);
  await plugIn(host);
  await changes.undoTo(0);
}

async function undoWithoutFunctions({ host, changes }: LabRun): Promise<void> {
  const [made] = await makeNvmeFunctions(host, changes, { physicalFunction, count: 1 });
  assert(made !== undefined);
  await bindToVfio(host, changes, made.address);
  await writeSysfs(host, `${pciFolder(physicalFunction)}/sriov_numvfs`, "0");
  const bound = assertRejects(() => bindToVfio(host, changes, made.address), Problem);
  assertStringIncludes((await bound).message, "it is in no IOMMU group");
  const { message } = await assertRejects(() => changes.undoTo(0), Problem);
  assertStringIncludes(message, `Cannot put back the driver of ${made.address}`);
  assertStringIncludes(message, "Cannot put back the namespace 1 at the controller 1");
  assertEquals(changes.mark, 0);
}

async function askForTooMany({ host, changes }: LabRun): Promise<void> {
  const request = { physicalFunction, count: 5 };
  const make = () => makeVirtualFunctions(host, changes, request);
  await assertRejects(make, Problem, "the device can have 4");
  assertEquals(changes.mark, 0);
  const ask = () => changes.set({ kind: "sriov-vfs", address: physicalFunction }, "5");
  await assertRejects(ask, Problem, "Numerical result out of range");
  await changes.undoTo(0);
}

async function askTwice({ host, changes }: LabRun): Promise<void> {
  const make = (count: number) => makeVirtualFunctions(host, changes, { physicalFunction, count });
  await make(1);
  await assertRejects(() => make(2), Problem, "it has 1 already");
  const other = new HostChanges({ host, journal: memoryLog(), allows: () => true });
  const set = () => other.set({ kind: "sriov-vfs", address: physicalFunction }, "2");
  await assertRejects(set, Problem, "those that are there (1)");
  assertEquals(other.mark, 0);
  await changes.undoTo(0);
}

async function bindToWrongDriver({ changes }: LabRun): Promise<void> {
  for (const address of [physicalFunction, plain]) {
    const bind = () => changes.set({ kind: "pci-driver", address }, "e1000/");
    await assertRejects(bind, Problem, "writing to /sys/bus/pci/drivers/e1000/bind");
    assertEquals(changes.mark, 1);
    await changes.undoTo(0);
  }
}

async function bindAbsentDriver({ changes }: LabRun): Promise<void> {
  const bind = () => changes.set({ kind: "pci-driver", address: plain }, "no-such-driver/");
  await assertRejects(bind, Problem, "the kernel has no driver no-such-driver");
  await changes.undoTo(0);
}

/** Ctrl-C comes while the `at`-th command that changes something runs. */
async function interruptAt(run: LabRun, at: number): Promise<void> {
  const { changes, host } = interrupting(run, at);
  const error = await bindToVfio(host, changes, plain).then(() => null, (error) => error);
  assert(run.interruption.signal.aborted);
  assert(error === null || error instanceof Problem, String(error));
  assert(changes.mark > 0);
  await changes.undoTo(0);
}

const FAULTS: Readonly<Record<string, (run: LabRun) => Promise<void>>> = {
  "makeVirtualFunctions() refuses more than there can be": askForTooMany,
  "makeVirtualFunctions() refuses where there are some": askTwice,
  "undoTo() goes back from a driver that takes no such device": bindToWrongDriver,
  "undoTo() goes back from a driver that is not there": bindAbsentDriver,
  "undoTo() names a device that was pulled out": undoWithoutDevice,
  "undoTo() is content with a device that came back": undoWithNewDevice,
  "undoTo() names functions that are gone, and undoes the rest": undoWithoutFunctions,
  "undoTo() undoes a first command that Ctrl-C met": (run) => interruptAt(run, 1),
  "undoTo() undoes a last command that Ctrl-C met": (run) => interruptAt(run, 3),
  "RunningGuest.end() ends a guest that hangs, and its device goes back": hangGuest,
};

/** Those that the modules of VFIO matter to. */
const FAULTS_OF_MODULES: typeof FAULTS = {
  "undoAbandoned() names a device that was pulled out, and undoes the rest": recoverWithoutDevice,
  "undoTo() undoes modules whose loading Ctrl-C met": (run) => interruptAt(run, 2),
};

Deno.test("A passthrough puts the host back, whatever goes wrong (lab, slow)", async (t) => {
  const lab = await TestLab.boot();
  if (typeof lab === "string") {
    console.log(`skipped: ${lab}`);
    await t.step({ name: "needs the lab", ignore: true, fn: () => {} });
    return;
  }
  const rows: KilledRun[] = [];
  const step = (name: string, work: () => Promise<void>) => t.step(name, () => lab.withstand(work));
  const meet = async (faults: typeof FAULTS, prepare: () => Promise<void>) => {
    for (const [name, fault] of Object.entries(faults)) {
      await step(name, async () => {
        await prepare();
        await lab.run(fault);
      });
    }
  };
  try {
    await meet(FAULTS_OF_MODULES, () => Promise.resolve());
    await step("undoAbandoned() recovers a device from a kill at each change", async () => {
      rows.push(...await killAtEach(lab, { ...PLAIN, points: ["noted", "after"] }));
    });
    await step("undoAbandoned() goes on after a kill between two changes", async () => {
      rows.push(...await killRecoveries(lab, PLAIN, BEFORE_NEXT));
    });
    // These find the modules loaded from here on.
    const prepare = () => loadModules(lab);
    await meet(FAULTS, prepare);
    await step("undoAbandoned() recovers functions from a kill at each change", async () => {
      await prepare();
      rows.push(...await killAtEach(lab, { ...FUNCTIONS, points: ["noted", "after"] }));
    });
  } finally {
    console.log(tableOf(rows));
    await lab.end();
  }
});
