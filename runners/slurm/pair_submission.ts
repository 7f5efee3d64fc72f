/**
 * A job of two nodes, and the command that submits it.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { Host } from "../host.ts";
import { runSlurm } from "./run_slurm.ts";
import { parseSubmitted } from "./submission.ts";

/** A job that has two nodes for itself. */
export interface PairSubmission {
  /** By which the job is found again; no comma in it. */
  readonly name: string;
  readonly partition: string;
  readonly nodes: readonly [string, string];
  /** The file that the first of its nodes runs, whose text Slurm takes and keeps. */
  readonly script: string;
  readonly args: readonly string[];
  /** Slurm counts in minutes, so up to a minute more. */
  readonly timeLimitSeconds: number;
}

const SUBMIT_SECONDS = 60;

/**
 * Submits the job. Returns its id.
 *
 * @throws {Problem} where Slurm refuses it
 */
export async function submitPair(host: Host, submission: PairSubmission): Promise<number> {
  const action = "submit a job of two nodes";
  const argv = pairCommand(submission);
  const printed = await runSlurm(host, { action, argv, timeoutSeconds: SUBMIT_SECONDS });
  const id = parseSubmitted(printed);
  if (id !== null) return id;
  throw new Problem({ action, condition: "sbatch printed no id of a job", seen: printed });
}

/** The command that submits. */
export function pairCommand(submission: PairSubmission): [string, ...string[]] {
  const { name, partition, nodes, script, args, timeLimitSeconds } = submission;
  return [
    ...["sbatch", "--parsable"] as const,
    `--job-name=${name}`,
    `--partition=${partition}`,
    `--nodelist=${nodes.join(",")}`,
    ...["--nodes=2", "--ntasks=2", "--ntasks-per-node=1", "--exclusive", "--mem=0"],
    ...["--no-requeue", "--export=ALL", "--chdir=/"],
    ...["--input=/dev/null", "--output=/dev/null", "--error=/dev/null"],
    `--time=${Math.ceil(timeLimitSeconds / 60)}`,
    script,
    ...args,
  ];
}
