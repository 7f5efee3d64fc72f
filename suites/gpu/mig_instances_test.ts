import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MissingTool } from "../../problem.ts";
import { sampleLog, sampleLogXml, sampleMigDevices } from "../../runners/gpu/nvidia_smi_samples.ts";
import type { GpuRecord } from "../../runners/gpu/nvidia_smi_records.ts";
import type { CommandRequest } from "../../runners/host.ts";
import { memoryLog } from "../../runners/settings/change.ts";
import { FakeMigHost, MIG_GPU } from "../../runners/testing/fake_mig_host.ts";
import { Killed } from "../../runners/testing/fake_pci_host.ts";
import type { Places } from "../places.ts";
import { gpuPlaces } from "../testing/scripted_gpu.ts";
import { gpuInventory, gpuSubject } from "./gpu_place.ts";
import { migPair } from "./mig_pair.ts";
import { gpuAt } from "./sample_reading.ts";

const ON = { current: true, pending: true };

/** A host with one GPU whose log and list follow the instances that are there. */
class Scene {
  readonly fake = new FakeMigHost();
  readonly journal = memoryLog();
  readonly said: string[] = [];
  readonly places: Places;
  /** What the log tells of the GPU beside its instances. */
  gpu: GpuRecord = gpuAt(1, { uuid: MIG_GPU, mig: ON });

  constructor({ mig }: { readonly mig?: boolean } = { mig: true }) {
    this.fake.intercept = (request) => this.#answer(request);
    this.places = gpuPlaces(this.fake.host, {
      journal: this.journal,
      say: (text) => this.said.push(text),
      ...mig === undefined ? {} : { mig },
    });
  }

  get changed(): boolean {
    return this.fake.commands.some((argv) => argv.includes("-cgi") || argv.includes("-dgi"));
  }

  /** Closes the places; what went wrong. */
  async close(): Promise<unknown[]> {
    const failures: unknown[] = [];
    await this.places.close((cleanup) => cleanup().catch((error) => void failures.push(error)));
    return failures;
  }

  #answer({ argv: [, first] }: CommandRequest) {
    const instances = this.fake.state.instances.filter(({ compute }) => compute.length > 0);
    const migDevices = sampleMigDevices(instances.length).map((device, index) => (
      { ...device, gpuInstanceId: instances[index]?.id ?? null }
    ));
    const lines = instances.map(({ id }, index) =>
      `  MIG 3g.20gb     Device  ${index}: (UUID: MIG-${id})\n`
    );
    if (first === "-L") return { stdout: `GPU 0: X (UUID: ${MIG_GPU})\n${lines.join("")}` };
    if (first !== "-q") return null;
    return { stdout: sampleLogXml(sampleLog([{ ...this.gpu, migDevices }])) };
  }
}

async function refusal(scene: Scene): Promise<string> {
  const { message, lacks } = await assertRejects(() => migPair(scene.places), MissingTool);
  assertEquals(lacks, "mig");
  return message;
}

Deno.test("migPair() makes two instances once, and closing the places removes them", async () => {
  const scene = new Scene();
  const pair = await migPair(scene.places);
  assertEquals(pair.map(({ uuid }) => uuid), ["MIG-1", "MIG-2"]);
  assertEquals(await migPair(scene.places), pair);
  assertEquals([scene.fake.state.instances.length, scene.journal.changes.length], [2, 2]);
  assertEquals(await scene.close(), []);
  assertEquals([scene.fake.state.instances, scene.journal.changes], [[], []]);
});

Deno.test("requestMigInstances() changes nothing unless the user allows it", async () => {
  for (const scene of [new Scene({ mig: false }), new Scene({})]) {
    assertStringIncludes(await refusal(scene), "let the run make them (--mig)");
    await scene.close();
    assert(!scene.changed);
  }
});

Deno.test("requestMigInstances() leaves two instances that are there as they are", async () => {
  const scene = new Scene();
  for (const start of [0, 4]) scene.fake.add(9, start);
  await migPair(scene.places);
  await scene.close();
  assert(!scene.changed);
  assertEquals(scene.fake.state.instances.length, 2);
});

Deno.test("requestMigInstances() leaves the other checks their inventory, and tells why and the cure", async () => {
  const process = { type: "C", usedMemoryBytes: 1, gpuInstanceId: null, computeInstanceId: null };
  const busy = [{ ...process, pid: 4711, name: "train" }];
  const refusals: [Partial<GpuRecord>, string[]][] = [
    [{ mig: { current: null, pending: null } }, ["has no MIG", "A100"]],
    [{ mig: { current: false, pending: false } }, ["MIG mode of GPU 0 is off", "-mig 1"]],
    [{ processes: busy }, ["processes use GPU 0 (4711 train)", "End them first"]],
  ];
  for (const [given, words] of refusals) {
    const scene = new Scene();
    scene.gpu = { ...scene.gpu, ...given };
    assertEquals((await gpuInventory(scene.places)).log.gpus.length, 1);
    const message = await refusal(scene);
    for (const word of words) assertStringIncludes(message, word);
    assert(!message.includes(".."), message);
    assertEquals([scene.changed, scene.said.length], [false, 1]);
  }
});

Deno.test("gpuSubject() tells why a GPU in MIG mode has no instance", async () => {
  const scene = new Scene();
  const process = { type: "C", usedMemoryBytes: 1, gpuInstanceId: null, computeInstanceId: null };
  scene.gpu = { ...scene.gpu, processes: [{ ...process, pid: 7, name: "x" }] };
  const { message } = await assertRejects(() => gpuSubject(scene.places), MissingTool);
  assertStringIncludes(message, "in MIG mode and has no instance: Cannot make MIG instances");
});

Deno.test("requestMigInstances() removes a first instance at once when the second is refused", async () => {
  const scene = new Scene();
  const answer = scene.fake.intercept;
  let made = 0;
  scene.fake.intercept = (request) => {
    const isSecond = request.argv.includes("-cgi") && ++made === 2;
    return isSecond ? { status: 15, stdout: "Insufficient Resources\n" } : answer(request);
  };
  assertStringIncludes(await refusal(scene), "Insufficient Resources");
  assertEquals([scene.fake.state.instances, scene.journal.changes], [[], []]);
  assertEquals(await scene.close(), []);
});

Deno.test("closing the places tells of an instance that a program still uses, and keeps the note", async () => {
  const scene = new Scene();
  await migPair(scene.places);
  scene.fake.state.used.push(2);
  const [failure] = await scene.close();
  assertStringIncludes(String(failure), "deno task recover");
  assertEquals([scene.fake.state.instances.length, scene.journal.changes.length], [1, 1]);
});

Deno.test("requestMigInstances() has noted what a killed run made, at each step", async () => {
  for (const changesLeft of [0, 1, 2, 3]) {
    const scene = new Scene();
    scene.fake.changesLeft = changesLeft;
    await assertRejects(() => gpuInventory(scene.places), Killed);
    scene.fake.revive();
    assertEquals(await scene.close(), []);
    assertEquals([scene.fake.state.instances, scene.journal.changes], [[], []]);
  }
});

Deno.test("migPair() takes compute instances of one GPU instance for one", async () => {
  const scene = new Scene({ mig: false });
  scene.fake.add(9, 0);
  scene.fake.add(9, 4);
  for (const [index, instance] of scene.fake.state.instances.entries()) {
    scene.fake.state.instances[index] = { ...instance, id: 1 };
  }
  assertStringIncludes(await refusal(scene), "no GPU has two");
});
