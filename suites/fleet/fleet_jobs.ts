/**
 * The jobs of a fleet in Slurm: submitted, listed and ended.
 *
 * @module
 */
import { Problem, type ProblemParts } from "../../problem.ts";
import { NODES_FOLDER } from "../../runners/fleet/fleet_folder.ts";
import { runArguments } from "../../runners/fleet/node_job.ts";
import type { Host } from "../../runners/host.ts";
import type { SlurmDemand } from "../../runners/slurm/objection.ts";
import type { Slurm } from "../../runners/slurm/slurm.ts";
import { isLiving, type SlurmJob } from "../../runners/slurm/slurm_records.ts";
import {
  arraysOf,
  type FleetOrder,
  type FleetPlan,
  type PlannedArray,
  timeLimitSeconds,
} from "./plan.ts";

/** What of Slurm a fleet uses. */
export type FleetSlurm = Pick<
  Slurm,
  | "cluster"
  | "nodes"
  | "partition"
  | "jobs"
  | "submit"
  | "submitPair"
  | "pin"
  | "pinAll"
  | "release"
  | "cancel"
>;

export interface FleetPorts {
  readonly host: Host;
  readonly slurm: FleetSlurm;
  /** The fleet's folder, under the path that every node sees. */
  readonly folder: string;
  /** The file of the batch script. */
  readonly script: string;
  readonly say: (text: string) => void;
  readonly interrupted: () => boolean;
  readonly sleep: (seconds: number) => Promise<void>;
}

/** How long Slurm may take to end jobs that are called back, beyond its own KillWait. */
const END_SECONDS = 60;
const END_POLL_SECONDS = 0.5;
/** Why a task waits that was not let go yet. */
export const HELD = "JobHeldUser";

/** What an order asks of Slurm for an array of so many tasks. */
export function demandOf(order: FleetOrder, tasks: number): SlurmDemand {
  const { partition, gres } = order;
  return { partition, gres, tasks, timeLimitSeconds: timeLimitSeconds(order) };
}

/** As much of a time as a job in the partition of an order may have. */
export async function allowedSeconds(
  seconds: number,
  { partition }: FleetOrder,
  slurm: Pick<FleetSlurm, "partition">,
): Promise<number> {
  return Math.min(seconds, (await slurm.partition(partition)).longestSeconds ?? seconds);
}

/** Nothing of the fleet was measured, and nothing of it is left in Slurm. */
export class NotBegun extends Problem {
  /** The problem that it comes from, which may be one of usage; itself where it comes from none. */
  readonly refusal: Problem;

  constructor(parts: ProblemParts, refusal?: Problem) {
    super(parts);
    this.refusal = refusal ?? this;
  }
}

export class FleetJobs {
  readonly #plan: FleetPlan;
  readonly #arrays: readonly PlannedArray[];
  readonly #ports: FleetPorts;

  constructor(plan: FleetPlan, ports: FleetPorts) {
    this.#plan = plan;
    this.#arrays = arraysOf(plan);
    this.#ports = ports;
  }

  /**
   * Submits what an earlier coordinator did not, and lets it go. All of it or nothing is in Slurm
   * afterwards; after an interrupt something may, and is held.
   *
   * @throws {NotBegun} where Slurm refuses it
   * @throws {Problem} where Slurm does not answer, or some of it began before
   */
  async submit(): Promise<void> {
    const known = await this.list();
    const begun = await this.#hasBegun(known);
    try {
      // Nothing is let go before all of it is submitted.
      if (!begun) await this.#submitArrays(known);
      if (!this.#ports.interrupted()) await this.#release();
    } catch (error) {
      if (begun) throw error;
      await this.cancel();
      throw error instanceof Problem ? new NotBegun(error.parts, error) : error;
    }
  }

  /** What Slurm knows of it now. */
  async list(): Promise<SlurmJob[]> {
    const jobs: SlurmJob[] = [];
    for (const { name } of this.#arrays) jobs.push(...await this.#ports.slurm.jobs(name));
    return jobs;
  }

  /** The task of each node that Slurm still knows; the last one that waits may have no number. */
  async byNode(): Promise<Map<string, SlurmJob>> {
    const nodesOf = new Map(this.#arrays.map(({ name, nodes }) => [name, nodes]));
    const byNode = new Map<string, SlurmJob>();
    for (const job of await this.list()) {
      const nodes = nodesOf.get(job.name) ?? [];
      const node = job.arrayTaskId === null ? job.requiredNodes : nodes[job.arrayTaskId];
      if (node !== undefined && nodes.includes(node)) byNode.set(node, job);
    }
    return byNode;
  }

  /** Takes back the tasks of some nodes. */
  async callBack(tasks: ReadonlyMap<string, SlurmJob>): Promise<void> {
    const ids = [...tasks].map(([node, { name, arrayJobId, jobId, arrayTaskId }]) => {
      const nodes = this.#arrays.find((array) => array.name === name)?.nodes ?? [];
      return `${arrayJobId ?? jobId}_${arrayTaskId ?? nodes.indexOf(node)}`;
    });
    await this.#ports.slurm.cancel(ids);
  }

  /**
   * Ends every job of the fleet, and waits until Slurm has ended them, also where it does not answer for
   * a while.
   *
   * @throws {Problem} where it does not in time
   */
  async cancel(): Promise<void> {
    const { slurm, host, sleep } = this.#ports;
    const until = host.monotonicSeconds() + slurm.cluster.killWaitSeconds + END_SECONDS;
    for (;;) {
      const problem = await this.#cancelOnce();
      if (problem === null) return;
      if (host.monotonicSeconds() > until) throw problem;
      await sleep(END_POLL_SECONDS);
    }
  }

  /** Null where no job lives any more; else what to say where it stays so. */
  async #cancelOnce(): Promise<Problem | null> {
    try {
      const living = (await this.list()).filter(({ state }) => isLiving(state));
      if (living.length === 0) return null;
      await this.#ports.slurm.cancel([...idsOf(living)]);
      const seen = living.map(({ jobId, state }) => `${jobId} ${state}`).join(", ");
      return this.#notEnded({ condition: "Slurm did not end them in time", seen });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return this.#notEnded(error.parts);
    }
  }

  #notEnded({ condition, seen }: Pick<Problem["parts"], "condition" | "seen">): Problem {
    return new Problem({
      action: "end the fleet's jobs",
      condition,
      ...(seen === undefined ? {} : { seen }),
      cure: `Look at them with squeue, and end them: ${
        this.#arrays.map(({ name }) => `scancel --name=${name}`).join("; ")
      }`,
    });
  }

  /** Whether any of it was let go: then all of it was submitted, and Slurm may have forgotten it. */
  async #hasBegun(known: readonly SlurmJob[]): Promise<boolean> {
    const { host, folder } = this.#ports;
    const left = await host.readFolder(`${folder}/${NODES_FOLDER}`) ?? [];
    return left.length > 0 || known.some(({ reason }) => reason !== HELD);
  }

  async #submitArrays(known: readonly SlurmJob[]): Promise<void> {
    const { slurm, interrupted } = this.#ports;
    for (const array of this.#arrays) {
      if (interrupted()) return;
      const job = known.find(({ name }) => name === array.name);
      const id = job === undefined ? await this.#submitArray(array) : job.arrayJobId ?? job.jobId;
      await slurm.pinAll(id, array.nodes);
    }
  }

  async #submitArray({ name, nodes }: PlannedArray): Promise<number> {
    const { slurm, script, folder } = this.#ports;
    const { id, harness: sha256, order } = this.#plan;
    return await slurm.submit({
      ...demandOf(order, nodes.length),
      ...{ name, deadlineSeconds: null, script },
      args: runArguments({ folder, nonce: id }, { sha256, bench: order.arguments }),
    });
  }

  async #release(): Promise<void> {
    const held = (await this.list()).filter(({ reason }) => reason === HELD);
    for (const array of idsOf(held)) await this.#ports.slurm.release(array);
  }
}

/** The arrays that jobs are tasks of, with what shows them and what ends them. */
export function jobsInWords(jobs: readonly SlurmJob[]): string {
  const ids = [...idsOf(jobs)].sort((one, other) => one - other);
  const arrays = `job array${ids.length === 1 ? "" : "s"} ${ids.join(", ")}`;
  return `${arrays} (squeue --jobs=${ids.join(",")}, scancel ${ids.join(" ")})`;
}

/** Of the arrays that jobs are tasks of, each once. */
function idsOf(jobs: readonly SlurmJob[]): Set<number> {
  return new Set(jobs.map(({ arrayJobId, jobId }) => arrayJobId ?? jobId));
}
