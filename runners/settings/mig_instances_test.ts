import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { Problem } from "../../problem.ts";
import { FakeMigHost, MIG_GPU } from "../testing/fake_mig_host.ts";
import { readAgain } from "../testing/read_again.ts";
import { type ChangeLog, memoryLog, undoChange } from "./change.ts";
import { HostChanges } from "./host_changes.ts";
import { NothingChanged } from "./host_files.ts";
import { parseSetting } from "./parse_setting.ts";
import { type HostSetting, readSetting, settingInWords, writeSetting } from "./setting.ts";

const FIRST: HostSetting = { kind: "mig-instance", uuid: MIG_GPU, profileId: 9, start: 0 };
const SECOND: HostSetting = { ...FIRST, start: 4 };

/** A host on which somebody else has an instance at slice 4. */
function sharedHost(): FakeMigHost {
  const fake = new FakeMigHost();
  fake.add(14, 4);
  return fake;
}

function changesOf(fake: FakeMigHost, journal: ChangeLog = memoryLog()): HostChanges {
  return new HostChanges({ host: fake.host, journal, allows: () => true });
}

Deno.test("HostChanges makes MIG instances beside others, and removes only its own", async () => {
  const fake = sharedHost();
  const changes = changesOf(fake);
  await changes.set(FIRST, "present");
  assertEquals(await readSetting(fake.host, FIRST), "present");
  assertEquals(fake.state.instances.length, 2);
  await changes.undoTo(0);
  assertEquals([changes.mark, fake.state], [0, sharedHost().state]);
});

Deno.test("HostChanges restores a GPU exactly wherever it and its undoing are killed", async () => {
  const kills = fc.tuple(fc.nat(5), fc.nat(5), fc.boolean(), fc.boolean());
  await fc.assert(
    fc.asyncProperty(kills, async ([first, second, losesLastAnswer, shared]) => {
      const begin = () => shared ? sharedHost() : new FakeMigHost();
      const fake = Object.assign(begin(), { losesLastAnswer, changesLeft: first });
      const journal = memoryLog();
      for (const setting of [FIRST, SECOND]) {
        await changesOf(fake, journal).set(setting, "present").catch(() => {});
      }
      fake.revive();
      fake.changesLeft = second;
      const again = readAgain(journal);
      await changesOf(fake, again).undoTo(0).catch(() => {});
      fake.revive();
      const last = readAgain(again);
      await changesOf(fake, last).undoTo(0);
      assertEquals(JSON.stringify(fake.state), JSON.stringify({ ...begin().state }));
      assertEquals(last.changes, []);
      const { length } = fake.commands;
      await changesOf(fake, last).undoTo(0);
      assertEquals(fake.commands.length, length);
    }),
    { numRuns: 200 },
  );
});

Deno.test("HostChanges.set() finishes nothing that was killed, and undoTo() removes the half", async () => {
  const fake = Object.assign(new FakeMigHost(), { changesLeft: 1 });
  const journal = memoryLog();
  await assertRejects(() => changesOf(fake, journal).set(FIRST, "present"));
  fake.revive();
  assertEquals(await readSetting(fake.host, FIRST), "bare");
  await assertRejects(() => changesOf(fake).set(FIRST, "present"), Problem, "not understood");
  await changesOf(fake, journal).undoTo(0);
  assertEquals(fake.state.instances, []);
});

Deno.test("HostChanges.set() keeps no note of an instance that the driver refused to make", async () => {
  const fake = sharedHost();
  const changes = changesOf(fake);
  const error = await assertRejects(() => changes.set(SECOND, "present"), NothingChanged);
  assert(error.message.includes("Insufficient Resources"), error.message);
  assertEquals([changes.mark, fake.state], [0, sharedHost().state]);
});

Deno.test("HostChanges leaves what somebody else makes while the run is about to", async () => {
  const fake = new FakeMigHost();
  const changes = changesOf(fake);
  fake.intercept = ({ argv }) => {
    if (argv.includes("-cgi") && fake.state.instances.length === 0) fake.add(9, 0);
    return null;
  };
  await assertRejects(() => changes.set(FIRST, "present"), NothingChanged);
  await changes.undoTo(0);
  assertEquals(fake.state.instances.map(({ profileId }) => profileId), [9]);
});

Deno.test("HostChanges.set() keeps the note where it cannot tell what was made", async () => {
  const ends = [
    { ended: "timed-out", status: null },
    { ended: "exited", status: null },
    { status: 15, stdout: "Successfully created GPU instance ID  1 on GPU  0\nUnable to create" },
  ] as const;
  for (const end of ends) {
    const fake = new FakeMigHost();
    const changes = changesOf(fake);
    fake.intercept = ({ argv }) => argv.includes("-cgi") ? end : null;
    await assertRejects(() => changes.set(FIRST, "present"), Problem);
    assertEquals(changes.mark, 1);
  }
});

Deno.test("HostChanges.set() removes no instance that was there before the run", async () => {
  const fake = sharedHost();
  const theirs: HostSetting = { ...FIRST, profileId: 14, start: 4 };
  await assertRejects(() => changesOf(fake).set(theirs, "absent"), Problem, "before the run");
  assertEquals(fake.state, sharedHost().state);
});

Deno.test("HostChanges.undoTo() leaves an instance that a program uses, and keeps it noted", async () => {
  const fake = new FakeMigHost();
  const changes = changesOf(fake);
  await changes.set(FIRST, "present");
  fake.state.used = [1];
  const error = await assertRejects(() => changes.undoTo(0), Problem);
  assert(error.message.includes("a program uses it"), error.message);
  assertEquals([changes.mark, fake.state.instances[0]?.compute], [1, ["3g.20gb"]]);
  fake.state.used = [];
  await changes.undoTo(0);
  assertEquals(fake.state, new FakeMigHost().state);
});

Deno.test("HostChanges.undoTo() waits for a driver that lets go of an instance late", async () => {
  const fake = new FakeMigHost();
  const changes = changesOf(fake);
  await changes.set(FIRST, "present");
  let refusals = 2;
  fake.intercept = ({ argv }) =>
    argv.includes("-dgi") && refusals-- > 0
      ? { status: 19, stdout: "In use by another client" }
      : null;
  await changes.undoTo(0);
  assertEquals([changes.mark, fake.state.instances], [0, []]);
});

Deno.test("undoChange() leaves an instance that is divided otherwise than a run divides it", async () => {
  for (const compute of [["1c.3g.20gb"], ["1c.3g.20gb", "2c.3g.20gb"]]) {
    const fake = new FakeMigHost();
    fake.add(9, 0, compute);
    const { bootId } = fake;
    const change = { setting: FIRST, before: "absent", bootId, serial: null };
    await assertRejects(() => undoChange(fake.host, change), Problem, "somebody else's");
    assertEquals(fake.state.instances[0]?.compute, compute);
  }
});

Deno.test("undoChange() leaves what was made after a restart of the host", async () => {
  const fake = new FakeMigHost();
  fake.add(9, 0);
  const change = { setting: FIRST, before: "absent", bootId: crypto.randomUUID(), serial: null };
  assertEquals(await undoChange(fake.host, change), "void");
  assertEquals(fake.state.instances.length, 1);
});

Deno.test("readSetting() takes a GPU whose MIG mode is off for one without the instance", async () => {
  const fake = new FakeMigHost();
  fake.state.migOn = false;
  assertEquals(await readSetting(fake.host, FIRST), "absent");
  await assertRejects(() => writeSetting(fake.host, FIRST, "present"), Problem, "No MIG-enabled");
});

Deno.test("readSetting() never takes an answer that is no listing for an empty one", async () => {
  const answers = [
    { ended: "timed-out", status: null },
    { ended: "not-found", status: null },
    { status: 0, stdout: "" },
    { status: 4, stdout: "No GPU instances found: Insufficient Permissions" },
    { status: 6, stdout: "No devices were found" },
    { status: 15, stdout: "Unable to determine the device handle for GPU0: GPU is lost" },
    { status: 0, stdout: "|   0  MIG 3g.20gb  9  one  0:4 |" },
  ] as const;
  for (const answer of answers) {
    const fake = new FakeMigHost();
    fake.intercept = () => answer;
    await assertRejects(() => readSetting(fake.host, FIRST), Problem, "Cannot list");
  }
});

Deno.test("parseSetting() takes a MIG instance of a GPU's UUID alone", () => {
  assertEquals(parseSetting(JSON.parse(JSON.stringify(FIRST))), FIRST);
  const hostile = [
    { ...FIRST, uuid: "0" },
    { ...FIRST, uuid: "MIG-0a1b2c3d-1111-2222-3333-444455556666" },
    { ...FIRST, uuid: `${MIG_GPU} -mig 0` },
    { ...FIRST, profileId: -1 },
    { ...FIRST, start: 0.5 },
    { ...FIRST, start: "0" },
    { ...FIRST, instanceId: 1 },
    { kind: "mig-instance", uuid: MIG_GPU, profileId: 9 },
  ];
  assertEquals(hostile.map(parseSetting), hostile.map(() => null));
});

Deno.test("settingInWords() names the place of a MIG instance", () => {
  const words = `the MIG instance of profile 9 at slice 0 of ${MIG_GPU}`;
  assertEquals(settingInWords(FIRST), words);
});
