/**
 * Containers of Docker that are given GPUs, in the best way that works.
 *
 * @module
 */
import {
  containerArguments,
  type ContainerRequest,
  type Docker,
  dockerFailure,
  runInContainer,
} from "../docker/docker.ts";
import { containerProcess, startContainer } from "../docker/docker_session.ts";
import type { CommandResult, Host } from "../host.ts";
import { isText } from "../json_values.ts";
import { MissingTool } from "../../problem.ts";
import type { GpuContainerRequest, GpuContainers, GpuContainerSession } from "./gpu_container.ts";
import {
  cdiNames,
  commonNodes,
  type GpuGrant,
  gpuNodes,
  gpusOption,
  GRANT_IN_WORDS,
  type GrantedGpu,
} from "./gpu_grant.ts";
import { type GpuTrial, TRIAL, trialFailure } from "./gpu_trial.ts";

/** The Docker that a caller has opened, with the tools image that it has built there. */
export interface DockerWithTools {
  readonly docker: Docker;
  readonly image: string;
}

/** What every container gets. */
interface Setup extends DockerWithTools {
  readonly trial: GpuTrial;
  readonly env: Readonly<Record<string, string>>;
}

/** Where CDI looks unless told otherwise, see its specification. */
const SPECIFICATION_FOLDERS = ["/etc/cdi", "/var/run/cdi"];

/**
 * What `--gpus` says where there is no toolkit: Docker has no driver for such devices, and from 29 on
 * also no CDI specification of a vendor's that it could take in its place.
 */
const NO_TOOLKIT = /could not select device driver "" with|no known GPU vendor found/;

/**
 * Finds how Docker can give GPUs to a container: each way is tried, the best first.
 *
 * @throws {MissingTool} where no way works, with what each one said
 */
export async function dockerGpuContainers(host: Host, setup: Setup): Promise<GpuContainers> {
  const common = commonNodes(await host.readFolder("/dev") ?? []);
  const notes: string[] = [];
  for (const grant of await grantsToTry(host, setup.docker)) {
    const containers = new DockerGpuContainers(host, setup, { grant, common, notes: [...notes] });
    const tried = await containers.try();
    const failure = trialFailure(tried, setup.trial);
    if (failure === null) return containers;
    if (!NO_TOOLKIT.test(tried.stderr)) notes.push(`${GRANT_IN_WORDS[grant]} failed: ${failure}`);
  }
  throw noGrant(setup.docker, notes);
}

/** CDI is worth a trial where a specification is, whatever Docker says of itself. */
async function grantsToTry(host: Host, docker: Docker): Promise<readonly GpuGrant[]> {
  const [client, ...options] = docker.command;
  const { stdout } = await host.run({
    argv: [client, ...options, "info", "--format={{json .}}"],
    timeoutSeconds: 20,
  });
  const folders = new Set([...SPECIFICATION_FOLDERS, ...parseCdiFolders(stdout)]);
  const hasCdi = await hasSpecification(host, [...folders]);
  return ["nvidia-container-toolkit", ...(hasCdi ? ["cdi" as const] : []), "devices"];
}

/**
 * The folders of CDI specifications in `docker info`; none before Docker 25. Docker 29 may name none and
 * read the usual ones all the same.
 */
export function parseCdiFolders(stdout: string): string[] {
  try {
    const folders: unknown = JSON.parse(stdout)?.CDISpecDirs;
    return Array.isArray(folders) ? folders.filter(isText) : [];
  } catch {
    return [];
  }
}

async function hasSpecification(host: Host, folders: readonly string[]): Promise<boolean> {
  for (const folder of folders) {
    for (const name of await host.readFolder(folder) ?? []) {
      if (!/\.(?:ya?ml|json)$/.test(name)) continue;
      if (/nvidia\.com\/gpu\b/.test(await host.readText(`${folder}/${name}`) ?? "")) return true;
    }
  }
  return false;
}

class DockerGpuContainers implements GpuContainers {
  readonly engine = "docker";
  readonly grant: GpuGrant;
  readonly description: string;
  readonly notes: readonly string[];
  readonly #host: Host;
  readonly #setup: Setup;
  readonly #common: readonly string[];

  constructor(
    host: Host,
    setup: Setup,
    { grant, common, notes }: {
      readonly grant: GpuGrant;
      readonly common: readonly string[];
      readonly notes: readonly string[];
    },
  ) {
    this.#host = host;
    this.#setup = setup;
    this.#common = common;
    this.grant = grant;
    this.notes = notes;
    this.description = `Docker ${setup.docker.serverVersion} with ${GRANT_IN_WORDS[grant]}`;
  }

  /** Runs the trial's command with the trial's GPUs. */
  try(): Promise<CommandResult> {
    return this.run({ ...TRIAL, ...this.#setup.trial });
  }

  argv(request: GpuContainerRequest): [string, ...string[]] {
    return containerArguments(this.#setup.docker, this.#container(request));
  }

  run(request: GpuContainerRequest): Promise<CommandResult> {
    return runInContainer(this.#host, this.#setup.docker, this.#container(request));
  }

  async start(request: GpuContainerRequest): Promise<GpuContainerSession> {
    const { docker } = this.#setup;
    const container = await startContainer(this.#host, docker, this.#container(request));
    return { ...container, hostPid: () => containerProcess(this.#host, docker, request.name) };
  }

  failure(result: CommandResult): string | null {
    return dockerFailure(result);
  }

  /** Docker's own `close` removes its containers. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  #container({ gpus, env, ...request }: GpuContainerRequest): ContainerRequest {
    return {
      ...request,
      image: this.#setup.image,
      mounts: [],
      env: { ...this.#setup.env, ...env },
      ...this.#granted(gpus),
    };
  }

  #granted(gpus: readonly GrantedGpu[]): Pick<ContainerRequest, "gpus" | "devices"> {
    if (gpus.length === 0) return {};
    if (this.grant === "nvidia-container-toolkit") return { gpus: gpusOption(gpus) };
    return { devices: this.grant === "cdi" ? cdiNames(gpus) : gpuNodes(gpus, this.#common) };
  }
}

function noGrant(docker: Docker, notes: readonly string[]): MissingTool {
  return new MissingTool({
    action: "give a container a GPU",
    condition: `Docker ${docker.serverVersion} gave it none in any way`,
    seen: notes.join("; "),
    cure: "Install the NVIDIA Container Toolkit, run: nvidia-ctk runtime configure " +
      "--runtime=docker && systemctl restart docker",
  }, "docker");
}
