/**
 * A fleet on its way: submits it, follows it, and calls it back. Slurm queues, places, limits and kills;
 * what a node left in the fleet's folder tells what became of it.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { NODE_STATUS } from "../../runners/fleet/fleet_folder.ts";
import { runArguments } from "../../runners/fleet/node_job.ts";
import { readNodeReports } from "../../runners/fleet/node_reports.ts";
import type { Host } from "../../runners/host.ts";
import type { Slurm } from "../../runners/slurm/slurm.ts";
import {
  isLiving,
  type SlurmJob,
  type SlurmJobState,
  type SlurmNode,
} from "../../runners/slurm/slurm_records.ts";
import {
  type CallBack,
  type NodeOutcome,
  type NodeStage,
  outcomeOfCallBack,
  stageOf,
} from "./node_stage.ts";
import { arraysOf, type FleetPlan, type PlannedArray, timeLimitSeconds } from "./plan.ts";
import { whyNever, whyWaited } from "./queue.ts";

export interface FleetPorts {
  readonly host: Host;
  readonly slurm: Slurm;
  /** The fleet's folder, under the path that every node sees. */
  readonly folder: string;
  /** The file of the batch script. */
  readonly script: string;
  readonly say: (text: string) => void;
  readonly interrupted: () => boolean;
  readonly sleep: (seconds: number) => Promise<void>;
}

/** How often Slurm is asked: seldom enough for a cluster of thousands, often enough for three nodes. */
const POLL_SECONDS = { least: 0.5, most: 15, perNode: 0.02 };
/** How long Slurm may take to end jobs that are called back, beyond its own KillWait. */
const END_SECONDS = 60;
/** How long Slurm may not answer before a fleet is not followed any more. */
const SILENCE_SECONDS = 600;
/** When a file that a node wrote is seen here at last, with the caches of NFS. */
const SHOWN_SECONDS = 60;
const ENDED_BY_ITSELF: readonly SlurmJobState[] = ["COMPLETED", "FAILED"];
/** Why a task waits that was not let go yet. */
const HELD = "JobHeldUser";

/** Nothing of the fleet was measured, and nothing of it is left in Slurm. */
export class NotBegun extends Problem {}

export class FleetRun {
  readonly plan: FleetPlan;
  readonly #ports: FleetPorts;
  readonly #outcomes = new Map<string, NodeOutcome>();
  readonly #calledBack = new Map<string, CallBack>();
  /** Since when a node's end is missed, on the host's clock. */
  readonly #missedSince = new Map<string, number>();
  #told = "";

  constructor(plan: FleetPlan, ports: FleetPorts) {
    this.plan = plan;
    this.#ports = ports;
  }

  /**
   * Submits what is not submitted yet, and lets it go. All of it or nothing is in Slurm afterwards.
   *
   * @throws {Problem} where Slurm refuses it
   */
  async submit(): Promise<void> {
    const { slurm, say } = this.#ports;
    try {
      for (const array of arraysOf(this.plan)) {
        const job = await this.#arrayJob(array);
        // Also after a coordinator that was killed in the middle of it.
        if (!await this.#hasBegun(array)) await slurm.pinAll(job, array.nodes);
      }
      const held = (await this.#jobs()).filter(({ reason }) => reason === HELD);
      const arrays = new Set(held.map(({ arrayJobId, jobId }) => arrayJobId ?? jobId));
      for (const array of arrays) await slurm.release(array);
    } catch (error) {
      await this.cancel();
      throw error instanceof Problem ? new NotBegun(error.parts) : error;
    }
    say(`${this.plan.nodes.length} nodes are asked, as jobs cellproof-${this.plan.id}-*`);
  }

  /**
   * Waits until the outcome of every node is known.
   *
   * @throws {Problem} where Slurm does not answer for long; then the fleet goes on without being followed
   */
  async follow(): Promise<ReadonlyMap<string, NodeOutcome>> {
    let answered = this.#ports.host.monotonicSeconds();
    for (;;) {
      try {
        if (this.#ports.interrupted()) await this.#interrupt();
        if (await this.#look() || this.#ports.interrupted()) return this.#outcomes;
        answered = this.#ports.host.monotonicSeconds();
      } catch (error) {
        this.#forgive(error, answered);
      }
      await this.#ports.sleep(this.#pollSeconds());
    }
  }

  /** A controller that is restarted is no reason to give a fleet up. */
  #forgive(error: unknown, answered: number): void {
    const { host, say, interrupted } = this.#ports;
    const silent = host.monotonicSeconds() - answered;
    const isOver = interrupted() || silent > SILENCE_SECONDS;
    if (!(error instanceof Problem) || error instanceof NotBegun || isOver) throw error;
    if (this.#told !== error.message) say(`${error.message} Trying again.`);
    this.#told = error.message;
  }

  /** Ends every job of the fleet, and waits until Slurm has ended them. */
  async cancel(): Promise<void> {
    const { slurm, host, sleep } = this.#ports;
    const until = host.monotonicSeconds() + slurm.cluster.killWaitSeconds + END_SECONDS;
    for (;;) {
      const living = (await this.#jobs()).filter(({ state }) => isLiving(state));
      if (living.length === 0) return;
      await slurm.cancel([...new Set(living.map(({ arrayJobId, jobId }) => arrayJobId ?? jobId))]);
      if (host.monotonicSeconds() > until) throw notEnded(living);
      await sleep(POLL_SECONDS.least);
    }
  }

  /** The array's job id, whether it is submitted now or was before. */
  async #arrayJob({ name, nodes }: PlannedArray): Promise<number> {
    const { slurm, script, folder } = this.#ports;
    const [known] = await slurm.jobs(name);
    if (known !== undefined) return known.arrayJobId ?? known.jobId;
    const { id, harness: sha256, order: { partition, gres, arguments: bench } } = this.plan;
    return await slurm.submit({
      name,
      partition,
      gres,
      tasks: nodes.length,
      timeLimitSeconds: timeLimitSeconds(this.plan),
      deadlineSeconds: null,
      script,
      args: runArguments({ folder, nonce: id }, { sha256, bench }),
    });
  }

  async #hasBegun({ name }: PlannedArray): Promise<boolean> {
    return (await this.#ports.slurm.jobs(name)).some(({ reason }) => reason !== HELD);
  }

  /** Looks at every node whose outcome is not known; true where none is left. */
  async #look(): Promise<boolean> {
    const { slurm } = this.#ports;
    const open = this.plan.nodes.filter((node) => !this.#outcomes.has(node));
    const jobs = await this.#jobsByNode();
    await this.#assertShared(jobs);
    const stages = new Map<string, NodeStage>();
    for (const node of open) stages.set(node, await this.#stage(node, jobs.get(node) ?? null));
    for (const [node, stage] of stages) {
      if (stage.stage === "over" && !this.#mayComeYet(node, stage, jobs.get(node))) {
        this.#outcomes.set(node, stage);
      }
    }
    const waiting = open.filter((node) => stages.get(node)?.stage === "waiting");
    if (waiting.length > 0) await this.#callBack(waiting, jobs, await slurm.nodes());
    this.#tell(stages);
    return this.#outcomes.size === this.plan.nodes.length;
  }

  /** A shared folder shows what a node left there up to a minute late. */
  #mayComeYet(node: string, { state }: NodeOutcome, job: SlurmJob | undefined): boolean {
    if (state !== "nothing" || job === undefined || !ENDED_BY_ITSELF.includes(job.state)) {
      return false;
    }
    const now = this.#ports.host.monotonicSeconds();
    const since = this.#missedSince.get(node) ?? now;
    this.#missedSince.set(node, since);
    return now - since < SHOWN_SECONDS;
  }

  async #stage(node: string, job: SlurmJob | null): Promise<NodeStage> {
    const { host, folder } = this.#ports;
    const calledBack = this.#calledBack.get(node) ?? null;
    return stageOf({ node, job, calledBack, ...await readNodeReports(host, folder, node) });
  }

  /**
   * One node without the folder is that node's fault; where none of those that began has it, it is not
   * shared at all.
   *
   * @throws {Problem} in that case, after the fleet is ended
   */
  async #assertShared(jobs: ReadonlyMap<string, SlurmJob>): Promise<void> {
    const blind = [...jobs].filter(([, { ended }]) =>
      ended?.kind === "exited" && ended.status === NODE_STATUS.noSharedFolder
    );
    const [first] = blind;
    if (first === undefined) return;
    const { host, folder } = this.#ports;
    const seeing = await host.readFolder(`${folder}/nodes`) ?? [];
    if (seeing.length > 0) return;
    await this.cancel();
    throw new NotBegun({
      action: "run the fleet",
      condition: `the node ${first[0]} does not see the folder ${folder}, and no other node did`,
      cure: "Name a folder that every node sees under the same path with --out.",
    });
  }

  /** Takes back the tasks that cannot begin, or waited for too long. */
  async #callBack(
    waiting: readonly string[],
    jobs: ReadonlyMap<string, SlurmJob>,
    nodes: readonly SlurmNode[],
  ): Promise<void> {
    const { slurm, host } = this.#ports;
    const { waitSeconds } = this.plan.order;
    const waited = host.now().getTime() / 1000 - Date.parse(this.plan.submittedAt) / 1000;
    for (const node of waiting) {
      const job = jobs.get(node);
      const known = nodes.find(({ name }) => name === node);
      const because = whyNever(job, known) ??
        (waitSeconds !== null && waited > waitSeconds ? whyWaited(waitSeconds, job) : null);
      if (because === null || job === undefined) continue;
      this.#calledBack.set(node, because);
      await slurm.cancel([`${job.arrayJobId}_${this.#taskOf(job, node)}`]);
    }
  }

  /** The user ends the fleet: what began keeps what it measured. */
  async #interrupt(): Promise<void> {
    const { say } = this.#ports;
    say("interrupted: ending the jobs");
    const because = "the fleet was interrupted before the run came to its end";
    for (const node of this.plan.nodes) {
      if (!this.#outcomes.has(node)) this.#calledBack.set(node, { state: "cancelled", because });
    }
    await this.cancel();
    await this.#look();
  }

  async #jobs(): Promise<SlurmJob[]> {
    const { slurm } = this.#ports;
    const jobs: SlurmJob[] = [];
    for (const { name } of arraysOf(this.plan)) jobs.push(...await slurm.jobs(name));
    return jobs;
  }

  /** The task of each node that Slurm still knows; the last one that waits may have no number. */
  async #jobsByNode(): Promise<Map<string, SlurmJob>> {
    const nodesOf = new Map(arraysOf(this.plan).map(({ name, nodes }) => [name, nodes]));
    const byNode = new Map<string, SlurmJob>();
    for (const job of await this.#jobs()) {
      const nodes = nodesOf.get(job.name) ?? [];
      const node = job.arrayTaskId === null ? job.requiredNodes : nodes[job.arrayTaskId];
      if (node !== undefined && nodes.includes(node)) byNode.set(node, job);
    }
    return byNode;
  }

  #taskOf({ name, arrayTaskId }: SlurmJob, node: string): number {
    const array = arraysOf(this.plan).find((one) => one.name === name);
    return arrayTaskId ?? array?.nodes.indexOf(node) ?? 0;
  }

  #pollSeconds(): number {
    const { least, most, perNode } = POLL_SECONDS;
    return Math.min(most, Math.max(least, perNode * this.plan.nodes.length));
  }

  #tell(stages: ReadonlyMap<string, NodeStage>): void {
    const count = (wanted: NodeStage["stage"]) =>
      [...stages.values()].filter(({ stage }) => stage === wanted).length;
    const { size } = this.#outcomes;
    const text = `fleet: ${size} of ${this.plan.nodes.length} nodes are done, ` +
      `${count("running")} running, ${count("waiting")} waiting`;
    if (text !== this.#told) this.#ports.say(text);
    this.#told = text;
  }
}

function notEnded(jobs: readonly SlurmJob[]): Problem {
  return new Problem({
    action: "end the fleet's jobs",
    condition: "Slurm did not end them in time",
    seen: jobs.map(({ jobId, state }) => `${jobId} ${state}`).join(", "),
    cure: "Look at them with squeue, and end them with scancel.",
  });
}

/** The outcomes of the nodes that were never asked. */
export function outcomesOfUnavailable({ unavailable }: FleetPlan): Map<string, NodeOutcome> {
  return new Map(
    unavailable.map((
      { node, because },
    ) => [node, outcomeOfCallBack(node, { state: "unavailable", because })]),
  );
}
