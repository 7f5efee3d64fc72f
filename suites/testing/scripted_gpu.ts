/** A GPU, its driver's list of processes and its programs, scripted for tests. @module */
import type { CudaProgram } from "../../runners/cuda/cuda_programs.ts";
import type { CommandRequest, CommandResult, Host } from "../../runners/host.ts";
import { sampleGpu } from "../../runners/gpu/nvidia_smi_samples.ts";
import type { CudaPlace, CudaRequest } from "../gpu/cuda_place.ts";
import type { GpuSubject } from "../gpu/gpu_place.ts";
import { Places, type PlacesOptions } from "../places.ts";

export const UUID = "GPU-11111111-aaaa-4000-8000-000000000001";

/** A whole GPU, unless changed. */
export function sampleSubject(changes: Partial<GpuSubject["gpu"]> = {}): GpuSubject {
  const gpu = sampleGpu(1, { uuid: UUID, name: "NVIDIA Q200 80GB", ...changes });
  const granted = { uuid: UUID, minor: gpu.minorNumber, capabilityNodes: [] };
  return { gpu, uuid: UUID, title: "NVIDIA Q200 80GB", isWhole: true, granted };
}

/** A command that ended well, unless changed. */
export function commandResult(changes: Partial<CommandResult> = {}): CommandResult {
  return {
    ended: "exited",
    status: 0,
    stdout: "",
    stderr: "",
    startedAt: "2026-01-02T03:04:05.000Z",
    durationSeconds: 1,
    ...changes,
  };
}

/** A host on which `answer` tells how each command ends, and a minute passes from look to look. */
export function scriptedHost(
  answer: (request: CommandRequest) => Partial<CommandResult>,
): Host & { readonly asked: string[] } {
  const asked: string[] = [];
  let minutes = 0;
  const host: Partial<Host> = {
    monotonicSeconds: () => 60 * ++minutes,
    run(request) {
      asked.push(request.argv.join(" "));
      return Promise.resolve(commandResult(answer(request)));
    },
  };
  return { ...host, asked } as Host & { readonly asked: string[] };
}

/** Whether a command asks for the driver's list of processes. */
export function asksForProcesses({ argv }: CommandRequest): boolean {
  return argv.some((word) => word.startsWith("--query-compute-apps"));
}

/** A place whose programs print what `answer` says; without a GPU, no device is found. */
export function scriptedPlace(
  answer: (request: CudaRequest) => Partial<CommandResult>,
  { failure = null, pid = 4242 }: {
    readonly failure?: string | null;
    readonly pid?: number | null;
  } = {},
): CudaPlace & { readonly stopped: number[] } {
  const stopped: number[] = [];
  return {
    title: "in a test",
    notes: [],
    stopped,
    run(request) {
      const command = commandResult(answer(request));
      return Promise.resolve({ argv: [request.program], command, failure });
    },
    start: () =>
      Promise.resolve({
        pid,
        stop() {
          stopped.push(stopped.length);
          return Promise.resolve(commandResult({ status: null }));
        },
      }),
  };
}

/** The words of a program, by its name. */
export function printing(
  texts: Partial<Record<CudaProgram, string>>,
): (request: CudaRequest) => Partial<CommandResult> {
  return ({ program, gpus }) =>
    gpus.length === 0
      ? { status: 1, stderr: "code=100(cudaErrorNoDevice)\n" }
      : { stdout: texts[program] ?? "" };
}

/** Places of a host of bare metal without tools, unless changed. */
export function gpuPlaces(host: Host, changes: Partial<PlacesOptions> = {}): Places {
  return new Places({
    host,
    tools: [],
    cacheFolder: "/nonexistent",
    target: "/tmp",
    image: null,
    bootId: "boot",
    cpuModel: "Example CPU 9000",
    environment: "bare metal",
    bareMetal: true,
    say: () => {},
    ...changes,
  });
}
