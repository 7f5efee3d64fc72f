/**
 * Who opens the GPU: the runtime, or the program in it.
 *
 * @module
 */
import type { OpenFiles, RuntimeFiles } from "../../runners/webgpu/runtime_files.ts";
import { lacking, negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import { nameOf, pciVendorOf } from "./adapter.ts";
import { gpuNodesAmong } from "./gpu_nodes.ts";

/** Its number among PCI vendors. */
const NVIDIA = "10de";

const isPipe = (file: string): boolean => file.startsWith("pipe:");

/** `webgpu/runtime-opens-device`; `refused` tells what the program itself may open. */
export function runtimeOpensDevice(seen: RuntimeFiles, refused: Observation): Observation {
  const { adapter, runtime, idle } = seen;
  const nodes = gpuNodesAmong(runtime.files);
  const others = gpuNodesAmong(idle.files);
  return observed("webgpu/runtime-opens-device", {
    value: nodes.length > 0 && refused.value === true,
    seen: `while a program computes on ${nameOf(adapter)}, ${runtime.program} holds ` +
      `${nodes.join(", ") || "no node of a GPU"}; of the program itself: ${refused.seen}`,
    controls: [
      positive(
        "the same listing shows the pipe that the runtime prints to",
        runtime.files.some(isPipe),
        files(runtime),
      ),
      negative(
        "a process that only sleeps holds no node of a GPU",
        others.length === 0,
        `${idle.program}: ${others.join(", ") || files(idle)}`,
      ),
    ],
  });
}

/** `webgpu/in-host-list` */
export function inHostList({ adapter, runtime, idle, gpuProcesses }: RuntimeFiles): Observation {
  const name = "webgpu/in-host-list";
  const listed = gpuProcesses.join(", ") || "none";
  if (pciVendorOf(adapter) !== NVIDIA) {
    return lacking(
      name,
      `${nameOf(adapter)} is no NVIDIA GPU, and no other driver is asked`,
      "gpu",
    );
  }
  if (gpuProcesses.length > 0 && !gpuProcesses.includes(runtime.pid)) {
    const other = `the driver lists the processes ${listed}, and the runtime is ${runtime.pid}`;
    return lacking(name, `${other}: it may number them in another namespace`, "gpu");
  }
  return observed(name, {
    value: gpuProcesses.includes(runtime.pid),
    seen: `while a program computes on ${nameOf(adapter)}, the driver lists the processes ` +
      `${listed}; the runtime is ${runtime.pid}`,
    controls: [
      positive("the driver lists processes", gpuProcesses.length > 0, listed),
      negative(
        "a process that only sleeps is not in the list",
        !gpuProcesses.includes(idle.pid),
        `${idle.pid}, of ${listed}`,
      ),
    ],
  });
}

function files({ files }: OpenFiles): string {
  const pipes = files.filter(isPipe).length;
  return `${files.length} descriptors, ${pipes} of them pipes`;
}
