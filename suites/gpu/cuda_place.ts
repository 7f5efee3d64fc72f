/**
 * Where CUDA programs run: natively, or in containers that are given the GPU. Both run the very same
 * programs of the host, and both name the GPU by its UUID.
 *
 * @module
 */
import { MissingTool, Problem } from "../../problem.ts";
import { type CudaProgram, findCudaPrograms } from "../../runners/cuda/cuda_programs.ts";
import { findDriverLibraries } from "../../runners/gpu/driver_libraries.ts";
import {
  type GpuContainers,
  type GpuContainersOptions,
  type GrantedGpu,
  openGpuContainers,
} from "../../runners/gpu/gpu_containers.ts";
import type { CommandResult, Host } from "../../runners/host.ts";
import { gatherPayload, type Payload } from "../../runners/payload.ts";
import { buildToolsImage } from "../../runners/docker/tools_image.ts";
import type { Places } from "../places.ts";
import { gpuSubject } from "./gpu_place.ts";

/** One run of a CUDA program. */
export interface CudaRequest {
  readonly program: CudaProgram;
  readonly args: readonly string[];
  /** The GPUs that it may see, the first as its device 0; none at all where empty. */
  readonly gpus: readonly GrantedGpu[];
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
}

/** What one run gave, and the whole command. */
export interface CudaOutcome {
  readonly argv: readonly string[];
  readonly command: CommandResult;
  /** Why the place itself failed, when it was not the program; else null. */
  readonly failure: string | null;
}

/** A program that goes on until it is stopped. */
export interface CudaSession {
  /** The host's id of its process; null where that cannot be told. */
  readonly pid: number | null;
  stop(): Promise<CommandResult>;
}

/** A place that CUDA programs run in. */
export interface CudaPlace {
  /** In words: "natively", "in a container (Docker 28.2 with the NVIDIA Container Toolkit)". */
  readonly title: string;
  /** What was tried before and failed. */
  readonly notes: readonly string[];
  run(request: CudaRequest): Promise<CudaOutcome>;
  start(request: CudaRequest): Promise<CudaSession>;
}

export type CudaPrograms = ReadonlyMap<CudaProgram, string>;

/** Beside the image that the other checks use. */
const GPU_IMAGE = "cellproof-gpu-tools:latest";
const STOP_SECONDS = 2;
const READY_SECONDS = 10;

/** The CUDA programs of this host, looked for once. */
export function cudaPrograms(places: Places): Promise<CudaPrograms> {
  const { cudaSamples: samplesFolder = null, cacheFolder } = places.options;
  return places.once(
    "cuda programs",
    () => findCudaPrograms(places.host, { samplesFolder, cacheFolder }),
  );
}

/**
 * The path of a CUDA program.
 *
 * @throws {MissingTool} where it is not here
 */
export function cudaProgram(programs: CudaPrograms, program: CudaProgram): string {
  const path = programs.get(program);
  if (path !== undefined) return path;
  throw new MissingTool({
    action: `run ${program}`,
    condition: "it is neither on PATH nor where CUDA keeps it",
    cure: "Build the CUDA samples and nvbandwidth, and name their folder: --cuda-samples DIR. " +
      "Where nvcc is, this does it: deno task bench --setup",
  }, "cuda");
}

/** CUDA programs as they are. */
export async function nativeCuda(places: Places): Promise<CudaPlace> {
  const programs = await cudaPrograms(places);
  return new NativeCuda(places.host, programs);
}

/** The variables by which CUDA sees these GPUs and no others, in this order. */
export function visibleOnly(gpus: readonly GrantedGpu[]): Readonly<Record<string, string>> {
  return {
    CUDA_DEVICE_ORDER: "PCI_BUS_ID",
    CUDA_VISIBLE_DEVICES: gpus.map(({ uuid }) => uuid).join(","),
  };
}

class NativeCuda implements CudaPlace {
  readonly title = "natively";
  readonly notes = [];
  readonly #host: Host;
  readonly #programs: CudaPrograms;

  constructor(host: Host, programs: CudaPrograms) {
    this.#host = host;
    this.#programs = programs;
  }

  async run({ program, args, gpus, env, timeoutSeconds }: CudaRequest): Promise<CudaOutcome> {
    const argv = [cudaProgram(this.#programs, program), ...args] as const;
    const variables = { ...visibleOnly(gpus), ...env };
    const command = await this.#host.run({ argv, env: variables, timeoutSeconds });
    return { argv, command, failure: null };
  }

  async start({ program, args, gpus, env, timeoutSeconds }: CudaRequest): Promise<CudaSession> {
    const path = cudaProgram(this.#programs, program);
    const session = await this.#host.start({
      // The program takes the place of the shell, and so its number.
      argv: ["bash", "-c", 'echo "$$"; exec "$@"', "cellproof-cuda", path, ...args],
      env: { ...visibleOnly(gpus), ...env },
      timeoutSeconds,
    });
    const pid = Number(await session.receive(READY_SECONDS));
    return {
      pid: Number.isInteger(pid) && pid > 0 ? pid : null,
      stop: () => session.stop(STOP_SECONDS),
    };
  }
}

/** Containers that are given GPUs, opened once. */
export function gpuContainers(places: Places): Promise<GpuContainers> {
  return places.once("gpu containers", () => open(places));
}

/** CUDA programs in containers. */
export async function containerCuda(places: Places): Promise<CudaPlace> {
  const containers = await gpuContainers(places);
  return new ContainerCuda(containers, await cudaPrograms(places));
}

class ContainerCuda implements CudaPlace {
  readonly title: string;
  readonly notes: readonly string[];
  readonly #containers: GpuContainers;
  readonly #programs: CudaPrograms;
  #started = 0;

  constructor(containers: GpuContainers, programs: CudaPrograms) {
    this.#containers = containers;
    this.#programs = programs;
    this.title = `in a container (${containers.description})`;
    this.notes = containers.notes;
  }

  async run(request: CudaRequest): Promise<CudaOutcome> {
    const inside = this.#inside(request, "run");
    const command = await this.#containers.run(inside);
    return {
      argv: this.#containers.argv(inside),
      command,
      failure: this.#containers.failure(command),
    };
  }

  async start(request: CudaRequest): Promise<CudaSession> {
    const inside = this.#inside(request, `session-${++this.#started}`);
    const argv = ["sh", "-c", 'echo; exec "$@"', "cellproof-cuda", ...inside.argv] as const;
    const session = await this.#containers.start({ ...inside, argv });
    // Until the first line the container may not run yet.
    await session.receive(READY_SECONDS);
    return { pid: await session.hostPid(), stop: () => session.stop(STOP_SECONDS) };
  }

  #inside({ program, args, gpus, env, timeoutSeconds }: CudaRequest, name: string) {
    cudaProgram(this.#programs, program);
    return {
      name: `gpu-${name}`,
      argv: [program, ...args] as const,
      gpus,
      env: { CUDA_DEVICE_ORDER: "PCI_BUS_ID", ...env },
      timeoutSeconds,
    };
  }
}

async function open(places: Places): Promise<GpuContainers> {
  const { host } = places;
  const { granted } = await gpuSubject(places);
  const folder = await host.temporaryFolder();
  const payload = await gpuPayload(places);
  const trial = { gpus: [granted], argv: ["nvidia-smi", "-L"] } as const;
  const docker = await dockerWith(places, payload);
  const containers = await openGpuContainers(host, { docker, payload, folder, trial });
  places.atClose(() => containers.close());
  return containers;
}

/** The CUDA programs and nvidia-smi, with their libraries and the driver's own. */
async function gpuPayload(places: Places): Promise<Payload> {
  const { host } = places;
  const smi = (await host.run({ argv: ["which", "nvidia-smi"], timeoutSeconds: 10 })).stdout.trim();
  const programs = [...await cudaPrograms(places)].map(([name, path]) => ({ name, path }));
  const all = smi === "" ? programs : [...programs, { name: "nvidia-smi", path: smi }];
  return await gatherPayload(host, all, await findDriverLibraries(host));
}

/** The run's Docker with an image of the GPU programs; why there is none where it cannot be used. */
async function dockerWith(
  places: Places,
  payload: Payload,
): Promise<GpuContainersOptions["docker"]> {
  try {
    const { docker } = await places.container();
    const folder = await places.host.temporaryFolder();
    const parts = { payload, folder, name: GPU_IMAGE };
    return { docker, image: await buildToolsImage(places.host, docker, parts) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { unavailable: error.message };
  }
}
