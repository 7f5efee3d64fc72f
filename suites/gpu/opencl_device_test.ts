import { assertEquals } from "@std/assert";
import type { CommandRequest, Host } from "../../runners/host.ts";
import type { GpuRecord } from "../../runners/gpu/nvidia_smi_records.ts";
import { openclDevice } from "./opencl_device.ts";
import { gpuAt, readingOf } from "./sample_reading.ts";

const CUDA = "Platform #0: NVIDIA CUDA\n";
const POCL = "Platform #0: Portable Computing Language\n `-- Device #0: cpu-haswell-Xeon\n";

function device(name: string, index = 0): string {
  return ` \`-- Device #${index}: ${name}\n`;
}

/** What clinfo lists with the loader's own folder, and with an empty one. */
async function ask(gpus: readonly GpuRecord[], listed: string, without = "") {
  const requests: CommandRequest[] = [];
  const run = (request: CommandRequest) => {
    requests.push(request);
    const stdout = request.env?.["OCL_ICD_VENDORS"] === undefined ? listed : without;
    return Promise.resolve({ ended: "exited", status: 0, stdout, stderr: "" });
  };
  const host = { run } as unknown as Host;
  const { value, controls, absence } = await openclDevice(host, readingOf(gpus));
  return {
    value,
    held: controls.every(({ held }) => held),
    lacks: absence?.lacks,
    visible: requests[0]?.env?.["CUDA_VISIBLE_DEVICES"],
  };
}

Deno.test("openclDevice() needs each GPU as often as it is there, whatever CUDA is not to see", async () => {
  const two = [gpuAt(1), gpuAt(2)];
  const both = await ask(two, CUDA + device("NVIDIA X") + device("NVIDIA X", 1));
  assertEquals([both.value, both.held, both.visible], [true, true, "0,1"]);
  assertEquals((await ask(two, CUDA + device("NVIDIA X"))).value, false);
});

Deno.test("openclDevice() refutes nothing where NVIDIA's OpenCL driver is not installed", async () => {
  for (const listed of [POCL, ""]) {
    const { value, lacks } = await ask([gpuAt(1)], listed);
    assertEquals([value, lacks], [null, "tools"]);
  }
});

Deno.test("openclDevice() has a control that fails where the GPU is listed without a driver", async () => {
  const listed = CUDA + device("NVIDIA X");
  assertEquals((await ask([gpuAt(1)], listed, listed)).held, false);
});

Deno.test("openclDevice() says nothing of GPUs that have no OpenCL of their own", async () => {
  const gpus = [
    gpuAt(1, { mig: { current: true, pending: true } }),
    gpuAt(1, { virtualizationMode: "host-vgpu" }),
    gpuAt(1, { lost: "GPU is lost" }),
    gpuAt(1, { name: null }),
  ];
  for (const gpu of gpus) assertEquals((await ask([gpu], CUDA + device("MIG 1g"))).value, null);
});
