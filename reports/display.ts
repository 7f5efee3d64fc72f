/**
 * A result made fit to be shown: tools and hosts may have put anything into it.
 *
 * @module
 */
import type { Baseline, Control, Experiment, Probe, Result, Sample } from "../suites/result.ts";
import { quantileDetails } from "./charts/quantiles.ts";

/** How much of a result is shown. */
export interface DisplayLimits {
  /** Longest text, in UTF-16 units. */
  readonly longestText: number;
  /** Most entries of a list: notes, parts, observations, contradictions, rows of raw samples. */
  readonly mostRows: number;
  /** Most samples drawn in one chart. */
  readonly mostPoints: number;
}

/** Enough for every result that is no attack, and little enough for a page of 1.5 MB. */
export const DISPLAY_LIMITS: DisplayLimits = { longestText: 600, mostRows: 100, mostPoints: 800 };

// Controls, lone halves of pairs and the marks that reorder text (Unicode TR 36, "bidirectional
// text spoofing") would let a tool's output rewrite the sentence around it, or the terminal; what
// nobody sees (Default_Ignorable_Code_Point) lets two names look like one.
const CONTROLS =
  /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

// Most texts are plain ASCII on one line, and the result has thousands of them.
const SUSPICIOUS = /[^ -~]| {2}|^ | $/;

/** One line of text without control characters, cut to `longest`. */
export function displayText(text: string, longest: number = DISPLAY_LIMITS.longestText): string {
  if (text.length <= longest && !SUSPICIOUS.test(text)) return text;
  // Cut generously first: a text of megabytes is not worth folding.
  const folded = text.slice(0, longest * 4 + 64).replace(/\s+/g, " ").trim();
  const line = folded.replace(CONTROLS, "\ufffd").toWellFormed();
  return line.length <= longest ? line : `${line.slice(0, longest).toWellFormed()}…`;
}

/** The document has 14, and its facts stand beside them. */
const MOST_MATRICES = 20;

/** The result with every text made safe to show and every list bounded; samples are thinned last. */
export function forDisplay(result: Result, limits: DisplayLimits = DISPLAY_LIMITS): Result {
  const { host, baseline, run, probes, experiments, claims, contradictions, coverage } = result;
  const shorten = (text: string): string => displayText(text, limits.longestText);
  const bound = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(
      atMost(Object.entries(record), limits).map(([name, value]) => [shorten(name), value]),
    );
  const bounded: Result = {
    ...result,
    host: {
      ...host,
      tools: bound(host.tools),
      gpus: host.gpus === null ? null : atMost(host.gpus, limits),
    },
    baseline: baseline === null ? null : boundedBaseline(baseline, limits),
    absent: bound(result.absent),
    run: { ...run, notes: atMost(run.notes, limits), selection: atMost(run.selection, limits) },
    probes: atMost(probes, limits).map((probe) => boundedProbe(probe, limits)),
    experiments: atMost(experiments, limits).map((experiment) => ({
      ...experiment,
      ratios: experiment.ratios.map((ratio) => ({ ...ratio, blocks: [] })),
      samples: experiment.samples.map((sample) => ({
        ...sample,
        details: quantileDetails(sample.details),
      })),
    })),
    claims: claims.map((claim) =>
      claim.parts === undefined ? claim : { ...claim, parts: atMost(claim.parts, limits) }
    ),
    contradictions: atMost(contradictions, limits),
    coverage: {
      // Sums are made of them: one that is left out would be a wrong sum.
      matrices: coverage.matrices.slice(0, MOST_MATRICES),
      missing: atMost(coverage.missing, limits),
    },
  };
  return mapTexts(bounded, shorten) as Result;
}

/** At most `most` samples, whole blocks spread over the run, so that every arm stays comparable. */
export function thinSamples(experiment: Experiment, most: number): readonly Sample[] {
  const { samples } = experiment;
  if (samples.length <= most) return samples;
  const step = Math.ceil(samples.length / Math.max(1, most));
  return samples.filter(({ block }) => block % step === 0).slice(0, most);
}

/** Where it comes from; its figures stand in the parts that are judged by them. */
function boundedBaseline(baseline: Baseline, limits: DisplayLimits): Baseline {
  return { ...baseline, gpus: atMost(baseline.gpus, limits), experiments: [] };
}

function boundedProbe(probe: Probe, limits: DisplayLimits): Probe {
  const observations = atMost(probe.observations, limits).map((observation) => ({
    ...observation,
    controls: atMost(failedFirst(observation.controls), limits),
  }));
  return { ...probe, observations };
}

/** One that failed must not be among those left out. */
function failedFirst(controls: readonly Control[]): readonly Control[] {
  return controls.toSorted((one, other) => Number(one.held) - Number(other.held));
}

function atMost<T>(list: readonly T[], { mostRows }: DisplayLimits): readonly T[] {
  return list.length <= mostRows ? list : list.slice(0, mostRows);
}

/** A value with each text in it changed, wherever it stands; names of fields stay. */
export function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]),
  );
}
