/**
 * The experiment `contention`: n-body on a GPU alone, beside another process, and in containers. Who
 * takes turns gets a share; who is isolated keeps its speed.
 *
 * @module
 */
import { MissingTool } from "../../problem.ts";
import { prepareArms } from "../arms.ts";
import type { ArmDriver, Measurement, PairedPlan } from "../paired.ts";
import type { Places } from "../places.ts";
import type { Arm } from "../result.ts";
import { besideBusy, type Busy, isListed } from "./aggressor.ts";
import { type Ceilings, ceilingsOf } from "./ceilings.ts";
import { N_BODY, nbodyFigures } from "./compute.ts";
import { type GpuExperimentOptions, measurementOf } from "./cuda_experiment.ts";
import { containerCuda, type CudaOutcome, type CudaPlace, nativeCuda } from "./cuda_place.ts";
import { type GpuSubject, gpuSubject } from "./gpu_place.ts";
import { watched } from "./gpu_watch.ts";

const TIMEOUT_SECONDS = 120;

type PlaceOf = (places: Places) => Promise<CudaPlace>;

/** An arm: where the victim runs, and what runs beside it. */
interface ContentionCase {
  readonly name: string;
  readonly title: string;
  readonly place: PlaceOf;
  readonly beside: "nothing" | "aggressor" | "itself";
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
    name: "bare-both",
    title: "two at once natively, both together",
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

/** A share of about a half may be decided by its own bounds (`suites/rules/gpu_performance.ts`). */
const SHARE = { high: 0.65, medium: 0.35 };

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
  const ceilings = await ceilingsOf(places, subject);
  const cases = ARMS.filter(({ name }) => needs.arms.has(name));
  const { drivers, unavailable } = await prepareArms(
    cases,
    async (arm, { place, beside }) =>
      contentionArm(arm, { places, place: await place(places), subject, ceilings, beside }),
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
    stoppingThresholds: { "bare-beside": SHARE, "container-beside": SHARE },
    mostBlocks,
  };
}

/** Where the victim runs, on what, and beside what. */
export interface ContentionSetting {
  readonly places: Places;
  readonly place: CudaPlace;
  readonly subject: GpuSubject;
  readonly ceilings: Ceilings;
  readonly beside: ContentionCase["beside"];
  /** What the aggressor keeps busy; the victim's own GPU when absent. */
  readonly neighbour?: GpuSubject;
}

/** An arm whose victim is n-body. */
export function contentionArm(arm: Arm, setting: ContentionSetting): ArmDriver {
  return {
    arm,
    async measure() {
      const { places: { host }, subject } = setting;
      const { seen, outcome } = await watched(host, subject, () => runVictim(setting));
      if (outcome === null) return null;
      return { ...outcome, details: { ...outcome.details, ...seen.details }, ...seen.aside };
    },
  };
}

async function runVictim(setting: ContentionSetting): Promise<Measurement | null> {
  const { places: { host }, place, subject, neighbour = subject, ceilings } = setting;
  const figures = (run: CudaOutcome["command"]) => nbodyFigures(run, ceilings);
  const measured = (outcome: CudaOutcome) =>
    outcome.command.ended === "cancelled" ? null : measurementOf(outcome, {}, figures);
  switch (setting.beside) {
    case "nothing":
      return measured(await run(place, subject));
    case "itself": {
      const [first, second] = await Promise.all([run(place, subject), run(place, subject)]);
      return together(measured(first), measured(second));
    }
    case "aggressor":
      return await besideBusy({ host, place, subject: neighbour }, async (busy) => {
        const outcome = measured(await run(place, subject));
        return await stayedBusy({ host, subject: neighbour, busy }, outcome);
      });
  }
}

function run(place: CudaPlace, { granted }: GpuSubject): Promise<CudaOutcome> {
  const { program, args } = N_BODY;
  return place.run({ program, args, gpus: [granted], timeoutSeconds: TIMEOUT_SECONDS });
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

/** Two that ran at once, as one: the sum of their rates. Whatever they did not overlap adds to it. */
function together(first: Measurement | null, second: Measurement | null): Measurement | null {
  if (first === null || second === null) return null;
  if (first.value === null || second.value === null) {
    return { ...first, value: null, failure: first.failure ?? second.failure };
  }
  const details = { ...first.details, otherFlopsPerSecond: second.value };
  return { ...first, value: first.value + second.value, details };
}

function notWhole({ title }: GpuSubject): MissingTool {
  return new MissingTool({
    action: "measure two processes on one GPU",
    condition: "no GPU is there as a whole",
    seen: title,
    cure: "Run cellproof where a GPU is not divided (sudo nvidia-smi -mig 0).",
  }, "gpu");
}
