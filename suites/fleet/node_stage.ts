/**
 * How far a node of a fleet has come, from what Slurm says of its job and what the job left in the fleet's
 * folder: pure. What a node left counts; an exit status explains what is missing.
 *
 * @module
 */
import type { NodeEnd, NodeStart } from "../../runners/fleet/fleet_folder.ts";
import type { SlurmJob, SlurmJobState, WaitStatus } from "../../runners/slurm/slurm_records.ts";
import { CURE_OF_NO_JOB, cureOfNoResult, CURES } from "./cures.ts";
import { OF_NO_RESULT } from "./faults.ts";
import type { FaultKind, FleetFault, HostState } from "./fleet_result.ts";
import { faultOfLeft, faultOfUnseen } from "./left_folder.ts";
import { SAID_BY_SCRIPT, type SaidByScript } from "./node_statuses.ts";

/** All that is seen of a node. */
export interface NodeSighting {
  readonly node: string;
  /** Its task; null where Slurm does not know it, or no more. */
  readonly job: SlurmJob | null;
  readonly start: NodeStart | null;
  readonly end: NodeEnd | null;
  /** Why the coordinator called the task back; null where it did not. */
  readonly calledBack: CallBack | null;
}

/** A task that the coordinator cancelled. */
export interface CallBack {
  readonly state: Extract<HostState, "cancelled" | "unavailable" | "waited">;
  readonly because: string;
  /** What mends it, as a sentence, where that is not what always mends such a state. */
  readonly cure?: string;
}

export type NodeStage =
  | { readonly stage: "waiting" }
  | { readonly stage: "running" }
  | ({ readonly stage: "over" } & NodeOutcome);

/** What became of a node. */
export interface NodeOutcome {
  /** Null where its result tells. */
  readonly state: HostState | null;
  /** Why there is no whole result, as a sentence; null where its result tells. */
  readonly because: string | null;
  readonly faults: readonly FleetFault[];
}

/** States in which a job has not come to its end. */
const WAITING: readonly SlurmJobState[] = ["PENDING"];
const RUNNING: readonly SlurmJobState[] = ["RUNNING", "SUSPENDED", "COMPLETING", "UNKNOWN"];

/** What the states mean in which Slurm itself ended a job. */
const ENDED_BY_SLURM: Partial<Record<SlurmJobState, readonly [HostState, FaultKind, string]>> = {
  NODE_FAIL: ["died", "dead-node", "Slurm lost the node while the run went on"],
  BOOT_FAIL: ["died", "dead-node", "the node did not boot"],
  TIMEOUT: ["timed-out", "time-limit", "the job's time limit ended the run"],
  DEADLINE: ["waited", "waited", "the job's deadline passed"],
  PREEMPTED: ["cancelled", "cancelled", "Slurm preempted the job for another one"],
  OUT_OF_MEMORY: ["nothing", "no-result", "the job ran out of memory"],
  CANCELLED: ["cancelled", "cancelled", "the job was cancelled"],
};

/** Exit status of a run that could not put its host back (see the README). */
const NOT_RESTORED = 3;

/** What a run ends with that was broken off: as the shell calls Ctrl-C, SIGTERM and SIGKILL. */
const BROKEN_OFF = [130, 143, 137];

/** How far a node has come. */
export function stageOf(sighting: NodeSighting): NodeStage {
  const { node, job, start, end, calledBack } = sighting;
  if (end !== null && !BROKEN_OFF.includes(end.status)) {
    return { stage: "over", ...outcomeOfEnd(node, end) };
  }
  if (job !== null && WAITING.includes(job.state)) return { stage: "waiting" };
  if (job !== null && RUNNING.includes(job.state)) return { stage: "running" };
  if (calledBack !== null && start === null) {
    return { stage: "over", ...outcomeOfCallBack(node, calledBack) };
  }
  const { faults, ...broken } = outcomeOfBroken(sighting);
  const ofEnd = end === null ? [] : faultsOfEnd(node, end);
  return { stage: "over", ...broken, faults: [...faults, ...ofEnd] };
}

/** The outcome of a node that was never asked, or called back before it began. */
export function outcomeOfCallBack(node: string, { state, ...said }: CallBack): NodeOutcome {
  const kind: FaultKind = state === "unavailable" ? "unavailable-node" : state;
  return failed(node, state, { kind, ...said });
}

/** The outcome of a node of which nobody asks Slurm: by what its job told alone. */
export function outcomeOfReports(
  node: string,
  { start, end }: Pick<NodeSighting, "start" | "end">,
): NodeOutcome {
  if (end !== null && !BROKEN_OFF.includes(end.status)) return outcomeOfEnd(node, end);
  if (end !== null) {
    const broken = failed(node, "nothing", { kind: "no-result", because: brokenOff(end) });
    return { ...broken, faults: [...broken.faults, ...faultsOfEnd(node, end)] };
  }
  if (start === null) {
    return { state: "nothing", because: "Its job has not begun, or left nothing.", faults: [] };
  }
  const because = "Its job told no end: it goes on, or it was killed.";
  const { kind, cure } = faultOfUnseen(start.folder);
  const left = { kind, host: node, because: `${because} Then ${start.folder} may be left.` };
  return {
    state: "nothing",
    because,
    faults: [{ ...left, cure: `Wait until its job is over. ${cure ?? ""}`.trimEnd() }],
  };
}

/** What is told of a node that left no result. */
export interface WithoutResult {
  readonly start: NodeStart | null;
  /** What its run printed of the reason; null for nothing. */
  readonly printed: string | null;
}

/** The outcome of a node that left no result, with the fault that says so where it has none yet. */
export function outcomeWithoutResult(
  node: string,
  known: NodeOutcome,
  { start, printed }: WithoutResult,
): NodeOutcome {
  if (known.faults.some(({ kind }) => OF_NO_RESULT.includes(kind))) return known;
  const left = `its run left no result${printed === null ? "" : `. It printed: ${printed}`}`;
  const outcome = failed(node, "nothing", {
    kind: "no-result",
    because: known.because ?? left,
    ...(known.because !== null && start === null ? { cure: CURE_OF_NO_JOB } : {}),
  });
  return { ...outcome, faults: [...known.faults, ...outcome.faults] };
}

/** A job that came to its end: by its run, or since the node's script could not begin one. */
function outcomeOfEnd(node: string, end: NodeEnd): NodeOutcome {
  const faults = faultsOfEnd(node, end);
  const said = SAID_BY_SCRIPT[end.status];
  if (said === undefined) return { state: null, because: null, faults };
  const outcome = failed(node, "nothing", said);
  return { ...outcome, faults: [...outcome.faults, ...faults] };
}

/** What a job says at its end of the state in which it leaves the node. */
function faultsOfEnd(node: string, { status, left }: NodeEnd): FleetFault[] {
  const ofLeft = left === null ? [] : [{ host: node, ...faultOfLeft(left) }];
  if (status !== NOT_RESTORED || left?.because === "journal") return ofLeft;
  return [fault(node, "not-restored", "the run could not put the node back"), ...ofLeft];
}

/** A job that was broken off. */
function outcomeOfBroken({ node, job, start, end, calledBack }: NodeSighting): NodeOutcome {
  if (job === null) {
    const because = start === null
      ? "Slurm knows no job of the node any more, and none left anything"
      : end === null
      ? "Slurm knows the node's job no more, and it did not come to its end"
      : brokenOff(end);
    return failed(node, "nothing", { kind: "no-result", because });
  }
  const said = job.ended?.kind === "exited" ? SAID_BY_SCRIPT[job.ended.status] : undefined;
  if (said !== undefined) return failed(node, "nothing", said);
  // One that was called back while it waited, and began before that was heard, did not wait too long.
  if (calledBack?.state === "cancelled") return outcomeOfCallBack(node, calledBack);
  const [state, kind, words] = ENDED_BY_SLURM[job.state] ?? ["nothing", "no-result", null];
  const because = words ?? `its job ended ${inWords(job)} before the run did`;
  return failed(node, state, { kind, because });
}

function brokenOff({ status }: NodeEnd): string {
  return `its run was broken off (exit status ${status})`;
}

function failed(
  node: string,
  state: HostState,
  { kind, because, cure }: SaidByScript,
): NodeOutcome {
  const known = fault(node, kind, because);
  const faults = [cure === undefined ? known : { ...known, cure }];
  return { state, because: sentence(because), faults };
}

function fault(host: string, kind: FaultKind, because: string): FleetFault {
  const cure = kind === "no-result" ? cureOfNoResult(host) : CURES[kind] ?? null;
  return { kind, host, because: sentence(because), cure };
}

function sentence(text: string): string {
  const end = /[.!?…]$/.test(text) ? "" : ".";
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${end}`;
}

function inWords({ state, ended }: SlurmJob): string {
  return `as ${state}${ended === null ? "" : ` (${statusInWords(ended)})`}`;
}

function statusInWords(ended: WaitStatus): string {
  return ended.kind === "exited"
    ? `exit status ${ended.status}`
    : `killed by signal ${ended.signal}`;
}
