/**
 * The array of jobs of a fleet, one task for each node, and the command that submits it.
 *
 * @module
 */
import { Problem } from "../../problem.ts";

/** An array that is submitted held, so that each task can be given its node before any begins. */
export interface SlurmSubmission {
  /** By which the jobs are found again; no comma in it. */
  readonly name: string;
  readonly partition: string;
  /** How many, from 0. */
  readonly tasks: number;
  /** The file that each task runs, whose text Slurm takes and keeps. */
  readonly script: string;
  readonly args: readonly string[];
  /** Slurm counts in minutes, so up to a minute more; null for the partition's default. */
  readonly timeLimitSeconds: number | null;
  /**
   * When the jobs are of no use any more, from now: Slurm begins none that could not end before, and
   * ends what still runs. Null for never.
   */
  readonly deadlineSeconds: number | null;
  /** Such as "gpu:8"; null for none, although each task has its node for itself. */
  readonly gres: string | null;
}

/** The command that submits. */
export function submitCommand(submission: SlurmSubmission): [string, ...string[]] {
  const { name, partition, tasks, script, args } = submission;
  const { timeLimitSeconds, deadlineSeconds, gres } = submission;
  return [
    "sbatch",
    "--parsable",
    "--hold",
    `--array=0-${tasks - 1}`,
    `--job-name=${name}`,
    `--partition=${partition}`,
    "--nodes=1",
    "--ntasks=1",
    "--exclusive",
    // A node for itself is not all of its memory.
    "--mem=0",
    // A task that ran and failed must not run again on its own.
    "--no-requeue",
    "--export=ALL",
    "--chdir=/",
    "--input=/dev/null",
    "--output=/dev/null",
    "--error=/dev/null",
    ...(timeLimitSeconds === null ? [] : [`--time=${Math.ceil(timeLimitSeconds / 60)}`]),
    ...(deadlineSeconds === null ? [] : [`--deadline=now+${Math.ceil(deadlineSeconds)}seconds`]),
    ...(gres === null ? [] : [`--gres=${gres}`]),
    script,
    ...args,
  ];
}

/**
 * Refuses what no cluster could run.
 *
 * @throws {Problem}
 */
export function requireSensible({ name, tasks, timeLimitSeconds, script }: SlurmSubmission): void {
  const condition = tasks < 1 || !Number.isInteger(tasks)
    ? "there is no node to submit for"
    : /[,\s]/.test(name) || name === ""
    ? `a job cannot be called "${name}"`
    : timeLimitSeconds !== null && !(timeLimitSeconds > 0)
    ? `${timeLimitSeconds} s is no time limit`
    : !script.startsWith("/")
    ? `${script} is no absolute path`
    : null;
  if (condition !== null) throw new Problem({ action: "submit the jobs", condition });
}

/** The job id in what `sbatch --parsable` prints: "4242", or "4242;cluster". Null where there is none. */
export function parseSubmitted(text: string): number | null {
  const id = /^([1-9]\d*)(?:;.*)?$/m.exec(text)?.[1];
  return id === undefined ? null : Number(id);
}
