import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MissingTool, Problem } from "../../problem.ts";
import { fakeNvidiaSmi, type NvidiaSmiAnswers } from "../testing/fake_nvidia_smi.ts";
import { type GpuInventory, readGpuInventory } from "./gpu_inventory.ts";
import { sampleGpu, sampleLog, sampleLogXml } from "./nvidia_smi_samples.ts";

const XML = sampleLogXml(sampleLog([sampleGpu(1)]));
const ALL: NvidiaSmiAnswers = {
  "-q -x": { stdout: XML },
  "-L": { stdout: "GPU 0: Sample (UUID: GPU-0a)\n" },
  "topo -m": { stdout: "\tGPU0\tCPU Affinity\nGPU0\t X \t0-7\n" },
  "nvlink -s": { stdout: "GPU 0: Sample (UUID: GPU-0a)\n\t Link 0: 26.562 GB/s\n" },
  "vgpu -q": { stdout: "GPU 00000000:65:00.0\n    Active vGPUs : 0\n" },
  "vgpu -ss": { stdout: "GPU 00000000:65:00.0\n    Scheduler Policy : Best Effort\n" },
};

function read(answers: NvidiaSmiAnswers): Promise<GpuInventory> {
  return readGpuInventory(fakeNvidiaSmi({ ...ALL, ...answers }).host);
}

Deno.test("readGpuInventory() puts together everything that nvidia-smi tells", async () => {
  const { log, list, topology, nvlink, vgpus, texts, problems } = await read({});
  assertEquals(log.gpus, [sampleGpu(1)]);
  assertEquals(list?.[0]?.uuid, "GPU-0a");
  assertEquals(topology?.devices.length, 1);
  assertEquals(nvlink?.[0]?.links.length, 1);
  const policy = { busId: "0000:65:00.0", active: 0, vgpus: [], schedulerPolicy: "Best Effort" };
  assertEquals(vgpus, [policy]);
  assertEquals(problems, []);
  assertEquals(texts["nvidia-smi.xml"], XML);
  assertEquals(Object.keys(texts).length, 6);
});

Deno.test("readGpuInventory() goes on without what cannot be asked", async () => {
  const inventory = await read({
    "-L": { ended: "timed-out", status: null },
    "topo -m": { stdout: "Not Supported\n" },
    "nvlink -s": { status: 255, stdout: "" },
    "vgpu -q": { status: 4, stderr: "Insufficient Permissions" },
  });
  const { log, list, topology, nvlink, vgpus, problems } = inventory;
  assertEquals([list, topology, nvlink, vgpus], [null, null, null, null]);
  assertEquals(log.gpus.length, 1);
  assertEquals(problems.length, 4);
  assertStringIncludes(problems[0] ?? "", "did not answer within 30 s");
});

Deno.test("readGpuInventory() takes it for an answer that there is no NVLink and no vGPU", async () => {
  const silent = { "nvlink -s": { stdout: "" }, "vgpu -q": { stdout: "No active vGPUs\n" } };
  const refused = {
    "nvlink -s": { status: 3, stdout: "NvLink not supported\n" },
    "vgpu -q": { status: 6, stdout: "No supported devices in vGPU mode\n" },
  };
  for (const answers of [silent, refused]) {
    const { nvlink, vgpus, problems } = await read(answers);
    assertEquals({ nvlink, vgpus, problems }, { nvlink: [], vgpus: [], problems: [] });
  }
});

Deno.test("readGpuInventory() tells where a GPU is missing from the log", async () => {
  const lost = "Unable to determine the device handle for GPU1: 0000:44:00.0: Unknown Error\n";
  const stdout = sampleLogXml({ ...sampleLog([sampleGpu(1)]), attachedGpus: 2 });
  const list = { stdout: "GPU 0: Sample (UUID: GPU-0a)\n", stderr: lost };
  const inventory = await read({ "-q -x": { stdout, stderr: lost }, "-L": list });
  assertEquals(inventory.problems, ["nvidia-smi tells of 1 of 2 attached GPUs"]);
  assertEquals(inventory.list?.[1]?.busId, "0000:44:00.0");
});

Deno.test("readGpuInventory() fails where there is no log", async () => {
  await assertRejects(
    () => read({ "-q -x": { status: 6, stdout: "No devices were found\n" } }),
    MissingTool,
  );
  await assertRejects(() => read({ "-q -x": { stdout: XML.slice(0, 500) } }), Problem, "no whole");
});
