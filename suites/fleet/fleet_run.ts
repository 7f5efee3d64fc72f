/**
 * A fleet on its way: submits it, follows it, and calls it back. Slurm queues, places, limits and kills;
 * what a node left in the fleet's folder tells what became of it.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { NODE_STATUS, NODES_FOLDER } from "../../runners/fleet/fleet_folder.ts";
import { readNodeReports } from "../../runners/fleet/node_reports.ts";
import type { SlurmJob, SlurmJobState } from "../../runners/slurm/slurm_records.ts";
import { FleetJobs, type FleetPorts, jobsInWords, NotBegun } from "./fleet_jobs.ts";
import {
  type CallBack,
  type NodeOutcome,
  type NodeStage,
  outcomeOfCallBack,
  stageOf,
} from "./node_stage.ts";
import type { FleetPlan } from "./plan.ts";
import { type FleetProgress, nodesAre, progressInWords, progressKey } from "./progress.ts";
import { whyNever, whyWaited } from "./queue.ts";

/** How often Slurm is asked: seldom enough for a cluster of thousands, often enough for three nodes. */
const POLL_SECONDS = { least: 0.5, most: 15, perNode: 0.02 };
/** How long Slurm may not answer before a fleet is not followed any more. */
const SILENCE_SECONDS = 600;
/** When a file that a node wrote is seen here at last, with the caches of NFS. */
const SHOWN_SECONDS = 60;
const ENDED_BY_ITSELF: readonly SlurmJobState[] = ["COMPLETED", "FAILED"];
const INTERRUPTED: CallBack = {
  state: "cancelled",
  because: "the fleet was interrupted before the run came to its end",
};
/** How long nothing is said where nothing changes. */
const QUIET_SECONDS = 240;

export class FleetRun {
  readonly #plan: FleetPlan;
  readonly #ports: FleetPorts;
  readonly #jobs: FleetJobs;
  readonly #outcomes = new Map<string, NodeOutcome>();
  readonly #calledBack = new Map<string, CallBack>();
  /** Since when a node's end is missed, on the host's clock. */
  readonly #missedSince = new Map<string, number>();
  /** How long its jobs had waited when this coordinator came, by clocks that may have been set since. */
  readonly #waitedBefore: number;
  /** When it came, on the host's clock. */
  readonly #cameAt: number;
  /** What was said last, without what time alone changes, and when. */
  #told = "";
  #toldAt = 0;
  #areJobsTold = false;

  constructor(plan: FleetPlan, ports: FleetPorts) {
    this.#plan = plan;
    this.#ports = ports;
    this.#jobs = new FleetJobs(plan, ports);
    const before = ports.host.now().getTime() - Date.parse(plan.submittedAt);
    this.#waitedBefore = Math.max(0, before / 1000);
    this.#cameAt = ports.host.monotonicSeconds();
  }

  /** As {@linkcode FleetJobs.submit}. */
  async submit(): Promise<void> {
    await this.#jobs.submit();
  }

  /**
   * Waits until the outcome of every node is known, or the user interrupts.
   *
   * @throws {NotBegun} where no node sees the folder
   * @throws {Problem} where Slurm does not answer for long; then the fleet goes on without being followed
   */
  async follow(): Promise<ReadonlyMap<string, NodeOutcome>> {
    const { host, interrupted, sleep } = this.#ports;
    let answered = host.monotonicSeconds();
    while (!interrupted()) {
      try {
        if (await this.#look()) return this.#outcomes;
        answered = host.monotonicSeconds();
      } catch (error) {
        this.#forgive(error, answered);
      }
      if (!interrupted()) await sleep(this.#pollSeconds());
    }
    await this.#interrupt();
    return this.#outcomes;
  }

  /** A controller that is restarted is no reason to give a fleet up. */
  #forgive(error: unknown, answered: number): void {
    const { host, say, folder } = this.#ports;
    if (!(error instanceof Problem) || error instanceof NotBegun) throw error;
    if (host.monotonicSeconds() - answered > SILENCE_SECONDS) {
      const cure =
        `Its jobs go on: give the same command again, with --out ${folder}, to go on, too.`;
      throw new Problem({ ...error.parts, cure });
    }
    if (this.#told !== error.message) say(`${error.message} Trying again.`);
    this.#told = error.message;
  }

  /** Looks at every node whose outcome is not known; true where none is left. */
  async #look(): Promise<boolean> {
    const jobs = await this.#jobs.byNode();
    this.#tellJobs(jobs);
    await this.#assertShared(jobs);
    const stages = await this.#stages(jobs);
    for (const [node, stage] of stages) {
      if (stage.stage !== "over") this.#missedSince.delete(node);
      else if (!this.#mayComeYet(node, stage, jobs.get(node))) this.#outcomes.set(node, stage);
    }
    const waiting = new Map(
      [...jobs].filter(([node]) => stages.get(node)?.stage === "waiting"),
    );
    await this.#callBack(waiting);
    this.#tell(stages, jobs);
    return this.#outcomes.size === this.#plan.nodes.length;
  }

  /** How far each node has come whose outcome is not known. */
  async #stages(jobs: ReadonlyMap<string, SlurmJob>): Promise<Map<string, NodeStage>> {
    const { host, folder } = this.#ports;
    const stages = new Map<string, NodeStage>();
    for (const node of this.#plan.nodes) {
      if (this.#outcomes.has(node)) continue;
      const [job = null, calledBack = null] = [jobs.get(node), this.#calledBack.get(node)];
      const reports = await readNodeReports(host, folder, node);
      stages.set(node, stageOf({ node, job, calledBack, ...reports }));
    }
    return stages;
  }

  /**
   * A shared folder shows what a node left there up to a minute late, and a controller that has just been
   * restarted may not list a job that goes on.
   */
  #mayComeYet(node: string, { faults }: NodeOutcome, job: SlurmJob | undefined): boolean {
    const isMissed = faults.some(({ kind }) => kind === "no-result");
    const mayBe = job === undefined || ENDED_BY_ITSELF.includes(job.state);
    if (!isMissed || !mayBe) return false;
    const now = this.#ports.host.monotonicSeconds();
    const since = this.#missedSince.get(node) ?? now;
    this.#missedSince.set(node, since);
    return now - since < SHOWN_SECONDS;
  }

  /**
   * One node without the folder is that node's fault; where none of those that began has it, it is not
   * shared at all. What a node writes there may be seen late, so one that still runs may have it.
   *
   * @throws {NotBegun} in that case, after the fleet is ended
   */
  async #assertShared(jobs: ReadonlyMap<string, SlurmJob>): Promise<void> {
    const begun = [...jobs].filter(([, { startedAt }]) => startedAt !== null);
    const [first] = begun;
    if (first === undefined || !begun.every(([, job]) => isBlind(job))) return;
    const { host, folder } = this.#ports;
    const seeing = await host.readFolder(`${folder}/${NODES_FOLDER}`) ?? [];
    if (seeing.length > 0) return;
    await this.#jobs.cancel();
    throw new NotBegun({
      action: "run the fleet",
      condition: `the node ${first[0]} does not see the folder ${folder}, or cannot write to it, ` +
        "and no other node did",
      cure: "Name a folder that every node sees under the same path, and may write to, with --out.",
    });
  }

  /** Takes back the tasks that cannot begin, or waited for too long. */
  async #callBack(waiting: ReadonlyMap<string, SlurmJob>): Promise<void> {
    if (waiting.size === 0) return;
    const { slurm, host } = this.#ports;
    const { order: { waitSeconds } } = this.#plan;
    const nodes = new Map((await slurm.nodes()).map((node) => [node.name, node]));
    const waited = this.#waitedBefore + host.monotonicSeconds() - this.#cameAt;
    const tasks = new Map<string, SlurmJob>();
    for (const [node, job] of waiting) {
      const because = whyNever(job, nodes.get(node)) ??
        (waitSeconds !== null && waited > waitSeconds ? whyWaited(waitSeconds, job) : null);
      if (because === null) continue;
      this.#calledBack.set(node, because);
      tasks.set(node, job);
    }
    if (tasks.size > 0) await this.#jobs.callBack(tasks);
  }

  /** The user ends the fleet: what began keeps what it measured. */
  async #interrupt(): Promise<void> {
    this.#ports.say("interrupted: ending the jobs");
    for (const node of this.#plan.nodes) {
      if (!this.#outcomes.has(node)) this.#calledBack.set(node, INTERRUPTED);
    }
    await this.#jobs.cancel();
    for (const [node, stage] of await this.#stages(await this.#jobs.byNode())) {
      const isOver = stage.stage === "over";
      this.#outcomes.set(node, isOver ? stage : outcomeOfCallBack(node, INTERRUPTED));
    }
  }

  #pollSeconds(): number {
    const { least, most, perNode } = POLL_SECONDS;
    return Math.min(most, Math.max(least, perNode * this.#plan.nodes.length));
  }

  #tellJobs(jobs: ReadonlyMap<string, SlurmJob>): void {
    if (this.#areJobsTold || jobs.size === 0) return;
    this.#areJobsTold = true;
    const asked = nodesAre(this.#plan.nodes.length);
    this.#ports.say(`${asked} asked, as ${jobsInWords([...jobs.values()])}`);
  }

  /** Says how far it has come where that has changed, or nothing was said for long. */
  #tell(stages: ReadonlyMap<string, NodeStage>, jobs: ReadonlyMap<string, SlurmJob>): void {
    const { host, say } = this.#ports;
    const progress = this.#progress(stages, jobs);
    const [key, now] = [progressKey(progress), host.monotonicSeconds()];
    if (key === this.#told && now - this.#toldAt < QUIET_SECONDS) return;
    say(progressInWords(progress, host.now()));
    this.#told = key;
    this.#toldAt = now;
  }

  #progress(
    stages: ReadonlyMap<string, NodeStage>,
    jobs: ReadonlyMap<string, SlurmJob>,
  ): FleetProgress {
    const running = new Map<string, Date | null>();
    const waiting = new Map<string, string | null>();
    const ending: string[] = [];
    for (const [node, { stage }] of stages) {
      if (stage === "over" && !this.#outcomes.has(node)) ending.push(node);
      if (stage === "running") running.set(node, jobs.get(node)?.startedAt ?? null);
      if (stage === "waiting") waiting.set(node, jobs.get(node)?.reason ?? null);
    }
    const done = this.#outcomes.size;
    return { all: this.#plan.nodes.length, done, running, waiting, ending };
  }
}

/** Whether a task's node did not see the fleet's folder, or could not write to it. */
function isBlind({ ended }: SlurmJob): boolean {
  return ended?.kind === "exited" && ended.status === NODE_STATUS.noSharedFolder;
}

/** The outcomes of the nodes that were never asked. */
export function outcomesOfUnavailable({ unavailable }: FleetPlan): Map<string, NodeOutcome> {
  return new Map(
    unavailable.map((
      { node, because },
    ) => [node, outcomeOfCallBack(node, { state: "unavailable", because })]),
  );
}
