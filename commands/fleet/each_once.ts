/**
 * What several paths say of one host, as one: whichever knows more of it is believed, in whichever order
 * they are named.
 *
 * @module
 */
import { OF_NO_RESULT } from "../../suites/fleet/faults.ts";
import { realPath, resultFile } from "./sources.ts";
import { type Awaited, KNOWLEDGE, type View } from "./views.ts";

/** A host that is awaited once. */
export interface OneHost {
  readonly awaited: Awaited;
  /** Which view knows it best. */
  readonly view: View;
}

/** What is left without what another view says better. */
export interface EachOnce {
  readonly hosts: readonly OneHost[];
  /** Where in `hosts` a view's host is told. */
  readonly indexOf: (awaited: Awaited) => number;
  /** Paths of whose results another path told more, in the order in which they were named. */
  readonly twice: readonly string[];
}

/** Within one view nothing is left out: two hosts that left one file are two hosts. */
export function eachOnce(views: readonly View[]): EachOnce {
  const hosts: OneHost[] = [];
  const byKey = new Map<string, number[]>();
  const indices = new Map<Awaited, number>();
  const twice = new Set<string>();
  for (const view of views.toSorted(bestFirst)) {
    for (const awaited of view.awaited) {
      const keys = keysOf(awaited, view);
      const known = keys.flatMap((key) => byKey.get(key) ?? []);
      const index = sameHost(known, hosts, { awaited, view }) ?? hosts.length;
      const same = hosts[index];
      hosts[index] = same === undefined ? { awaited, view } : folded(same, { awaited, view });
      if (same !== undefined && same.view.path !== view.path) twice.add(view.path);
      for (const key of keys) byKey.set(key, [...byKey.get(key) ?? [], index]);
      indices.set(awaited, index);
    }
  }
  return {
    hosts,
    indexOf: (awaited) => indices.get(awaited) ?? -1,
    twice: [...new Set(views.map(({ path }) => path))].filter((path) => twice.has(path)),
  };
}

/** What knows more first, of these what was written last. */
function bestFirst(one: View, other: View): number {
  const [less, more] = [one, other].map(({ knows }) => KNOWLEDGE.indexOf(knows));
  if (less !== undefined && more !== undefined && less !== more) return more - less;
  if (one.mergedAt !== other.mergedAt) return one.mergedAt > other.mergedAt ? -1 : 1;
  return one.path < other.path ? -1 : Number(one.path > other.path);
}

/** What two views of one host have in common: its result's file, or its name in one fleet. */
function keysOf({ place, name }: Awaited, { fleet }: View): string[] {
  return [
    ...(place === null ? [] : [`file ${realPath(resultFile(place))}`]),
    ...(name === null ? [] : [`host ${JSON.stringify([fleet, name])}`]),
  ];
}

/** The place among `hosts` of the one that another view told; that of the same name before any other. */
function sameHost(
  known: readonly number[],
  hosts: readonly OneHost[],
  { awaited, view }: OneHost,
): number | undefined {
  const same = known.filter((index) => {
    const other = hosts[index];
    return other !== undefined && other.view !== view && mayBeOne(other.awaited, awaited) &&
      isToldAlike(other.awaited, awaited);
  });
  return same.find((index) => hosts[index]?.awaited.name === awaited.name) ?? same[0];
}

/** Two results under one name are two, such as those in a fleet's folder and in a copy of it. */
function mayBeOne({ place: one }: Awaited, { place: other }: Awaited): boolean {
  return one === null || other === null ||
    realPath(resultFile(one)) === realPath(resultFile(other));
}

/** Two machines may have had one place after each other. */
function isToldAlike({ told: one }: Awaited, { told: other }: Awaited): boolean {
  const [machine = null, another = null] = [one?.machine, other?.machine];
  return machine === null || another === null || machine === another;
}

/** What is known of a host, with what another view adds to it. */
function folded({ awaited: best, view }: OneHost, other: OneHost): OneHost {
  const { place, told, name, faults, window } = best;
  const isSameFleet = view.fleet === other.view.fleet;
  const more = isSameFleet
    ? []
    : other.awaited.faults.filter(({ kind }) =>
      !OF_NO_RESULT.includes(kind) && !faults.some((known) => known.kind === kind)
    );
  const awaited = {
    ...best,
    place: place ?? other.awaited.place,
    told: place === null ? other.awaited.told : told,
    name: name ?? other.awaited.name,
    faults: [...faults, ...more],
    window: window ?? other.awaited.window,
  };
  return { awaited, view };
}
