/**
 * Slurm, through its commands: what a cluster has, and arrays of jobs whose tasks are given their nodes.
 * From version 21.08 on, the first whose `squeue` prints JSON.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { slurmProblem } from "./failures.ts";
import { expandNodes } from "./host_list.ts";
import { MissingTool, Problem, UsageProblem } from "../../problem.ts";
import { objectionTo, type SlurmDemand } from "./objection.ts";
import { type PairSubmission, submitPair } from "./pair_submission.ts";
import { runSlurm, trySlurm } from "./run_slurm.ts";
import { slurmJob } from "./slurm_jobs.ts";
import { LISTING_SECONDS, listSlurm, SLURM_MINIMUM_VERSION, unreadable } from "./slurm_listing.ts";
import { slurmNode } from "./slurm_nodes.ts";
import type { SlurmCluster, SlurmJob, SlurmNode, SlurmPartition } from "./slurm_records.ts";
import {
  type ListedPartition,
  parseConfiguration,
  parsePartitions,
  parseSlurmVersion,
} from "./slurm_text.ts";
import { isOwnJob, type SlurmUser, thisUser } from "./slurm_user.ts";
import {
  parseSubmitted,
  requireSensible,
  type SlurmSubmission,
  submitCommand,
} from "./submission.ts";
import { atLeast } from "../version.ts";

/** From this version on `sinfo --json` prints groups of nodes, and `scontrol` the nodes. */
const SCONTROL_JSON_VERSION = "23.02";

/** `sinfo` looks for a configuration that is missing for up to a minute. */
const OPEN_SECONDS = 15;
const SUBMIT_SECONDS = 60;
/** A busy controller takes its time. */
const PIN_SECONDS = 0.1;
/** What `scancel` says of a job that has ended. */
const ENDED_ALREADY = /already completing or completed|Invalid job id specified|No active jobs/;

/** A cluster that answers. */
export class Slurm {
  readonly cluster: SlurmCluster;
  readonly #host: Host;
  readonly #user: SlurmUser;

  /**
   * Finds the cluster that Slurm's commands on this host reach.
   *
   * @throws {MissingTool} where there are no such commands, or they are too old
   * @throws {Problem} where the configuration is missing or the controller does not answer
   */
  static async open(host: Host): Promise<Slurm> {
    const action = "use Slurm";
    const bounds = { action, timeoutSeconds: OPEN_SECONDS };
    const asked = await runSlurm(host, { argv: ["sinfo", "--version"], ...bounds });
    const version = parseSlurmVersion(asked);
    if (version === null) throw unreadable(action, asked);
    if (!atLeast(version, SLURM_MINIMUM_VERSION)) throw tooOld(version);
    const told = await runSlurm(host, { argv: ["scontrol", "show", "config"], ...bounds });
    const configuration = parseConfiguration(told);
    if (configuration === null) throw unreadable(action, told);
    return new Slurm(host, { version, ...configuration }, await thisUser(host));
  }

  private constructor(host: Host, cluster: SlurmCluster, user: SlurmUser) {
    this.#host = host;
    this.#user = user;
    this.cluster = cluster;
  }

  /** Every node of the cluster, also one that is down. */
  nodes(): Promise<readonly SlurmNode[]> {
    const argv = atLeast(this.cluster.version, SCONTROL_JSON_VERSION)
      ? ["scontrol", "--all", "show", "nodes", "--json"] as const
      : ["sinfo", "--all", "--json"] as const;
    const action = "list the nodes";
    return listSlurm(this.#host, { action, argv, name: "nodes", read: slurmNode });
  }

  /**
   * The partition of this name, or where null the one that jobs go to which name none.
   *
   * @throws {UsageProblem} where there is none of this name, naming those that there are
   * @throws {Problem} where there is no default one
   */
  async partition(name: string | null): Promise<SlurmPartition> {
    const action = name === null ? "use the default partition" : `use the partition ${name}`;
    const partitions = await this.#partitions(action);
    const found = partitions.find((partition) =>
      name === null ? partition.isDefault : partition.name === name
    );
    if (found === undefined) throw noPartition(action, name, partitions);
    const { isDefault: _, ...partition } = found;
    return partition;
  }

  /**
   * The names of nodes that Slurm's short form stands for: "n[1-3]" is n1, n2 and n3.
   *
   * @throws {UsageProblem} where it stands for none, for too many, or for what is no name of a node
   */
  expand(nodes: string): Promise<string[]> {
    return expandNodes(this.#host, nodes);
  }

  /**
   * This user's jobs of exactly this name, also those that have ended as long as the controller remembers
   * them (`MinJobAge`). Tasks that wait and have not been given a node are one job.
   */
  async jobs(name: string): Promise<readonly SlurmJob[]> {
    // 22.05 prints all jobs nevertheless.
    const filter = name.includes(",") ? [] : [`--name=${name}`];
    const argv = ["squeue", "--all", "--states=all", ...filter, "--json"] as const;
    const action = "list the jobs";
    const jobs = await listSlurm(this.#host, { action, argv, name: "jobs", read: slurmJob });
    return jobs.filter((job) => job.name === name && isOwnJob(job, this.#user));
  }

  /**
   * Whether an array could be submitted and run, as far as can be told before.
   *
   * @throws {UsageProblem} where the user asks for a partition, gres or time that there is not, or for
   *   a partition in which no job has a node for itself
   * @throws {Problem} where the partition takes no jobs, or the array is too large
   */
  async assertPossible(demand: SlurmDemand): Promise<void> {
    const partition = await this.partition(demand.partition);
    const nodes = demand.gres === null ? [] : await this.nodes();
    const objection = objectionTo(demand, { cluster: this.cluster, partition, nodes });
    if (objection !== null) throw objection;
  }

  /**
   * Submits an array, held. Returns its job id.
   *
   * @throws {UsageProblem} where the user asks for what there is not
   * @throws {Problem} where Slurm refuses it, or it would wait for ever
   */
  async submit(submission: SlurmSubmission): Promise<number> {
    requireSensible(submission);
    await this.assertPossible(submission);
    const action = "submit the jobs";
    const argv = submitCommand(submission);
    const printed = await runSlurm(this.#host, { action, argv, timeoutSeconds: SUBMIT_SECONDS });
    const id = parseSubmitted(printed);
    if (id === null) throw unreadable(action, printed);
    return id;
  }

  /**
   * Submits a job of two nodes. Returns its id.
   *
   * @throws {Problem} as {@linkcode submit}
   */
  async submitPair(submission: PairSubmission): Promise<number> {
    await this.assertPossible({ ...submission, tasks: 1, gres: null });
    return await submitPair(this.#host, submission);
  }

  /** Gives a task that is held its node. */
  async pin(arrayJobId: number, task: number, node: string): Promise<void> {
    const job = `${arrayJobId}_${task}`;
    const argv = ["scontrol", "update", `JobId=${job}`, `ReqNodeList=${node}`] as const;
    await runSlurm(this.#host, { action: `give the job ${job} the node ${node}`, argv });
  }

  /**
   * Gives each task of a held array its node: task 0 the first. One command for all, which takes 4 ms a
   * task where one for each takes 25.
   *
   * @throws {Problem} where one of them is refused; the others are pinned nevertheless
   */
  async pinAll(arrayJobId: number, nodes: readonly string[]): Promise<void> {
    const action = `give the tasks of the job ${arrayJobId} their nodes`;
    const odd = nodes.find((node) => /[\s\0]/.test(node));
    if (odd !== undefined) throw new Problem({ action, condition: `"${odd}" is no node's name` });
    const lines = nodes.map((node, i) => `update JobId=${arrayJobId}_${i} ReqNodeList=${node}\n`);
    const timeoutSeconds = LISTING_SECONDS + nodes.length * PIN_SECONDS;
    const request = { action, argv: ["scontrol"], stdin: lines.join(""), timeoutSeconds } as const;
    const { status, stderr } = await trySlurm(this.#host, request);
    // It is that of any of them; a warning that Slurm prints beside is none.
    if (status !== 0) throw slurmProblem(action, stderr, status);
  }

  /** Lets a held array begin. */
  async release(arrayJobId: number): Promise<void> {
    const argv = ["scontrol", "release", `${arrayJobId}`] as const;
    await runSlurm(this.#host, { action: `release the job ${arrayJobId}`, argv });
  }

  /**
   * Ends jobs, or arrays with all their tasks, also after a cancel of this run. One that has ended
   * already is no problem.
   */
  async cancel(jobIds: readonly (number | string)[]): Promise<void> {
    if (jobIds.length === 0) return;
    const action = "cancel the jobs";
    const argv = ["scancel", ...jobIds.map(String)] as const;
    const { status, stderr } = await trySlurm(this.#host, { action, argv, survivesCancel: true });
    const complaints = stderr.split("\n").filter((line) => line.trim() !== "");
    const serious = complaints.filter((line) => !ENDED_ALREADY.test(line));
    if (serious.length > 0) throw slurmProblem(action, serious.join("\n"), status);
    if (status !== 0 && complaints.length === 0) throw slurmProblem(action, "", status);
  }

  async #partitions(action: string): Promise<ListedPartition[]> {
    const argv = ["scontrol", "--all", "--oneliner", "show", "partition"] as const;
    const printed = await runSlurm(this.#host, { action, argv });
    const partitions = parsePartitions(printed);
    if (partitions === null) throw unreadable(action, printed);
    return partitions;
  }
}

function tooOld(version: string): Problem {
  const condition = `Slurm ${version} is too old: its squeue prints no JSON`;
  return new MissingTool({
    action: "use Slurm",
    condition,
    cure: `Install ${SLURM_MINIMUM_VERSION} or newer.`,
  });
}

function noPartition(
  action: string,
  name: string | null,
  partitions: readonly ListedPartition[],
): Problem {
  const names = partitions.map(({ name }) => name).join(", ");
  const cure = names === "" ? "Make one in slurm.conf." : `Name one of: ${names}.`;
  const parts = { action, condition: "there is none", cure };
  return name === null ? new Problem(parts) : new UsageProblem(parts);
}
