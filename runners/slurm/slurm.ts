/**
 * Slurm, through its commands: what a cluster has, and arrays of jobs whose tasks are given their nodes.
 * From version 21.08 on, the first whose `squeue` prints JSON.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { MissingTool, Problem } from "../../problem.ts";
import { objectionTo } from "./objection.ts";
import { runSlurm, slurmProblem, trySlurm } from "./run_slurm.ts";
import { slurmJob } from "./slurm_jobs.ts";
import { parseSlurmDocument, type SlurmFields } from "./slurm_json.ts";
import { slurmNode } from "./slurm_nodes.ts";
import type { SlurmCluster, SlurmJob, SlurmNode, SlurmPartition } from "./slurm_records.ts";
import {
  type ListedPartition,
  parseConfiguration,
  parsePartitions,
  parseSlurmVersion,
} from "./slurm_text.ts";
import {
  parseSubmitted,
  requireSensible,
  type SlurmSubmission,
  submitCommand,
} from "./submission.ts";
import { atLeast } from "../version.ts";

/** The first version whose `squeue` and `sinfo` print JSON. */
export const SLURM_MINIMUM_VERSION = "21.08";
/** From this version on `sinfo --json` prints groups of nodes, and `scontrol` the nodes. */
const SCONTROL_JSON_VERSION = "23.02";

/** `sinfo` looks for a configuration that is missing for up to a minute. */
const OPEN_SECONDS = 15;
/** What a job takes of a listing is 4 KiB, and a cluster has thousands. */
const LISTING_BYTES = 512 * 2 ** 20;
const LISTING_SECONDS = 60;
const SUBMIT_SECONDS = 60;
/** A busy controller takes its time. */
const PIN_SECONDS = 0.1;
/** What `scancel` says of a job that has ended. */
const ENDED_ALREADY = /already completing or completed|Invalid job id specified|No active jobs/;

/** A cluster that answers. */
export class Slurm {
  readonly cluster: SlurmCluster;
  readonly #host: Host;

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
    return new Slurm(host, { version, ...configuration });
  }

  private constructor(host: Host, cluster: SlurmCluster) {
    this.#host = host;
    this.cluster = cluster;
  }

  /** Every node of the cluster, also one that is down. */
  nodes(): Promise<readonly SlurmNode[]> {
    const argv = atLeast(this.cluster.version, SCONTROL_JSON_VERSION)
      ? ["scontrol", "--all", "show", "nodes", "--json"] as const
      : ["sinfo", "--all", "--json"] as const;
    return this.#list("list the nodes", { argv, name: "nodes", read: slurmNode });
  }

  /**
   * The partition of this name, or where null the one that jobs go to which name none.
   *
   * @throws {Problem} where there is none, naming those that there are
   */
  async partition(name: string | null): Promise<SlurmPartition> {
    const action = name === null ? "use the default partition" : `use the partition ${name}`;
    const partitions = await this.#partitions(action);
    const found = partitions.find((partition) =>
      name === null ? partition.isDefault : partition.name === name
    );
    if (found === undefined) throw noPartition(action, partitions);
    const { name: itsName, state, longestSeconds } = found;
    return { name: itsName, state, longestSeconds };
  }

  /**
   * The names of nodes that Slurm's short form stands for: "n[1-3]" is n1, n2 and n3.
   *
   * @throws {Problem} where it stands for none
   */
  async expand(nodes: string): Promise<string[]> {
    const argv = ["scontrol", "show", "hostnames", nodes] as const;
    const printed = await runSlurm(this.#host, {
      action: `read the list of nodes "${nodes}"`,
      argv,
    });
    return printed.split("\n").filter((name) => name !== "");
  }

  /**
   * The jobs of exactly this name, of all users, also those that have ended as long as the controller
   * remembers them (`MinJobAge`). Tasks that wait and have not been given a node are one job.
   */
  async jobs(name: string): Promise<readonly SlurmJob[]> {
    // 22.05 prints all jobs nevertheless.
    const filter = name.includes(",") ? [] : [`--name=${name}`];
    const argv = ["squeue", "--all", "--states=all", ...filter, "--json"] as const;
    const jobs = await this.#list("list the jobs", { argv, name: "jobs", read: slurmJob });
    return jobs.filter((job) => job.name === name);
  }

  /**
   * Submits an array, held. Returns its job id.
   *
   * @throws {Problem} where Slurm refuses it, or it would wait for ever
   */
  async submit(submission: SlurmSubmission): Promise<number> {
    requireSensible(submission);
    await this.#requirePossible(submission);
    const action = "submit the jobs";
    const argv = submitCommand(submission);
    const printed = await runSlurm(this.#host, { action, argv, timeoutSeconds: SUBMIT_SECONDS });
    const id = parseSubmitted(printed);
    if (id === null) throw unreadable(action, printed);
    return id;
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
    if (status !== 0 || stderr.trim() !== "") throw slurmProblem(action, stderr, status);
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

  async #requirePossible(submission: SlurmSubmission): Promise<void> {
    const partition = await this.partition(submission.partition);
    const nodes = submission.gres === null ? [] : await this.nodes();
    const objection = objectionTo(submission, { cluster: this.cluster, partition, nodes });
    if (objection !== null) throw objection;
  }

  async #list<T>(
    action: string,
    { argv, name, read }: {
      readonly argv: readonly [string, ...string[]];
      readonly name: string;
      readonly read: (fields: SlurmFields) => T | null;
    },
  ): Promise<readonly T[]> {
    const bounds = { timeoutSeconds: LISTING_SECONDS, maxOutputBytes: LISTING_BYTES };
    const printed = await runSlurm(this.#host, { action, argv, ...bounds });
    const document = parseSlurmDocument(printed, name);
    if (document === null) throw unreadable(action, printed);
    if (document.errors.length > 0) throw slurmProblem(action, document.errors.join("; "));
    if (document.entries === null) throw unreadable(action, printed);
    return document.entries.map((entry) => {
      const value = read(entry);
      if (value === null) throw unreadable(action, JSON.stringify(entry));
      return value;
    });
  }
}

function unreadable(action: string, seen: string): Problem {
  return new Problem({
    action,
    condition: "what Slurm printed is not understood",
    seen,
    cure: `Use a Slurm from ${SLURM_MINIMUM_VERSION} on, and tell which version this is.`,
  });
}

function tooOld(version: string): Problem {
  const condition = `Slurm ${version} is too old: its squeue prints no JSON`;
  return new MissingTool({
    action: "use Slurm",
    condition,
    cure: `Install ${SLURM_MINIMUM_VERSION} or newer.`,
  });
}

function noPartition(action: string, partitions: readonly ListedPartition[]): Problem {
  const names = partitions.map(({ name }) => name).join(", ");
  const cure = names === "" ? "Make one in slurm.conf." : `Name one of: ${names}.`;
  return new Problem({ action, condition: "there is none", cure });
}
