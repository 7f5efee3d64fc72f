/**
 * The experiment `contention`: n-body on a GPU alone, beside another process, and in containers. Who
 * takes turns gets a share; who is isolated keeps its speed.
 *
 * @module
 */
import { MissingTool } from "../../problem.ts";
import { nbodyArguments } from "../../runners/cuda/nbody.ts";
import { prepareArms } from "../arms.ts";
import type { ArmDriver, Measurement, PairedPlan } from "../paired.ts";
import type { Places } from "../places.ts";
import type { Arm } from "../result.ts";
import { awaitProcess, besideBusy, type Busy, isListed, pause } from "./aggressor.ts";
import { type Ceilings, ceilingsOf } from "./ceilings.ts";
import { BODIES, N_BODY, nbodyFigures, nbodyIterations } from "./compute.ts";
import {
  type GpuExperimentOptions,
  measurementOf,
  runWorkload,
  withPrograms,
} from "./cuda_experiment.ts";
import { containerCuda, type CudaOutcome, type CudaPlace, nativeCuda } from "./cuda_place.ts";
import { type GpuGuard, gpuGuard, unlessCancelled } from "./gpu_guard.ts";
import { type GpuSubject, gpuSubject } from "./gpu_place.ts";
import { watched } from "./gpu_watch.ts";

type PlaceOf = (places: Places) => Promise<CudaPlace>;

/** What runs beside a run; `longer` is nothing, in a run as long as two that run at once. */
type Beside = "nothing" | "longer" | "aggressor" | "itself";

/** An arm: where the victim runs, and what runs beside it. */
interface ContentionCase {
  readonly name: string;
  readonly title: string;
  readonly place: PlaceOf;
  readonly beside: Beside;
}

const ARMS: readonly ContentionCase[] = [
  { name: "native", title: "alone", place: nativeCuda, beside: "nothing" },
  {
    name: "native-again",
    title: "alone again (A/A control)",
    place: nativeCuda,
    beside: "nothing",
  },
  {
    name: "bare-beside",
    title: "natively, beside another process",
    place: nativeCuda,
    beside: "aggressor",
  },
  {
    name: "bare-long",
    title: "alone, as long as the two that run at once: the work of both in one process",
    place: nativeCuda,
    beside: "longer",
  },
  {
    name: "bare-both",
    title: "natively, one and a shorter one beside it: what both did while the longer one ran",
    place: nativeCuda,
    beside: "itself",
  },
  {
    name: "container-beside",
    title: "in a container, beside one in another container",
    place: containerCuda,
    beside: "aggressor",
  },
];

/** A share of about a half is decided by its own bounds (`suites/rules/gpu_performance.ts`). */
const SHARE = { high: 0.65, medium: 0.35 };
/** Whether two do more or less than one alone. */
const ORDER = { high: 1, medium: 0 };
/**
 * A GPU that is busy for long gets hotter and slower: two that run at once are compared with one that is
 * busy as long as they are, not with the short reference.
 */
const AGAINST = { "bare-long": "bare-both", "bare-both": "bare-long" };
/**
 * Of two that run at once, so many times a run alone: the longer one so much longer that the other one,
 * which takes a second to start, begins and ends beside it; and that so long that the cost of turns shows.
 */
const LONGER = 12;
const SHORTER = 4;
/** What a process takes at most from its last figure to its end. */
const END_SECONDS = 0.3;

/**
 * Prepares the experiment `contention`.
 *
 * @throws {MissingTool} where no whole GPU is there
 */
export async function prepareContention(
  places: Places,
  { needs, mostBlocks }: GpuExperimentOptions,
): Promise<PairedPlan> {
  const subject = await gpuSubject(places);
  if (!subject.isWhole) throw notWhole(subject);
  await withPrograms(places, [N_BODY]);
  const guard = await gpuGuard(places, subject);
  await guard.refuseStrangers();
  const ceilings = await ceilingsOf(places, subject);
  const cases = ARMS.filter(({ name }) => needs.arms.has(name));
  const { drivers, unavailable } = await prepareArms(
    cases,
    async (arm, { place, beside }) =>
      contentionArm(arm, { places, place: await place(places), guard, subject, ceilings, beside }),
  );
  return {
    name: "contention",
    title: `n-body beside n-body (${subject.title})`,
    reference: "native",
    control: "native-again",
    workloads: [N_BODY],
    drivers,
    unavailable,
    judged: [...needs.judged],
    ...needs.judges === undefined ? {} : { judges: needs.judges },
    against: AGAINST,
    stoppingThresholds: {
      "bare-beside": SHARE,
      "container-beside": SHARE,
      "bare-long": ORDER,
      "bare-both": ORDER,
    },
    mostBlocks,
  };
}

/** Where the victim runs, on what, and beside what. */
export interface ContentionSetting {
  readonly places: Places;
  readonly place: CudaPlace;
  readonly guard: GpuGuard;
  readonly subject: GpuSubject;
  readonly ceilings: Ceilings;
  readonly beside: Beside;
  /** What the aggressor keeps busy; the victim's own GPU when absent. */
  readonly neighbour?: GpuSubject;
}

/** An arm whose victim is n-body. */
export function contentionArm(arm: Arm, setting: ContentionSetting): ArmDriver {
  const { places: { host }, subject, guard } = setting;
  return {
    arm,
    measure: () =>
      unlessCancelled(async () => {
        const { outcome: { seen, outcome }, aside } = await guard.around(() =>
          watched(host, subject, () => runVictim(setting))
        );
        if (outcome === null) return null;
        const details = { ...outcome.details, ...seen.details };
        return { ...outcome, details, ...seen.aside, ...aside };
      }),
  };
}

async function runVictim(setting: ContentionSetting): Promise<Measurement | null> {
  const { places: { host }, place, subject, neighbour = subject, ceilings } = setting;
  switch (setting.beside) {
    case "nothing":
      return measured(await run(setting, 1), ceilings);
    case "longer":
      return measured(await run(setting, LONGER + SHORTER), ceilings);
    case "itself":
      return await runBoth(setting);
    case "aggressor":
      return await besideBusy({ host, place, subject: neighbour }, async (busy) => {
        const outcome = measured(await run(setting, 1), ceilings);
        return await stayedBusy({ host, subject: neighbour, busy }, outcome);
      });
  }
}

function measured(outcome: CudaOutcome, ceilings: Ceilings): Measurement | null {
  if (outcome.command.ended === "cancelled") return null;
  return measurementOf(outcome, {}, (command) => nbodyFigures(command, ceilings));
}

/** n-body, so many times as long as the victim. */
function run({ place, subject, ceilings }: ContentionSetting, times: number): Promise<CudaOutcome> {
  const iterations = iterationsOf(ceilings, times);
  const args = () => nbodyArguments({ bodies: BODIES, iterations });
  const workload = { program: N_BODY.program, args };
  return runWorkload(place, workload, { ceilings, gpus: [subject.granted] });
}

function iterationsOf(ceilings: Ceilings, times: number): number {
  return times * nbodyIterations(ceilings);
}

/** Where the aggressor had ended meanwhile, the victim was alone for a while. */
async function stayedBusy(
  { host, subject, busy }: {
    readonly host: Places["host"];
    readonly subject: GpuSubject;
    readonly busy: Busy;
  },
  outcome: Measurement | null,
): Promise<Measurement | null> {
  if (outcome === null || await isListed(host, subject, busy)) return outcome;
  const failure = "the process beside it had ended before it did";
  return { ...outcome, value: null, failure: outcome.failure ?? failure };
}

/** A long run, and within its time a short one. */
async function runBoth(setting: ContentionSetting): Promise<Measurement | null> {
  const { places: { host }, subject, ceilings } = setting;
  const running = run(setting, LONGER);
  try {
    await awaitProcess(host, subject);
    await pause(host, END_SECONDS);
    const shorter = measured(await run(setting, SHORTER), ceilings);
    const longer = measured(await running, ceilings);
    if (longer === null || shorter === null) return null;
    return together(longer, shorter, iterationsOf(ceilings, SHORTER));
  } finally {
    await running;
  }
}

/**
 * The operations of both in each second of the longer one, which hold however the two overlap: while it
 * runs, the GPU never rests. For the rest of the time it is alone, so turns cost less here than they do
 * while both run. The sample goes through one iteration before it begins to time, which of the shorter
 * one is work too.
 */
export function together(
  longer: Measurement,
  shorter: Measurement,
  shorterIterations: number,
): Measurement {
  const { flopsPerSecond = NaN, seconds = NaN, ceiling = Infinity } = longer.details;
  const { flopsPerSecond: otherFlopsPerSecond = NaN, seconds: otherSeconds = NaN } =
    shorter.details;
  const otherOperations = otherFlopsPerSecond * otherSeconds * (1 + 1 / shorterIterations);
  const value = flopsPerSecond + otherOperations / seconds;
  const details = { ...longer.details, otherFlopsPerSecond, otherSeconds };
  const failure = longer.failure ?? shorter.failure ??
    (isWithin(shorter, longer) ? null : "the shorter run was not wholly within the longer one") ??
    (value <= ceiling ? null : `${value} operations per second are more than can be`);
  return failure === null
    ? { ...longer, value, details }
    : { ...longer, value: null, details, failure };
}

/** Whether all that the shorter one timed lies within what the longer one timed. */
function isWithin(shorter: Measurement, longer: Measurement): boolean {
  const [short, long] = [shorter, longer].map(({ startedAt, durationSeconds, details }) => {
    const end = Date.parse(startedAt) / 1000 + durationSeconds;
    return { begin: end - (details["seconds"] ?? NaN), end };
  });
  if (short === undefined || long === undefined) return false;
  return short.begin - END_SECONDS >= long.begin && short.end <= long.end - END_SECONDS;
}

function notWhole({ title, gpu }: GpuSubject): MissingTool {
  return new MissingTool({
    action: "measure two processes on one GPU",
    condition: "no GPU is there as a whole",
    seen: title,
    cure: gpu.virtualizationMode === "vgpu"
      ? "Run cellproof where the GPU is there as a whole: on bare metal, or passed through."
      : "Run cellproof where a GPU is not divided (sudo nvidia-smi -mig 0).",
  }, "gpu");
}
