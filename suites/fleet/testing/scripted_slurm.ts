/**
 * A cluster in memory, which does what a test says and when: its clock goes on only while somebody sleeps.
 * It queues and ends jobs as Slurm does; none begins by itself.
 *
 * @module
 */
import { Problem } from "../../../problem.ts";
import { type LeftFolder, NODE_FILES, nodeFolder } from "../../../runners/fleet/fleet_folder.ts";
import type { Host } from "../../../runners/host.ts";
import {
  isLiving,
  type SlurmCluster,
  type SlurmJob,
  type SlurmNode,
  type SlurmPartition,
} from "../../../runners/slurm/slurm_records.ts";
import type { PairSubmission } from "../../../runners/slurm/pair_submission.ts";
import type { SlurmSubmission } from "../../../runners/slurm/submission.ts";
import type { FleetPorts, FleetSlurm } from "../fleet_jobs.ts";
import type { FleetPlan } from "../plan.ts";

/** Where the fleet's folder is. */
export const FOLDER = "/shared/fleet";
const SUBMITTED_AT = Date.UTC(2026, 0, 2, 3);
/** How long a job that runs takes to end when it is cancelled. */
const END_SECONDS = 2;
const FIRST_JOB = 100;

type Task = { -readonly [Key in keyof SlurmJob]: SlurmJob[Key] };

export class ScriptedSlurm implements FleetSlurm {
  readonly cluster: SlurmCluster;
  /** Every call that is a command of Slurm, in order: "jobs cellproof-…", "submit …", "cancel 100_1". */
  readonly calls: string[] = [];
  /** Every job that was asked for, in order. */
  readonly submissions: (SlurmSubmission | PairSubmission)[] = [];
  /** What the coordinator said. */
  readonly said: string[] = [];
  readonly files = new Map<string, string>();
  /** Of each node that is not idle: its states. */
  readonly states = new Map<string, readonly string[]>();
  /** Whether Slurm refuses a call. */
  refuses: (call: string) => boolean = () => false;
  /** The longest time limit of a job; null for none. */
  longestSeconds: number | null = null;
  interrupted = false;
  seconds = 0;
  /** How far the clock on the wall was set on since the fleet was submitted. */
  setOnSeconds = 0;
  readonly #names: readonly string[];
  readonly #tasks: Task[] = [];
  readonly #events: { readonly seconds: number; readonly act: () => void }[] = [];

  constructor(names: readonly string[], largestArray = 1001) {
    this.#names = names;
    this.cluster = { name: "scripted", version: "22.05.8", largestArray, killWaitSeconds: 30 };
  }

  /** A plan for all of its nodes. */
  plan(order: Partial<FleetPlan["order"]> = {}): FleetPlan {
    const common = { partition: "gpu", nodes: null, gres: null, budgetSeconds: null };
    return {
      plan: 1,
      id: "20260102T030000Z-0123abcd",
      version: "1.2.3",
      harness: "00ff",
      cluster: this.cluster.name,
      order: { ...common, waitSeconds: null, arguments: [], ...order },
      nodes: this.#names,
      unavailable: [],
      submittedAt: new Date(SUBMITTED_AT).toISOString(),
      nodesNotAsked: 0,
      largestArray: this.cluster.largestArray,
    };
  }

  get ports(): FleetPorts {
    return {
      host: this.#host(),
      slurm: this,
      folder: FOLDER,
      script: "/cellproof/node.sh",
      say: (text) => this.said.push(text),
      interrupted: () => this.interrupted,
      sleep: (seconds) => Promise.resolve(this.#passTime(seconds)),
    };
  }

  /** Lets something happen when the clock shows so many seconds. */
  at(seconds: number, act: () => void): void {
    this.#events.push({ seconds, act });
    this.#events.sort((one, other) => one.seconds - other.seconds);
  }

  /** The task of a node begins, and says so unless it is `silent`. */
  begin(node: string, { silent = false } = {}): void {
    this.change(node, { state: "RUNNING", reason: null, nodes: node, startedAt: this.#now() });
    if (!silent) this.tellStart(node);
  }

  /** The task of a node ends by itself. */
  end(node: string, status: number): void {
    const state = status === 0 ? "COMPLETED" : "FAILED";
    this.change(node, { state, ended: { kind: "exited", status } });
  }

  /** A whole run of a node. */
  finish(node: string, status = 0): void {
    this.begin(node);
    this.tellEnd(node, status);
    this.end(node, status);
  }

  /** Slurm knows no job any more. */
  forget(): void {
    this.#tasks.length = 0;
  }

  change(node: string, change: Partial<Task>): void {
    const task = this.#tasks.find(({ requiredNodes }) => requiredNodes === node);
    if (task === undefined) throw new Error(`no task has the node ${node}`);
    Object.assign(task, change);
  }

  tellStart(node: string): void {
    const start = { hostname: node, epochSeconds: 1.8e9, jobId: "7", folder: "/tmp/run" };
    this.#tell(node, NODE_FILES.started, start);
  }

  tellEnd(node: string, status: number, left: LeftFolder | null = null): void {
    this.#tell(node, NODE_FILES.ended, { status, epochSeconds: 1.8e9, left });
  }

  /** The state of each task, by its node; "?" for one that has none yet. */
  get tasks(): Record<string, string> {
    return Object.fromEntries(
      this.#tasks.map(({ requiredNodes, state, reason }) => [
        requiredNodes || "?",
        state === "PENDING" && reason !== null ? `${state} ${reason}` : state,
      ]),
    );
  }

  nodes(): Promise<readonly SlurmNode[]> {
    return this.#answer("nodes", () =>
      this.#names.map((name) => ({
        name,
        states: this.states.get(name) ?? ["IDLE"],
        partitions: ["gpu"],
        gres: "",
        reason: null,
      })));
  }

  jobs(name: string): Promise<readonly SlurmJob[]> {
    return this.#answer(`jobs ${name}`, () => {
      const tasks = this.#tasks.filter((task) => task.name === name);
      const isPinned = tasks.some(({ requiredNodes }) => requiredNodes !== "");
      const last = tasks.at(-1);
      return tasks.filter((task) => isPinned || task === last).map((task) => ({
        ...task,
        // Slurm tells no number of the last task that waits, which stands for the array.
        arrayTaskId: task === last && task.state === "PENDING" ? null : task.arrayTaskId,
      }));
    });
  }

  partition(): Promise<SlurmPartition> {
    const { longestSeconds } = this;
    const partition = { name: "gpu", state: "UP", longestSeconds, jobsAtOnce: 1 };
    return this.#answer("partition", () => partition);
  }

  submitPair(submission: PairSubmission): Promise<number> {
    return this.#answer(`submitPair ${submission.name}`, () => {
      this.submissions.push(submission);
      return FIRST_JOB;
    });
  }

  submit(submission: SlurmSubmission): Promise<number> {
    const { name, tasks } = submission;
    return this.#answer(`submit ${name}`, () => {
      this.submissions.push(submission);
      const arrayJobId = FIRST_JOB + this.#tasks.length;
      for (let index = 0; index < tasks; index++) {
        this.#tasks.push(heldTask(name, arrayJobId, index));
      }
      return arrayJobId;
    });
  }

  pin(arrayJobId: number, task: number, node: string): Promise<void> {
    return this.#answer(`pin ${arrayJobId}_${task}`, () => {
      const found = this.#tasksOf(`${arrayJobId}_${task}`)[0];
      if (found !== undefined) found.requiredNodes = node;
    });
  }

  pinAll(arrayJobId: number, nodes: readonly string[]): Promise<void> {
    return this.#answer(`pinAll ${arrayJobId}`, () => {
      for (const [index, task] of this.#tasksOf(arrayJobId).entries()) {
        task.requiredNodes = nodes[index] ?? "";
      }
    });
  }

  release(arrayJobId: number): Promise<void> {
    return this.#answer(`release ${arrayJobId}`, () => {
      for (const task of this.#tasksOf(arrayJobId)) task.reason = "Resources";
    });
  }

  cancel(ids: readonly (number | string)[]): Promise<void> {
    if (ids.length === 0) return Promise.resolve();
    return this.#answer(`cancel ${ids.join(" ")}`, () => {
      const living = ids.flatMap((id) => this.#tasksOf(id)).filter(({ state }) => isLiving(state));
      for (const task of living) this.#end(task);
    });
  }

  #end(task: Task): void {
    const isWaiting = task.state === "PENDING";
    task.state = isWaiting ? "CANCELLED" : "COMPLETING";
    if (isWaiting) return;
    this.at(this.seconds + END_SECONDS, () => {
      if (task.state === "COMPLETING") task.state = "CANCELLED";
    });
  }

  /** Of an array, or the one of "100_2". */
  #tasksOf(id: number | string): Task[] {
    const [array, index] = `${id}`.split("_").map(Number);
    return this.#tasks.filter(({ arrayJobId, arrayTaskId }) =>
      arrayJobId === array && (index === undefined || arrayTaskId === index)
    );
  }

  async #answer<T>(call: string, answer: () => T): Promise<T> {
    this.calls.push(call);
    await Promise.resolve();
    if (!this.refuses(call)) return answer();
    throw new Problem({ action: call, condition: "the cluster's controller does not answer" });
  }

  #tell(node: string, file: string, value: object): void {
    this.files.set(`${FOLDER}/${nodeFolder(node)}/${file}`, JSON.stringify(value));
  }

  #now(): Date {
    return new Date(SUBMITTED_AT + (this.seconds + this.setOnSeconds) * 1000);
  }

  #passTime(seconds: number): void {
    this.seconds += seconds;
    for (let event = this.#events[0]; event !== undefined; event = this.#events[0]) {
      if (event.seconds > this.seconds) return;
      this.#events.shift();
      event.act();
    }
  }

  #host(): Host {
    const never = () => Promise.reject(new Error("nothing else is asked of the host"));
    const namesIn = (path: string) =>
      [...this.files.keys()].filter((file) => file.startsWith(`${path}/`))
        .map((file) => file.slice(path.length + 1).split("/")[0] ?? "");
    return {
      ...{ run: never, start: never, writeText: never, temporaryFolder: never, close: never },
      readText: (path) => Promise.resolve(this.files.get(path) ?? null),
      readFolder: (path) => Promise.resolve([...new Set(namesIn(path))].sort()),
      now: () => this.#now(),
      monotonicSeconds: () => this.seconds,
    };
  }
}

function heldTask(name: string, arrayJobId: number, index: number): Task {
  return {
    jobId: arrayJobId + index,
    arrayJobId,
    arrayTaskId: index,
    name,
    userId: 7,
    userName: "somebody",
    state: "PENDING",
    reason: "JobHeldUser",
    nodes: "",
    requiredNodes: "",
    ended: null,
    startedAt: null,
  };
}
