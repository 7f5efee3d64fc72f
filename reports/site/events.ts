/**
 * What happened to a host: changes of verdicts and of ratios, each with the night that showed it.
 *
 * @module
 */
import type { SeriesName } from "../../suites/claim_series.ts";
import type { Verdict } from "../../suites/result.ts";
import type { Estimate, Level } from "../../suites/statistics/change.ts";
import { type Change, changesIn } from "../history/changes.ts";
import type { Nights } from "../history/nights.ts";
import type { StoredRun } from "../history/stored.ts";

/** A change of a host. */
export type HostEvent = FlipEvent | DriftEvent;

/** A claim's verdict became another one. */
export interface FlipEvent extends Dated {
  readonly kind: "flip";
  readonly claim: string;
  readonly from: Verdict;
  readonly to: Verdict;
}

/** A ratio moved, and stayed. */
export interface DriftEvent extends Dated, SeriesName {
  readonly kind: "drift";
  /** Where the ratio stayed for how many nights; intervals are from how far nights differ. */
  readonly before: Level;
  readonly after: Level;
  /** The ratio after in terms of the one before. */
  readonly change: Estimate;
}

/** When it was. */
export interface Dated {
  /** The first run of the night that showed it. */
  readonly run: RunName;
  /** The first run of the first night that was otherwise: that one, or one before. */
  readonly since: RunName;
  /** Whether a second run of that night bore it out; else a night before did. */
  readonly repeated: boolean;
  /** What of the configuration is not as on the night before the change. */
  readonly configuration: readonly string[];
}

/** What identifies a run. */
export type RunName = Pick<StoredRun, "machine" | "startedAt" | "dryRun">;

/** What changed on one host in one night. */
export interface EventGroup extends Pick<Dated, "run" | "configuration"> {
  readonly flips: readonly FlipEvent[];
  readonly drifts: readonly DriftEvent[];
}

/** All changes of a host, in time order. */
export function eventsOf(nights: Nights): HostEvent[] {
  return changesIn(nights).map((change): HostEvent => {
    const dated = datedOf(change, nights);
    if (change.kind === "flip") {
      const { kind, claim, from, to } = change;
      return { kind, claim, from, to, ...dated };
    }
    const { kind, series, before, after } = change;
    return { kind, ...series, before, after, change: change.change, ...dated };
  });
}

/** Events by host and night, in the order in which each pair comes first. */
export function groupEvents(events: readonly HostEvent[]): EventGroup[] {
  const groups = Map.groupBy(events, ({ run }) => JSON.stringify(nameOf(run)));
  return [...groups.values()].flatMap((group): EventGroup[] => {
    const [first] = group;
    if (first === undefined) return [];
    return [{
      run: first.run,
      configuration: [...new Set(group.flatMap(({ configuration }) => configuration))],
      flips: group.filter((event) => event.kind === "flip"),
      drifts: group.filter((event) => event.kind === "drift"),
    }];
  });
}

/** The name of a run. */
export function nameOf({ machine, startedAt, dryRun }: RunName): RunName {
  return { machine, startedAt, dryRun };
}

function datedOf({ night, since, run, configuration }: Change, { nights }: Nights): Dated {
  return {
    run: nameOf(run),
    since: nameOf(nights[since]?.first ?? run),
    repeated: (nights[night]?.second ?? null) !== null,
    configuration,
  };
}
