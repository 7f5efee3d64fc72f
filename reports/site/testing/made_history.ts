/**
 * Histories of made-up nights, for tests: no machine ever gave these figures.
 *
 * @module
 */
import type { Experiment, Result } from "../../../suites/result.ts";
import { History } from "../../history/history.ts";
import { sampleResult } from "../../testing/sample_result.ts";

/** A night of a host; the first is number 0. */
export interface MadeNight {
  readonly hostname?: string;
  readonly night?: number;
  readonly kernel?: string;
  readonly cpuModel?: string;
  /** Ids of claims that are refuted that night, whatever they are in the sample. */
  readonly refuted?: readonly string[];
  /** By what all ratios but the controls' are multiplied. */
  readonly factor?: number;
  readonly synthetic?: boolean;
  /** Whether a second run follows, which finds the same. */
  readonly repeated?: boolean;
}

const FIRST_NIGHT = Date.UTC(2026, 0, 1, 2);
const DAY = 86_400_000;

/** When a night's run starts. */
export function startOf(night: number): string {
  return new Date(FIRST_NIGHT + night * DAY).toISOString();
}

/** A claim that no ratio decides, and that the sample confirms. */
export const FACT = "03.2.2/fact/sysfs-procfs";

/** A result of that night. */
function madeResult(
  { hostname = "alpha", night = 0, kernel, cpuModel, refuted = [], factor = 1, synthetic }:
    MadeNight,
): Result {
  const sample = sampleResult();
  const { host, run, experiments } = sample;
  // Few claims and no samples: a page of all takes a hundred times as long to make.
  const claims = sample.claims.filter(({ id }) => /^(11\.3|03\.2)/.test(id));
  const endedAt = new Date(Date.parse(startOf(night)) + 600_000).toISOString();
  return {
    ...sample,
    probes: [],
    host: {
      ...host,
      hostname,
      kernel: kernel ?? host.kernel,
      cpuModel: cpuModel ?? host.cpuModel,
    },
    run: {
      ...run,
      startedAt: startOf(night),
      endedAt,
      dryRun: synthetic === true ? run.dryRun : null,
    },
    claims: claims.map((claim) => (
      refuted.includes(claim.id) ? { ...claim, verdict: "refuted" } : claim
    )),
    experiments: experiments.map((experiment) => ({
      ...experiment,
      samples: [],
      ratios: experiment.ratios.map((ratio) => scaled(ratio, experiment, factor)),
    })),
  };
}

function scaled(
  ratio: Experiment["ratios"][number],
  { control }: Experiment,
  factor: number,
): Experiment["ratios"][number] {
  if (ratio.arm === control) return ratio;
  const times = (figure: number | null) => figure === null ? null : figure * factor;
  return { ...ratio, ratio: times(ratio.ratio), low: times(ratio.low), high: times(ratio.high) };
}

/** Adds nights to the history in a file, which is made where there is none; the ids of their runs. */
export function addNights(path: string, nights: readonly MadeNight[]): number[] {
  using history = History.open(path, { create: true });
  return nights.map((night) => {
    const result = madeResult(night);
    const now = new Date(startOf((night.night ?? 0) + 1));
    const { id } = history.add(JSON.stringify(result), result, { confirms: null, now }).run;
    if (night.repeated === true) {
      const second = { ...result, run: { ...result.run, ...anHourLater(result.run) } };
      history.add(JSON.stringify(second), second, { confirms: id, now });
    }
    return id;
  });
}

function anHourLater({ startedAt, endedAt }: Result["run"]) {
  const later = (time: string) => new Date(Date.parse(time) + 3_600_000).toISOString();
  return { startedAt: later(startedAt), endedAt: endedAt === null ? null : later(endedAt) };
}
