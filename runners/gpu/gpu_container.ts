/**
 * What a container with GPUs is, whoever runs it.
 *
 * @module
 */
import type { CommandResult, Session } from "../host.ts";
import type { GpuGrant, GrantedGpu } from "./gpu_grant.ts";

/** A command in a container of its own, without network. */
export interface GpuContainerRequest {
  /** Follows `cellproof-` in the container's name; unique among those that run at one time. */
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  /** None granted where empty. */
  readonly gpus: readonly GrantedGpu[];
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
}

/** A container that lives until it is stopped, or its time is over. */
export interface GpuContainerSession extends Session {
  /** The host's id of its first process; null where it does not run (yet). */
  hostPid(): Promise<number | null>;
  /** Removes the container, and tells how its command ended. */
  stop(graceSeconds?: number): Promise<CommandResult>;
}

/** A way to run commands in containers that have GPUs. */
export interface GpuContainers {
  readonly engine: "docker" | "runc" | "crun";
  readonly grant: GpuGrant;
  /** In words, such as "Docker 28.2.2 with the NVIDIA Container Toolkit". */
  readonly description: string;
  /** What was tried before and failed, each in words. */
  readonly notes: readonly string[];
  /** The whole command that runs a request. */
  argv(request: GpuContainerRequest): [string, ...string[]];
  /** Runs one command; whatever happens, nothing of its container is left. */
  run(request: GpuContainerRequest): Promise<CommandResult>;
  /** Starts a container that lives until it is stopped. */
  start(request: GpuContainerRequest): Promise<GpuContainerSession>;
  /** Why the engine itself failed, when it was not the command in the container; else null. */
  failure(result: CommandResult): string | null;
  /** Removes what is left of its containers; Docker itself is the caller's to close. */
  close(): Promise<void>;
}
