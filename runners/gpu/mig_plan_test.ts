import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Problem, UsageProblem } from "../../problem.ts";
import { memoryLog } from "../settings/change.ts";
import { HostChanges } from "../settings/host_changes.ts";
import { FakeMigHost, MIG_GPU } from "../testing/fake_mig_host.ts";
import type { ChosenGpu, MigFacts } from "./mig_facts.ts";
import { parseMigInstances, parseMigPlacements, parseMigProfiles } from "./mig_listings.ts";
import { describeMigPlan, judgeMig, makeMigInstances, planMig } from "./mig_plan.ts";
import { parseNvidiaSmiLog } from "./nvidia_smi_log.ts";
import type { GpuRecord } from "./nvidia_smi_records.ts";

const PROGRAM = "nvidia-smi";

interface LogGpu {
  readonly uuid?: string;
  readonly current?: string;
  readonly pending?: string;
  readonly processes?: string;
}

function logOf(...gpus: readonly LogGpu[]): string {
  const elements = gpus.map((gpu, index) => {
    const { uuid = MIG_GPU, current = "Enabled", pending = current, processes = "" } = gpu;
    return `<gpu id="00000000:0${index + 1}:00.0"><product_name>NVIDIA X100</product_name>
<uuid>${uuid}</uuid>
<mig_mode><current_mig>${current}</current_mig><pending_mig>${pending}</pending_mig></mig_mode>
<processes>${processes}</processes></gpu>`;
  });
  return `<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">
<nvidia_smi_log><driver_version>550.54.15</driver_version>
<attached_gpus>${gpus.length}</attached_gpus>${elements.join("\n")}</nvidia_smi_log>
`;
}

const PROCESS = `<process_info><gpu_instance_id>N/A</gpu_instance_id>
<compute_instance_id>N/A</compute_instance_id><pid>4711</pid><type>G</type>
<process_name>/usr/lib/xorg/Xorg</process_name><used_memory>20 MiB</used_memory></process_info>`;

function migHost(...gpus: readonly LogGpu[]): FakeMigHost {
  return Object.assign(new FakeMigHost(), { log: logOf(...(gpus.length === 0 ? [{}] : gpus)) });
}

async function plan(fake: FakeMigHost, gpu: string | null = null) {
  return await planMig(fake.host, { gpu, program: PROGRAM });
}

async function refusal(fake: FakeMigHost, gpu: string | null = null): Promise<string> {
  const { message } = await assertRejects(() => plan(fake, gpu), UsageProblem);
  return message;
}

Deno.test("planMig() takes the largest plain profile of which two fit, and changes nothing", async () => {
  const fake = Object.assign(migHost(), { changesLeft: 0 });
  const { profile, settings, existing } = await plan(fake);
  assertEquals([profile.name, existing], ["3g.20gb", []]);
  const expected = { kind: "mig-instance", uuid: MIG_GPU, profileId: 9 } as const;
  assertEquals(settings, [{ ...expected, start: 0 }, { ...expected, start: 4 }]);
  const readOnly = ["-q", "-lgip", "-lgipp", "-lgi", "-u", "/proc/self/ns/pid"];
  for (const argv of fake.commands) assert(argv.some((word) => readOnly.includes(word)), `${argv}`);
});

Deno.test("planMig() uses only the slices that are free", async () => {
  const fake = migHost();
  fake.add(14, 0);
  const { profile, placements, existing } = await plan(fake);
  assertEquals([profile.name, existing.length], ["2g.10gb", 1]);
  assertEquals(placements.map(({ start }) => start), [2, 4]);
  const text = describeMigPlan(await plan(fake));
  assert(text.includes("2 GPU instances 2g.10gb at slices 2 and 4"), text);
  assert(text.includes("2g.10gb at slice 0 (instance 1)"), text);
});

Deno.test("planMig() refuses a GPU without room for two, and names what is there", async () => {
  const fake = migHost();
  for (const [profile, start] of [[9, 0], [9, 4]] as const) fake.add(profile, start);
  const message = await refusal(fake);
  assert(message.includes("no room for two equal instances (there: 3g.20gb at slice 0"), message);
});

Deno.test("planMig() never switches MIG mode, and says how the user does", async () => {
  const modes = {
    "is off": { current: "Disabled" },
    "waits for a reset": { current: "Disabled", pending: "Enabled" },
    "ends with its next reset": { current: "Enabled", pending: "Disabled" },
    "has no MIG": { current: "N/A" },
  };
  for (const [words, gpu] of Object.entries(modes)) {
    const message = await refusal(migHost(gpu));
    assert(message.includes(words), message);
  }
  assert((await refusal(migHost({ current: "Disabled" }))).includes("nvidia-smi -i 0 -mig 1"));
});

Deno.test("planMig() refuses while any process uses the GPU, or where that is not told", async () => {
  assert((await refusal(migHost({ processes: PROCESS }))).includes("4711 /usr/lib/xorg/Xorg"));
  assert((await refusal(migHost({ processes: "N/A" }))).includes("does not tell which processes"));
});

Deno.test("planMig() gives every reason at once", async () => {
  const fake = Object.assign(migHost({ current: "Disabled", processes: PROCESS }), {
    uid: 1000,
    pidNamespace: "pid:[4026532001]",
  });
  const message = await refusal(fake);
  for (const words of ["not root", "not in sight", "is off", "4711"]) {
    assert(message.includes(words), message);
  }
});

Deno.test("planMig() takes the GPU that is named, else the only one in MIG mode", async () => {
  const other = { uuid: "GPU-ffffffff-1111-2222-3333-444455556666" };
  const fake = migHost({ ...other, current: "Disabled" }, {});
  for (const gpu of [null, "1", MIG_GPU, "0000:02:00.0"]) {
    assertEquals((await plan(fake, gpu)).gpuIndex, 1);
  }
  assert((await refusal(fake, "0")).includes("MIG mode of GPU 0 is off"));
  assert((await refusal(fake, "2")).includes("there is no GPU 2 (GPUs: 0, 1)"));
  assert((await refusal(migHost(other, {}))).includes("several GPUs may be meant (0, 1)"));
});

Deno.test("planMig() refuses where a listing is not whole", async () => {
  const answers = [
    { status: 4, stdout: "No GPU instances found: Insufficient Permissions" },
    { ended: "timed-out", status: null },
    { stdout: "|   0  MIG 3g.20gb  9  1  ?:4 |" },
  ] as const;
  for (const answer of answers) {
    const fake = migHost();
    fake.intercept = ({ argv }) => argv.includes("-lgi") ? answer : null;
    const message = await refusal(fake);
    assert(message.includes("are not understood (nvidia-smi mig -lgi"), message);
  }
});

Deno.test("planMig() passes on that the driver does not answer", async () => {
  const fake = migHost();
  fake.intercept = ({ argv }) => argv.includes("-q") ? { ended: "timed-out", status: null } : null;
  await assertRejects(() => plan(fake), Problem);
  fake.intercept = ({ argv }) => argv.includes("-q") ? { ended: "not-found", status: null } : null;
  await assertRejects(() => plan(fake), Problem);
});

Deno.test("makeMigInstances() makes both, returns them, and leaves nothing behind", async () => {
  const fake = migHost();
  fake.add(19, 6);
  const before = structuredClone(fake.state);
  const changes = new HostChanges({ host: fake.host, journal: memoryLog(), allows: () => true });
  const made = await makeMigInstances(fake.host, changes, {
    plan: await plan(fake),
    program: PROGRAM,
  });
  assertEquals(made.map(({ instanceId, placement }) => [instanceId, placement.start]), [
    [2, 0],
    [3, 2],
  ]);
  await changes.undoTo(0);
  assertEquals(fake.state, before);
});

Deno.test("makeMigInstances() makes nothing where the plan does not hold any more", async () => {
  const changesOf = (fake: FakeMigHost) =>
    new HostChanges({ host: fake.host, journal: memoryLog(), allows: () => true });
  const busy = migHost();
  const planned = await plan(busy);
  busy.log = logOf({ processes: PROCESS });
  const options = { plan: planned, program: PROGRAM };
  await assertRejects(() => makeMigInstances(busy.host, changesOf(busy), options), Problem, "4711");
  const shared = migHost();
  shared.add(19, 6);
  const make = () => makeMigInstances(shared.host, changesOf(shared), options);
  await assertRejects(make, Problem, "have changed since");
  assertEquals([busy.state.instances.length, shared.state.instances.length], [0, 1]);
});

Deno.test("judgeMig() says what a GPU is that has fallen off the bus", async () => {
  const fake = migHost();
  const [record] = parseNvidiaSmiLog(fake.log).gpus;
  assert(record !== undefined);
  const lost: GpuRecord = { ...record, lost: "GPU is lost" };
  const error = assertThrows(() => judgeMig(factsOf(lost), { gpu: null }), UsageProblem);
  assert(error.message.includes("GPU 0 does not answer (GPU is lost)"), error.message);
  const none: MigFacts = { ...factsOf(record), gpus: [], chosen: null };
  assertThrows(() => judgeMig(none, { gpu: null }), UsageProblem, "NVIDIA's driver has no GPU");
  assertEquals(await plan(fake).then(({ gpuName }) => gpuName), "NVIDIA X100");
});

const LISTED = `|   0  MIG 1g.10gb  19  7/7  9.75  No  16  1  0  |
|   0  MIG 1g.20gb  15  4/4  19.62  No  26  1  0  |
|   0  MIG 2g.10gb  16  3/3  9.75  No  32  1  0  |
|   0  MIG 2g.20gb+me  14  3/3  19.62  No  32  1  0  |
|   0  MIG 3g.40gb  9  2/2  39.25  No  48  1  0  |
|   0  MIG 4g.40gb  5  1/2  39.25  No  64  1  0  |`;
const PLACEMENTS = `GPU  0 Profile ID 19 Placements: {0,1,2}:1
GPU  0 Profile ID 15 Placements: {0,1,2}:2
GPU  0 Profile ID 16 Placements: {0,2,4}:2
GPU  0 Profile ID 14 Placements: {0,2,4}:2
GPU  0 Profile ID  9 Placements: {0,2}:4
GPU  0 Profile ID  5 Placements: {0,4}:4`;

function pairOf(profiles: string): unknown[] {
  const [record] = parseNvidiaSmiLog(logOf({})).gpus;
  assert(record !== undefined);
  const slices = {
    profiles: parseMigProfiles(profiles).records,
    placements: parseMigPlacements(PLACEMENTS).records,
    instances: parseMigInstances("No GPU instances found: Not Found").records,
  };
  const { profile, placements } = judgeMig(factsOf(record, { slices }), { gpu: null });
  return [profile.name, ...placements.map(({ start }) => start)];
}

Deno.test("judgeMig() prefers compute slices to memory, and memory next", () => {
  assertEquals(pairOf(LISTED), ["2g.10gb", 0, 2]);
  assertEquals(pairOf(LISTED.replace("2g.10gb  16  3/3", "2g.10gb  16  1/3")), ["1g.20gb", 0, 2]);
});

function factsOf(record: GpuRecord, chosen: Partial<ChosenGpu> = {}): MigFacts {
  const gpu = { index: 0, record };
  const unchosen = { ...gpu, slices: null, unread: null };
  return { root: true, wholeHost: true, gpus: [gpu], chosen: { ...unchosen, ...chosen } };
}
