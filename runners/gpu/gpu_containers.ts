/**
 * Containers that are given GPUs: by Docker or, where no Docker daemon can be used, as OCI bundles
 * under runc or crun.
 *
 * @module
 */
import type { Host } from "../host.ts";
import type { Payload } from "../payload.ts";
import { dockerGpuContainers, type DockerWithTools } from "./docker_gpus.ts";
import { librarySearchPath } from "./driver_libraries.ts";
import type { GpuContainerRequest, GpuContainers, GpuContainerSession } from "./gpu_container.ts";
import type { GpuGrant, GrantedGpu } from "./gpu_grant.ts";
import type { GpuTrial } from "./gpu_trial.ts";
import { ociGpuContainers } from "./oci_gpus.ts";

export type {
  DockerWithTools,
  GpuContainerRequest,
  GpuContainers,
  GpuContainerSession,
  GpuGrant,
  GpuTrial,
  GrantedGpu,
};

/** Why there is no Docker to be used, as a {@linkcode Problem} says it. */
export interface NoDocker {
  readonly unavailable: string;
}

export interface GpuContainersOptions {
  readonly docker: DockerWithTools | NoDocker;
  /** The programs with all libraries, those of the driver included: see `findDriverLibraries`. */
  readonly payload: Payload;
  /** An existing temporary folder. */
  readonly folder: string;
  readonly trial: GpuTrial;
}

/**
 * Opens containers that have GPUs, and tries that they do. Where the loader is told on the host where to
 * look for libraries (`LD_LIBRARY_PATH`), it is told the same inside.
 *
 * @throws {MissingTool} where no container gets a GPU, naming what was tried and the cure
 */
export async function openGpuContainers(
  host: Host,
  { docker, payload, folder, trial }: GpuContainersOptions,
): Promise<GpuContainers> {
  const searchPath = await librarySearchPath(host);
  const env = searchPath === null ? {} : { LD_LIBRARY_PATH: searchPath };
  return "unavailable" in docker
    ? await ociGpuContainers(host, { ...docker, payload, folder, trial, env })
    : await dockerGpuContainers(host, { ...docker, trial, env });
}
