/**
 * Hosts of a fleet whose ratios are unlike those of the other hosts of their make.
 *
 * @module
 */
import { seriesKey, type SeriesName } from "../claim_series.ts";
import { obstacleIn } from "../compare_obstacles.ts";
import { workIn } from "../judge_across.ts";
import { show } from "../judge_performance.ts";
import type { Experiment, Ratio } from "../result.ts";
import { boundsOf } from "../statistics/bands.ts";
import { judgeControl, reachOf } from "../statistics/control.ts";
import { type HostRatio, type UnlikeHost, unlikeHosts } from "../statistics/outlier.ts";
import type { FleetResult, Outlier } from "./fleet_result.ts";

/** A host, with the ratios that may be held against those of others. */
export interface OutlierSubject {
  readonly host: string;
  /** What hosts of the same make have in common, and what that make is, in words. */
  readonly model: string;
  readonly modelName: string;
  readonly ratios: readonly ComparableRatio[];
}

/** A ratio that may be held against those of other hosts. */
export interface ComparableRatio extends SeriesName, HostRatio {
  readonly n: number;
  /** Exactly what was run: other work gives no comparable ratio. */
  readonly work: string;
}

/**
 * The ratios of a result that may be held against those of other hosts: not those of the A/A control,
 * nor those whose control failed, that have too few blocks, or that the judge could not use either.
 */
export function comparableRatios(experiments: readonly Experiment[]): ComparableRatio[] {
  return experiments.flatMap((experiment) =>
    experiment.workloads.flatMap(({ name }) => ratiosOfWorkload(experiment, name))
  );
}

/** What came of looking for outliers. */
export type FoundOutliers = Required<Pick<FleetResult, "outliers" | "mostCompared">>;

/** The outliers of each make and series, in the order of their names, and how many hosts one compares. */
export function findOutliers(hosts: readonly OutlierSubject[]): FoundOutliers {
  const groups = [...groupsOf(hosts).values()];
  return {
    outliers: groups.flatMap((group) => unlikeHosts(group).map(outlierOf)).toSorted(byName),
    mostCompared: Math.max(0, ...groups.map(({ length }) => length)),
  };
}

function ratiosOfWorkload(experiment: Experiment, workload: string): ComparableRatio[] {
  const { name, control, reference } = experiment;
  const ratios = experiment.ratios.filter((ratio) => ratio.workload === workload);
  const reach = reachOfControl(ratios.find(({ arm }) => arm === control));
  if (reach === null) return [];
  const work = workIn(experiment, workload);
  return ratios.flatMap((one) => {
    const { arm, n, ratio } = one;
    const bounds = boundsOf(one);
    if (arm === control || ratio === null || bounds === null || bounds.low <= 0) return [];
    if (obstacleIn({ experiment, workload, arm, reference }) !== null) return [];
    return [{ experiment: name, workload, arm, n, ratio, ...bounds, reach, work }];
  });
}

/** How near to 1 the control keeps; null where it does not reach 1, or nothing can be said of it. */
function reachOfControl(control: Ratio | undefined): number | null {
  const reach = control === undefined ? null : reachOf(control);
  if (control === undefined || reach === null) return null;
  return judgeControl(control, reach).outcome === "equal" ? reach : null;
}

/** A ratio, and whose it is. */
interface Member extends ComparableRatio, Pick<OutlierSubject, "host" | "modelName"> {}

/** The ratios of one make on one series, by a text that stands for both. */
function groupsOf(hosts: readonly OutlierSubject[]): Map<string, Member[]> {
  const groups = new Map<string, Member[]>();
  for (const { host, model, modelName, ratios } of hosts) {
    for (const ratio of ratios) {
      const key = `${model} ${seriesKey(ratio)} ${ratio.work}`;
      const group = groups.get(key) ?? [];
      group.push({ ...ratio, host, modelName });
      groups.set(key, group);
    }
  }
  return groups;
}

function outlierOf({ host: member, others }: UnlikeHost<Member>): Outlier {
  const { host, modelName, experiment, workload, arm, n, ratio, low, high } = member;
  const because = sentence(member, others);
  return { host, modelName, experiment, workload, arm, n, ratio, low, high, others, because };
}

function sentence(
  { ratio, low, high }: Member,
  { count, median, low: least, high: most }: Outlier["others"],
): string {
  const side = ratio < median ? "below" : "above";
  return `Its ratio of ${show(ratio)} (${show(low)} to ${
    show(high)
  }) lies ${side} what one more host ` +
    `like the ${count} others of its make may have: ${show(least)} to ${show(most)} about their ` +
    `median of ${show(median)}.`;
}

function byName(one: Outlier, other: Outlier): number {
  const [ours, theirs] = [one, other].map(({ host, ...series }) => `${host} ${seriesKey(series)}`);
  return (ours ?? "") < (theirs ?? "") ? -1 : 1;
}
