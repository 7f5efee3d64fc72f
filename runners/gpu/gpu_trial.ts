/**
 * Whether a container gets GPUs in some way: tried, since settings alone do not tell.
 *
 * @module
 */
import type { CommandResult } from "../host.ts";
import { shorten } from "../../problem.ts";
import type { GrantedGpu } from "./gpu_grant.ts";

/**
 * What each way of granting is tried with: the command must exit with status 0 and print each of the
 * UUIDs, as `nvidia-smi -L` does.
 */
export interface GpuTrial {
  readonly gpus: readonly GrantedGpu[];
  readonly argv: readonly [string, ...string[]];
}

/** The name of the trial's container, and how long nvidia-smi may take. */
export const TRIAL = { name: "gpu-trial", timeoutSeconds: 60 } as const;

/** Why a trial failed; null where the container has the GPUs. */
export function trialFailure(
  { ended, status, stdout, stderr }: CommandResult,
  { gpus, argv: [program] }: GpuTrial,
): string | null {
  const said = shorten(stderr.trim() || stdout);
  if (ended !== "exited") return `${program} was ended (${ended})`;
  if (status !== 0) return said === "" ? `${program} ended with status ${status}` : said;
  const unseen = gpus.filter(({ uuid }) => !stdout.includes(uuid)).map(({ uuid }) => uuid);
  return unseen.length === 0 ? null : `${program} does not show ${unseen.join(", ")}`;
}
