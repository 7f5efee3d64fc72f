import { assert, assertEquals, assertRejects } from "@std/assert";
import type { CommandRequest, CommandResult, Host } from "../../runners/host.ts";
import { MissingTool, Problem } from "../../problem.ts";
import { SCRIPTED_GUEST, SCRIPTED_MACHINE } from "../../runners/testing/scripted_guest.ts";
import { notedChanges } from "../../runners/testing/vfio_samples.ts";
import type { PairedPlan } from "../paired.ts";
import type { PassthroughPlace, Places } from "../places.ts";
import { PLAIN_DEVICE } from "../testing/passthrough_readings.ts";
import { preparePassthroughStorage } from "./passthrough_storage.ts";
import { STORAGE_WORKLOADS } from "./storage_cases.ts";

const FOLDER = `/sys/bus/pci/devices/${PLAIN_DEVICE.address}`;
const SEEN = "ids 0x1b36 0x0010\ndriver nvme\ndisk nvme1n1\n";

interface Scripted {
  readonly places: Places;
  /** What happened to the device, in its order. */
  readonly events: string[];
  /** The names below the controller, which tests change. */
  disks: readonly string[];
  /** What the kernel offers of VFIO. */
  groups: readonly string[];
}

function scripted(plan: Partial<PassthroughPlace["plan"]> | null = {}): Scripted {
  const events: string[] = [];
  const device = { events, disks: ["nvme1n1"], groups: ["8"] };
  return Object.assign(device, { places: placesOf(hostOf(device), events, plan) });
}

function hostOf(device: Omit<Scripted, "places">): Host {
  const run = (request: CommandRequest) => {
    const usual = { ended: "exited", status: 0, stdout: "", stderr: "", durationSeconds: 0 };
    return Promise.resolve({ ...usual, startedAt: "", ...answer(request, device.events) });
  };
  const readFolder = (path: string) =>
    Promise.resolve(path === "/dev/vfio" ? device.groups : device.disks);
  const readText = () => Promise.resolve(null);
  return { run, readFolder, readText } as unknown as Host;
}

function answer({ argv }: CommandRequest, events: string[]): Partial<CommandResult> {
  const words = argv.join(" ");
  if (argv[0] === "qemu-system-x86_64") {
    events.push(words.includes("vfio-pci,host=") ? "guest by VFIO" : guestDisk(words));
    return { status: 1, stderr: "this is a test" };
  }
  if (argv[0] === "udevadm") events.push("settled");
  if (argv[0] === "/bin/fio") events.push(`fio ${/--filename=(\S+)/.exec(words)?.[1]}`);
  if (words === `readlink -- ${FOLDER}/iommu_group`) return { stdout: "../8\n" };
  if (words === `ls ${FOLDER}/nvme`) return { stdout: "nvme1\n" };
  return words.includes("cellproof-outside") ? { stdout: SEEN } : {};
}

function placesOf(
  host: Host,
  events: string[],
  plan: Partial<PassthroughPlace["plan"]> | null,
): Places {
  const noted = notedChanges((words) => {
    if (words.startsWith("pci-driver")) events.push("given away");
  });
  const undoTo = () => Promise.resolve(void events.push("taken back"));
  const changes = { ...noted, mark: 0, undoTo };
  const place = { plan: { devices: [PLAIN_DEVICE], whole: PLAIN_DEVICE, ...plan }, changes };
  const { accelerator } = SCRIPTED_MACHINE;
  return {
    host,
    options: { target: "/tmp", say: () => {} },
    tool: () => "/bin/fio",
    passthrough: () => Promise.resolve(plan === null ? null : place),
    guest: () => Promise.resolve({ guest: SCRIPTED_GUEST, accelerator, degraded: null }),
  } as unknown as Places;
}

function guestDisk(words: string): string {
  const path = /file\.filename=([^,\s]+)/.exec(words)?.[1];
  return `guest by virtio of ${path}${words.includes("read-only=on") ? ", read only" : ""}`;
}

function prepare({ places }: Scripted, destructive: string | null = null): Promise<PairedPlan> {
  const workloads = new Set(STORAGE_WORKLOADS.map(({ name }) => name));
  const judged = new Set(["vm-passthrough"]);
  const needs = { arms: judged, judged, workloads };
  return preparePassthroughStorage(places, { needs, mostBlocks: 1, destructive });
}

async function measure({ drivers }: PairedPlan, ...arms: readonly string[]): Promise<void> {
  for (const name of arms) {
    const driver = drivers.find(({ arm }) => arm.name === name);
    assert(driver !== undefined, name);
    await driver.measure("seq-read", 0);
  }
}

Deno.test("preparePassthroughStorage() has the device change hands before the arms that need it", async () => {
  const made = scripted();
  const plan = await prepare(made);
  await measure(plan, "native", "vm-passthrough", "vm-passthrough", "vm-virtio", "native-again");
  const fio = "fio /dev/nvme1n1";
  assertEquals(made.events, [
    ...[fio, "given away", "guest by VFIO", "guest by VFIO", "taken back", "settled"],
    ...["guest by virtio of /dev/nvme1n1, read only", fio],
  ]);
});

Deno.test("preparePassthroughStorage() takes the device back at its end, once", async () => {
  const made = scripted();
  const plan = await prepare(made);
  await plan.atEnd?.();
  await measure(plan, "vm-passthrough");
  await plan.atEnd?.();
  await plan.atEnd?.();
  assertEquals(made.events, ["given away", "guest by VFIO", "taken back", "settled"]);
});

Deno.test("preparePassthroughStorage() takes back a device that could not be given, and tries again", async () => {
  const made = scripted();
  const plan = await prepare(made);
  made.groups = [];
  await assertRejects(() => measure(plan, "vm-passthrough"), Problem, "/dev/vfio/8");
  made.groups = ["8"];
  await measure(plan, "vm-passthrough");
  assertEquals(made.events, ["given away", "taken back", "settled", "given away", "guest by VFIO"]);
});

Deno.test("preparePassthroughStorage() measures no disk that came back as another device's", async () => {
  const made = scripted();
  const plan = await prepare(made);
  made.disks = ["nvme1n2"];
  for (const arm of ["native", "native-again", "vm-virtio"]) {
    await assertRejects(() => measure(plan, arm), Problem, "no disk of 0000:02:00.0 any more");
  }
  assertEquals(made.events, []);
  await assertRejects(() => prepare(made), Problem, "any more");
});

const LEFT_OUT = [null, "/dev/nvme0n1", "/dev/nvme1n1p1"];
for (const destructive of LEFT_OUT) {
  Deno.test(`preparePassthroughStorage() writes nothing with --destructive ${destructive}`, async () => {
    const made = scripted();
    const { workloads, title } = await prepare(made, destructive);
    const reads = ["seq-read", "rand-read", "rand-read-latency"];
    assertEquals(workloads.map(({ name }) => name), reads);
    assertEquals(title, "fio on /dev/nvme1n1, read only: writes need --destructive /dev/nvme1n1");
    assertEquals(made.events, []);
  });
}

Deno.test("preparePassthroughStorage() overwrites no device that is not expendable", async () => {
  const made = scripted();
  await assertRejects(() => prepare(made, "/dev/nvme1n1"), Problem);
  assertEquals(made.events, []);
});

const NVME = { controller: "nvme1", serial: "x", disks: [] };
const MISSING: readonly (readonly [string, Parameters<typeof scripted>[0]])[] = [
  ["nothing may be given away", null],
  ["no device is given as a whole", { whole: null }],
  ["the device is no NVMe device", { whole: { ...PLAIN_DEVICE, nvme: null } }],
  ["the device has no disk", { whole: { ...PLAIN_DEVICE, nvme: NVME } }],
  [
    "the device has two disks",
    { whole: { ...PLAIN_DEVICE, nvme: { ...NVME, disks: ["nvme1n1", "nvme1n2"] } } },
  ],
];
for (const [reason, place] of MISSING) {
  Deno.test(`preparePassthroughStorage() is untested when ${reason}`, async () => {
    const made = scripted(place);
    const error = await assertRejects(() => prepare(made), MissingTool, "--passthrough");
    assertEquals([error.lacks, made.events], ["iommu", []]);
  });
}
