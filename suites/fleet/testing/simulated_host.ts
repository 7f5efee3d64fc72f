/**
 * Results of hosts that nobody ever measured: what a dry run found, as another host of the same make would
 * have found it.
 *
 * @module
 */
import { seriesKey, type SeriesName } from "../../claim_series.ts";
import type { Experiment, HostDescription, Result, Sample } from "../../result.ts";
import { normal } from "../../statistics/calibrate_noise.ts";
import { type RandomGenerator, uniform } from "../../statistics/random.ts";

/** What makes a host of its own. */
export interface HostPlan {
  readonly hostname: string;
  readonly startMs: number;
  /** Standard deviation of the logarithm, from host to host. */
  readonly deviation: number;
  /** The one ratio that is besides multiplied by `factor`; null for none. */
  readonly odd: (SeriesName & { readonly factor: number }) | null;
}

/** The result of one more host of the base's make; its claims are not judged anew. */
export function simulateHost(base: Result, random: RandomGenerator, plan: HostPlan): Result {
  return movedTo(plan.startMs, {
    ...base,
    host: identified(base.host, random, plan.hostname),
    experiments: base.experiments.map((experiment) => withNoise(experiment, random, plan)),
  });
}

/** The same result as if the run had started then. */
export function movedTo(startMs: number, result: Result): Result {
  const { run, probes, experiments } = result;
  const by = startMs - Date.parse(run.startedAt);
  const moved = (time: string) => new Date(Date.parse(time) + by).toISOString();
  const begun = <T extends { readonly startedAt: string }>(one: T): T => ({
    ...one,
    startedAt: moved(one.startedAt),
  });
  return {
    ...result,
    run: { ...begun(run), endedAt: run.endedAt === null ? null : moved(run.endedAt) },
    probes: probes.map(begun),
    experiments: experiments.map((experiment) => ({
      ...experiment,
      samples: experiment.samples.map(begun),
    })),
  };
}

/** As `bench` writes it; wherever the base names one of its GPUs, it names the host's own. */
export function textOf(result: Result, base: Result): string {
  const text = `${JSON.stringify(result, null, 1)}\n`;
  return (base.host.gpus ?? []).reduce((changed, { uuid }, index) => {
    const own = result.host.gpus?.[index]?.uuid ?? null;
    return uuid === null || own === null ? changed : changed.replaceAll(uuid, own);
  }, text);
}

function identified(
  host: HostDescription,
  random: RandomGenerator,
  hostname: string,
): HostDescription {
  const gpus = host.gpus?.map((gpu) => ({
    ...gpu,
    uuid: gpu.uuid === null ? null : `GPU-${drawUuid(random)}`,
  })) ?? null;
  return { ...host, hostname, bootId: drawUuid(random), gpus };
}

function drawUuid(random: RandomGenerator): string {
  const digits = (count: number) =>
    Array.from({ length: count }, () => Math.floor(16 * uniform(random)).toString(16)).join("");
  return [8, 4, 4, 4, 12].map(digits).join("-");
}

/** Scales the samples of each arm but the reference and its control, on each workload by a factor. */
function withNoise(
  experiment: Experiment,
  random: RandomGenerator,
  { deviation, odd }: HostPlan,
): Experiment {
  const { name, reference, control, workloads, samples } = experiment;
  const oddKey = odd === null ? null : seriesKey(odd);
  const factors = new Map<string, number>();
  const factorOf = (arm: string, workload: string): number => {
    const key = seriesKey({ experiment: name, workload, arm });
    const factor = factors.get(key) ??
      Math.exp(deviation * normal(random)) * (key === oddKey ? odd?.factor ?? 1 : 1);
    factors.set(key, factor);
    return factor;
  };
  const isSmallerBetter = new Set(
    workloads.filter(({ better }) => better === "smaller").map((workload) => workload.name),
  );
  const scaled = (sample: Sample): Sample => {
    const { arm, workload, value } = sample;
    if (arm === reference || arm === control || value === null) return sample;
    const factor = factorOf(arm, workload);
    return { ...sample, value: isSmallerBetter.has(workload) ? value / factor : value * factor };
  };
  return { ...experiment, samples: samples.map(scaled) };
}
