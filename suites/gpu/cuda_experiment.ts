/**
 * A paired experiment of CUDA programs: each run is a process of its own, natively or in a container,
 * with the GPU's clocks, temperature and slowdowns read before and after.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { CudaProgram } from "../../runners/cuda/cuda_programs.ts";
import type { CudaRun } from "../../runners/cuda/cuda_run.ts";
import type { GrantedGpu } from "../../runners/gpu/gpu_containers.ts";
import type { CommandResult } from "../../runners/host.ts";
import { type ArmNeeds, prepareArms } from "../arms.ts";
import type { ArmDriver, Measurement, PairedPlan } from "../paired.ts";
import type { Places } from "../places.ts";
import type { Arm, Workload } from "../result.ts";
import {
  containerCuda,
  type CudaOutcome,
  type CudaPlace,
  cudaProgram,
  cudaPrograms,
  nativeCuda,
} from "./cuda_place.ts";
import { type Ceilings, ceilingsOf } from "./ceilings.ts";
import { type GpuGuard, gpuGuard, unlessCancelled } from "./gpu_guard.ts";
import { type GpuSubject, gpuSubject } from "./gpu_place.ts";
import { watched } from "./gpu_watch.ts";
import { type Peer, peerOf } from "./peer.ts";

/** What a run gave: the figure that is compared, further ones, and why they cannot be right. */
export interface CudaFigures {
  readonly value: number;
  /** In base units. `ceiling` is the most that the device can do, in the workload's unit. */
  readonly details: Readonly<Record<string, number>>;
  readonly doubt: string | null;
  /** What it timed, by its own clock: never more than the process itself took. */
  readonly timedSeconds?: number;
  /** True where the program prints its figures so coarsely that honest runs agree. */
  readonly coarse?: boolean;
}

/** A workload, and the program that runs it. */
export interface CudaWorkload extends Workload {
  readonly program: CudaProgram;
  /** By the ceilings, where a run of one length takes more work on a faster GPU. */
  readonly args: (ceilings: Ceilings) => readonly string[];
  /** Whether it needs a second GPU beside the one that is measured. */
  readonly peers?: boolean;
  /** Whether it is about the PCIe link, and says nothing where that is not known to be gone over. */
  readonly overPcie?: boolean;
  /** Reads what the program printed; throws a `Problem` where that is no result. */
  readonly figuresOf: (run: CudaRun, ceilings: Ceilings) => CudaFigures;
}

/** An experiment of CUDA programs as data. */
export interface CudaExperiment {
  readonly name: string;
  readonly title: string;
  readonly workloads: readonly CudaWorkload[];
}

/** What the run asks of every experiment. */
export interface GpuExperimentOptions {
  readonly needs: ArmNeeds;
  readonly mostBlocks: number;
}

const TIMEOUT_SECONDS = 120;
/** A command is timed from when it is about to start, and clocks are rounded. */
const CLOCK_SLACK_SECONDS = 0.01;
const NO_PEER = ", which reaches no other GPU";
const NO_PCIE = ", which is not known to reach host memory over PCIe";
const ARMS = [
  { name: "native", title: "natively", place: nativeCuda },
  { name: "native-again", title: "natively again (A/A control)", place: nativeCuda },
  { name: "container", title: "in a container", place: containerCuda },
] as const;

/**
 * Prepares an experiment of CUDA programs.
 *
 * @throws {MissingTool} where there is no GPU, others use it, or none of the programs is here
 */
export async function prepareCudaExperiment(
  places: Places,
  { name, title, workloads }: CudaExperiment,
  { needs, mostBlocks }: GpuExperimentOptions,
): Promise<PairedPlan> {
  const subject = await gpuSubject(places);
  const guard = await gpuGuard(places, subject);
  await guard.refuseStrangers();
  const needed = workloads.filter((workload) => needs.workloads.has(workload.name));
  const needsPeer = needed.some(({ peers }) => peers);
  const peer = needsPeer ? await peerOf(places, subject) : null;
  const ceilings = { ...await ceilingsOf(places, subject), peer };
  const chosen = (await withPrograms(places, needed)).filter(({ peers, overPcie }) =>
    (!peers || peer !== null) && (!overPcie || ceilings.link !== null)
  );
  const cases = ARMS.filter((arm) => needs.arms.has(arm.name));
  const { drivers, unavailable } = await prepareArms(cases, async (arm, { place }) => {
    const cuda = await place(places);
    const inFull = [cuda.title, ...cuda.notes].join("; ");
    const named = { ...arm, title: cuda.title.startsWith("in a") ? inFull : arm.title };
    return cudaArm(named, { places, cuda, guard, subject, peer, ceilings, workloads: chosen });
  });
  const noPeer = needsPeer && peer === null ? NO_PEER : "";
  const noPcie = needed.some(({ overPcie }) => overPcie) && ceilings.link === null ? NO_PCIE : "";
  return {
    name,
    title: `${title} (${subject.title}${noPeer}${noPcie})`,
    reference: "native",
    control: "native-again",
    workloads: chosen,
    drivers,
    unavailable,
    judged: [...needs.judged],
    ...needs.judges === undefined ? {} : { judges: needs.judges },
    mostBlocks,
  };
}

/**
 * The workloads whose programs are here.
 *
 * @throws {MissingTool} where no program of any of them is
 */
export async function withPrograms<Needed extends CudaWorkload>(
  places: Places,
  workloads: readonly Needed[],
): Promise<readonly Needed[]> {
  const programs = await cudaPrograms(places);
  const able = workloads.filter(({ program }) => programs.has(program));
  const [first] = workloads;
  if (able.length === 0 && first !== undefined) cudaProgram(programs, first.program);
  return able;
}

/** What an arm runs on, and what. */
interface CudaArmSetting {
  readonly places: Places;
  readonly cuda: CudaPlace;
  readonly guard: GpuGuard;
  readonly subject: GpuSubject;
  readonly peer: Peer | null;
  readonly ceilings: Ceilings;
  readonly workloads: readonly CudaWorkload[];
}

function cudaArm(arm: Arm, setting: CudaArmSetting): ArmDriver {
  const { places, cuda, guard, subject, peer, ceilings, workloads } = setting;
  return {
    arm,
    measure: (name) =>
      unlessCancelled(async () => {
        const workload = workloads.find((candidate) => candidate.name === name);
        if (workload === undefined) throw new TypeError(`gpu: no workload is called "${name}"`);
        const beside = workload.peers && peer !== null ? [peer.subject] : [];
        const gpus = [subject, ...beside].map(({ granted }) => granted);
        const { outcome: { seen, outcome }, aside } = await guard.around(() =>
          watched(places.host, subject, () => runWorkload(cuda, workload, { ceilings, gpus }))
        );
        if (outcome.command.ended === "cancelled") return null;
        const { linkGeneration, linkWidth } = seen;
        const known = { ...ceilings, linkGeneration, linkWidth };
        const figures = (run: CudaRun) => workload.figuresOf(run, known);
        return { ...measurementOf(outcome, seen.details, figures), ...seen.aside, ...aside };
      }),
  };
}

/** Runs a workload's program once. */
export function runWorkload(
  cuda: CudaPlace,
  { program, args }: Pick<CudaWorkload, "program" | "args">,
  { ceilings, gpus }: { readonly ceilings: Ceilings; readonly gpus: readonly GrantedGpu[] },
): Promise<CudaOutcome> {
  return cuda.run({ program, args: args(ceilings), gpus, timeoutSeconds: TIMEOUT_SECONDS });
}

/** A run's measurement: its figures, or why there are none. */
export function measurementOf(
  { argv, command, failure }: CudaOutcome,
  seen: Readonly<Record<string, number>>,
  figuresOf: (command: CommandResult) => CudaFigures,
): Measurement {
  const { status, startedAt, durationSeconds, ended } = command;
  const common = { argv, status, startedAt, durationSeconds };
  const failed = (why: string): Measurement => (
    { ...common, value: null, details: seen, failure: why }
  );
  if (failure !== null) return failed(failure);
  if (ended !== "exited") return failed(`the command ended: ${ended}`);
  try {
    const figures = figuresOf(command);
    const { value, details, coarse = false } = figures;
    const all = { ...details, ...seen };
    const doubt = figures.doubt ?? impossibleTime(figures, durationSeconds);
    return doubt === null
      ? { ...common, value, details: all, failure: null, ...coarse ? { coarse } : {} }
      : { ...common, value: null, details: all, failure: `the figures cannot be right: ${doubt}` };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return failed(error.message);
  }
}

function impossibleTime({ timedSeconds = 0 }: CudaFigures, durationSeconds: number): string | null {
  return timedSeconds > durationSeconds + CLOCK_SLACK_SECONDS
    ? `it timed ${timedSeconds} s in a process of ${durationSeconds} s`
    : null;
}
