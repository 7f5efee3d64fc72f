/**
 * What is counted over the hosts of a fleet.
 *
 * @module
 */
import {
  type FleetFault,
  type FleetHost,
  type FleetResult,
  HOST_STATES,
  type HostState,
  type HostTold,
  VERDICT_LETTERS,
} from "../../suites/fleet/fleet_result.ts";
import { type Verdict, VERDICTS } from "../../suites/result.ts";
import { displayText } from "../display.ts";
import type { VerdictCounts } from "../html/verdict_bar.ts";

/** How many hosts are in which of three ways. */
export interface HostCounts {
  /** That were asked, or gave anything. */
  readonly all: number;
  readonly measured: number;
  /** That gave a whole result, which is not judged. */
  readonly leftOut: number;
  /** All others: they gave no whole result. */
  readonly missing: number;
}

export function hostCounts({ hosts }: Pick<FleetResult, "hosts">): HostCounts {
  const count = (state: HostState) => hosts.filter((host) => host.state === state).length;
  const [all, measured, leftOut] = [hosts.length, count("measured"), count("left-out")];
  return { all, measured, leftOut, missing: all - measured - leftOut };
}

/** The hosts of each state that has any. */
export function byState(hosts: readonly FleetHost[]): [HostState, readonly FleetHost[]][] {
  const groups = Map.groupBy(hosts, ({ state }) => state);
  return HOST_STATES.flatMap((state): [HostState, readonly FleetHost[]][] => {
    const group = groups.get(state);
    return group === undefined ? [] : [[state, group]];
  });
}

/** A host whose result could be read. */
export type ToldHost = FleetHost & { readonly told: HostTold };

/** Whether a host's result could be read. */
export function hasTold(host: FleetHost): host is ToldHost {
  return host.told !== null;
}

/** How many claims have which verdict on one host; what was not judged there is not among them. */
export function countsOf({ verdicts }: Pick<HostTold, "verdicts">): VerdictCounts {
  const counts = new Map<string, number>();
  for (const letter of verdicts) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return Object.fromEntries(
    VERDICTS.map((verdict) => [verdict, counts.get(VERDICT_LETTERS[verdict]) ?? 0]),
  ) as Record<Verdict, number>;
}

/** Hosts of one make. */
export interface Make {
  /** From 1, in the order in which the makes are told. */
  readonly number: number;
  readonly name: string;
  readonly hosts: readonly ToldHost[];
}

/** The makes by the first digits of their hosts' models, the largest first. */
export function makesOf(hosts: readonly ToldHost[]): ReadonlyMap<string, Make> {
  const groups = [...Map.groupBy(hosts, ({ told }) => told.model)]
    .sort(([, one], [, other]) => other.length - one.length);
  return new Map(groups.map(([model, group], index) => [model, {
    number: index + 1,
    // One that has lost a GPU says so in its name of the make.
    name: spread(group.map(({ told }) => told.modelName))[0]?.[0] ?? "",
    hosts: group,
  }]));
}

/** How many hosts have each value, the most frequent first. */
export function spread(values: readonly string[]): [string, number][] {
  return [...Map.groupBy(values, (value) => value)]
    .map(([value, group]): [string, number] => [value, group.length])
    .sort(([, one], [, other]) => other - one);
}

/** Faults of one kind that differ in their hosts' names alone. */
export interface FaultGroup extends Pick<FleetFault, "because" | "cure"> {
  readonly hosts: readonly string[];
}

/** What stands for the name where several hosts have the same fault. */
const ANY_HOST = "HOST";

// As a part of another host's name (gpu1 in gpu10, in gpu1-a, in gpu1.example) it is none.
const NAME_BEFORE = /[\p{L}\p{M}\p{N}_-]\.?$/u;
const NAME_AFTER = /^\.?[\p{L}\p{M}\p{N}_-]/u;
/** UTF-16 units of a full stop and a character. */
const BESIDE = 3;

/**
 * The faults of one kind, equal ones together, those of most hosts first. What is alike is told before
 * the texts are made fit to be shown, and cut to `longest`.
 */
export function faultGroups(
  faults: readonly FleetFault[],
  longest: number = Infinity,
): FaultGroup[] {
  const shown = (text: string) => displayText(text, longest);
  const groups = Map.groupBy(faults, (fault) => JSON.stringify(nameless(fault)));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const hosts = [...new Set(group.map(({ host }) => host))];
    const { because, cure } = hosts.length === 1 ? first : nameless(first);
    return [{
      because: shown(because),
      cure: cure === null ? null : shown(cure),
      hosts: hosts.map(shown),
    }];
  }).sort((one, other) => other.hosts.length - one.hosts.length);
}

function nameless({ host, because, cure }: FleetFault): Pick<FleetFault, "because" | "cure"> {
  const without = (text: string) =>
    host.length < 2
      ? text
      : text.replaceAll(host, (name, at: number) =>
        isWhole(text, at, name.length) ? ANY_HOST : name);
  return { because: without(because), cure: cure === null ? null : without(cure) };
}

/** Whether what stands there is no part of a longer name. */
function isWhole(text: string, start: number, length: number): boolean {
  const end = start + length;
  return !NAME_BEFORE.test(text.slice(Math.max(0, start - BESIDE), start)) &&
    !NAME_AFTER.test(text.slice(end, end + BESIDE));
}
