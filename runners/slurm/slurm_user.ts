/**
 * Whose jobs are whose: anybody may give a job any name.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { Problem } from "../../problem.ts";
import type { SlurmJob } from "./slurm_records.ts";

/** Who runs this. */
export interface SlurmUser {
  readonly id: number;
  /** Null where the system knows none. */
  readonly name: string | null;
}

const ID_SECONDS = 30;

/**
 * Asks the host.
 *
 * @throws {Problem} where it does not tell
 */
export async function thisUser(host: Host): Promise<SlurmUser> {
  const [id, name] = [await told(host, "-u"), await told(host, "-un")];
  if (id !== null && /^\d+$/.test(id)) return { id: Number(id), name };
  const condition = "this host does not tell who runs this (id -u)";
  throw new Problem({ action: "use Slurm", condition, ...(id === null ? {} : { seen: id }) });
}

/** By the number, which every version of Slurm tells; by the name only where it is missing. */
export function isOwnJob(
  { userId, userName }: Pick<SlurmJob, "userId" | "userName">,
  { id, name }: SlurmUser,
): boolean {
  return userId === null ? userName !== null && userName === name : userId === id;
}

async function told(host: Host, option: "-u" | "-un"): Promise<string | null> {
  const { status, stdout } = await host.run({ argv: ["id", option], timeoutSeconds: ID_SECONDS });
  const text = stdout.trim();
  return status === 0 && text !== "" ? text : null;
}
