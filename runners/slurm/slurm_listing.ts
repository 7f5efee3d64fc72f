/**
 * What Slurm prints, read; and what is not understood.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { Problem } from "../../problem.ts";
import { slurmProblem } from "./failures.ts";
import { trySlurm } from "./run_slurm.ts";
import { parseSlurmDocument, type SlurmFields } from "./slurm_json.ts";

/** The first version whose `squeue` and `sinfo` print JSON. */
export const SLURM_MINIMUM_VERSION = "21.08";

/** What a job takes of a listing is 4 KiB, and a cluster has thousands. */
const LISTING_BYTES = 512 * 2 ** 20;
/** How long a busy controller may take. */
export const LISTING_SECONDS = 60;

/** A list that a command prints as JSON. */
export interface SlurmListing<T> {
  readonly action: string;
  readonly argv: readonly [string, ...string[]];
  /** Of the list in the document. */
  readonly name: string;
  /** Null for an entry that is not understood. */
  readonly read: (fields: SlurmFields) => T | null;
}

/**
 * Reads a list.
 *
 * @throws {Problem} where Slurm does not tell it, or an entry is not understood
 */
export async function listSlurm<T>(
  host: Host,
  { action, argv, name, read }: SlurmListing<T>,
): Promise<readonly T[]> {
  const bounds = { timeoutSeconds: LISTING_SECONDS, maxOutputBytes: LISTING_BYTES };
  const { status, stdout, stderr } = await trySlurm(host, { action, argv, ...bounds });
  const document = parseSlurmDocument(stdout, name);
  // The rest of a document repeats the command line, and is no words about a failure.
  const said = document === null ? [stderr, stdout] : [stderr, ...document.errors];
  const hasFailed = status !== 0 || (document?.errors.length ?? 0) > 0;
  if (hasFailed) throw slurmProblem(action, said.join("\n"), status);
  if (document === null || document.entries === null) throw unreadable(action, stdout);
  return document.entries.map((entry) => {
    const value = read(entry);
    if (value === null) throw unreadable(action, JSON.stringify(entry));
    return value;
  });
}

/** The problem of what Slurm printed. */
export function unreadable(action: string, seen: string): Problem {
  return new Problem({
    action,
    condition: "what Slurm printed is not understood",
    seen,
    cure: `Use a Slurm from ${SLURM_MINIMUM_VERSION} on, and tell which version this is.`,
  });
}
