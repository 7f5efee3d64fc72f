/**
 * What the page's script adds to a claim's panel: its rule and parts, the figures for its chart, the raw
 * samples and the commands of its experiments.
 *
 * @module
 */
import type { ClaimVerdict, Experiment, Result, Sample } from "../../suites/result.ts";
import { type Part, partsOf } from "../../suites/rules/rule.ts";
import { ruleOf } from "../../suites/rules/rules.ts";
import { usedSamples } from "../../suites/statistics/comparison.ts";
import { claimChart } from "../charts/claim.ts";
import { compileChart } from "../charts/render.ts";
import { thinSamples } from "../display.ts";
import { shellCommand } from "../shell_command.ts";
import { quantity } from "../units.ts";
import { panelMore } from "./panel.ts";

/** Behind the figure of a sample that is not used. */
const SET_ASIDE = " ▲ set aside 弃用";

/** Plain data for the page's script (panel.js). */
export interface PanelData {
  /** A compiled chart that lacks its parts. */
  readonly chart: unknown;
  readonly claims: Readonly<Record<string, ClaimData>>;
  readonly experiments: Readonly<Record<string, ExperimentData>>;
}

interface ClaimData {
  /** Markup of the rule and the parts. */
  readonly more: string;
  readonly parts: readonly PartFigures[];
  readonly subjects: readonly Subject[];
}

interface PartFigures {
  readonly name: string;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** The arms of one experiment that a claim rests on, beside the reference and its control. */
interface Subject {
  readonly experiment: string;
  readonly arms: readonly string[];
  readonly workloads: readonly string[];
}

interface ExperimentData {
  /** The samples by the place of their texts in `texts`: order, block, workload, arm, figure, command. */
  readonly samples: readonly (readonly number[])[];
  readonly texts: readonly string[];
  /** How many samples there are of each workload and arm (`"seq-read native"`), in the page or not. */
  readonly counts: Readonly<Record<string, number>>;
}

/** The data of all panels, with at most `mostSamples` of each experiment. */
export function panelData(result: Result, mostSamples: number): PanelData {
  const known = new Map(result.experiments.map((experiment) => [experiment.name, experiment]));
  const claims = result.claims.map((claim) => [claim.id, claimData(claim, known)]);
  const experiments = result.experiments.map((one) => [one.name, experimentData(one, mostSamples)]);
  const named = { name: "claim", description: "the claim's ratios against the bands" };
  return {
    chart: compileChart(named, claimChart(result.run.thresholds)).vega,
    claims: Object.fromEntries(claims),
    experiments: Object.fromEntries(experiments),
  };
}

function claimData(
  claim: ClaimVerdict,
  known: ReadonlyMap<string, Experiment>,
): ClaimData {
  const rule = ruleOf(claim.id);
  const subjects = (rule === undefined ? [] : partsOf(rule)).flatMap((part) => {
    const experiment = "experiment" in part ? known.get(part.experiment) : undefined;
    return experiment === undefined ? [] : subjectOf(part, experiment);
  });
  return {
    more: panelMore(claim).text,
    parts: (claim.parts ?? []).flatMap(partFigures),
    subjects,
  };
}

function partFigures({ name, ratio, low, high }: PartLike): PartFigures[] {
  return ratio === undefined ? [] : [{ name, ratio, low: low ?? ratio, high: high ?? ratio }];
}

type PartLike = Pick<NonNullable<ClaimVerdict["parts"]>[number], "name" | "ratio" | "low" | "high">;

function subjectOf(part: Part, { name, reference, control }: Experiment): Subject[] {
  const common = { experiment: name };
  const also = [reference, control];
  switch (part.kind) {
    case "performance":
      return [{ ...common, arms: [...also, part.arm], workloads: part.workloads }];
    case "faster":
      return [{ ...common, arms: [...also, part.arm, ...part.than], workloads: part.workloads }];
    case "across":
    case "level":
      return [{ ...common, arms: also, workloads: part.workloads }];
    case "observation":
    case "fleet":
      return [];
  }
}

function experimentData(experiment: Experiment, mostSamples: number): ExperimentData {
  const units = new Map(experiment.workloads.map(({ name, unit }) => [name, unit]));
  const used = new Set(usedSamples(experiment.samples));
  const texts = new Texts();
  const figure = (sample: Sample): string =>
    sample.value === null
      ? `! ${sample.failure ?? ""}`
      : `${quantity(sample.value, units.get(sample.workload) ?? "s")}${
        used.has(sample) ? "" : SET_ASIDE
      }`;
  const samples = thinSamples(experiment, mostSamples).map((sample) => [
    sample.order,
    sample.block,
    texts.place(sample.workload),
    texts.place(sample.arm),
    texts.place(figure(sample)),
    texts.place(shellCommand(sample.argv)),
  ]);
  const counts: Record<string, number> = {};
  for (const { workload, arm } of experiment.samples) {
    counts[`${workload} ${arm}`] = (counts[`${workload} ${arm}`] ?? 0) + 1;
  }
  return { samples, texts: texts.all, counts };
}

/** Each text once, at a place of its own. */
class Texts {
  readonly #places = new Map<string, number>();

  get all(): readonly string[] {
    return [...this.#places.keys()];
  }

  place(text: string): number {
    const place = this.#places.get(text) ?? this.#places.size;
    this.#places.set(text, place);
    return place;
  }
}
