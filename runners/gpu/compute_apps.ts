/**
 * Which processes compute on a GPU, by the driver's list: `nvidia-smi --query-compute-apps`. A process in
 * another PID namespace has the number that it has on the host.
 *
 * @module
 */
import type { Host } from "../host.ts";

/** A process that has a context on the GPU. */
export interface ComputeApp {
  readonly pid: number;
  /** Memory that it takes on the GPU; null where the driver does not tell. */
  readonly usedMemoryBytes: number | null;
}

const MEBIBYTE = 2 ** 20;
const TIMEOUT_SECONDS = 30;

/** The processes on the GPU of this UUID (on all where null); null where the driver does not tell. */
export async function readComputeApps(
  host: Host,
  uuid: string | null,
): Promise<readonly ComputeApp[] | null> {
  const query = ["--query-compute-apps=pid,used_gpu_memory", "--format=csv,noheader,nounits"];
  const which = uuid === null ? [] : ["-i", uuid];
  const argv = ["nvidia-smi", ...query, ...which] as const;
  const { status, stdout } = await host.run({ argv, timeoutSeconds: TIMEOUT_SECONDS });
  return status === 0 ? parseComputeApps(stdout) : null;
}

/** Reads lines such as "4242, 512"; null where a line is none. */
export function parseComputeApps(text: string): readonly ComputeApp[] | null {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const apps = lines.map((line): ComputeApp | null => {
    const [, pid, memory] = /^(\d+), (\d+|\[.*\]|N\/A)$/.exec(line) ?? [];
    if (pid === undefined || memory === undefined) return null;
    const mebibytes = /^\d+$/.test(memory) ? Number(memory) : null;
    return {
      pid: Number(pid),
      usedMemoryBytes: mebibytes === null ? null : mebibytes * MEBIBYTE,
    };
  });
  return apps.every((app) => app !== null) ? apps : null;
}
