/**
 * Results of one machine: one of them stands for it.
 *
 * @module
 */
import { isInContainer } from "../host_description.ts";
import { isoTime } from "./clocks.ts";
import type { HostDigest } from "./digest.ts";
import { compareNames } from "./host_names.ts";
import { agreement, areAtHome, areTwo, homeOf, type Sign, signsOf, type Trace } from "./signs.ts";

/** A host that has a result. */
export interface DigestedHost {
  readonly name: string;
  readonly digest: HostDigest;
}

/** One whose machine may have other results. */
export interface Contender extends DigestedHost, Trace {}

/** A machine, and all its results. */
export interface Machine {
  /** What counts more first: the first one stands for the machine. */
  readonly results: readonly [Contender, ...Contender[]];
  /** All but the first. */
  readonly followers: readonly Follower[];
  /**
   * Another machine of its name that stands before it. For all one knows it is that one, whose hardware
   * was changed between their results. Null for none.
   */
  readonly namesake: Machine | null;
}

/** A result that shares a sign with one that counts more. */
export interface Follower {
  readonly host: Contender;
  /** The nearest such one, which may follow another one itself. */
  readonly of: Contender;
  /** What the two have in common, as the rest of a sentence. */
  readonly sign: string;
}

/** Why a result does not stand for its machine: another one counts more. */
export interface Duplicate {
  readonly of: string;
  readonly sign: string;
  /** Why the other one counts more, as the rest of a sentence. */
  readonly reason: string;
}

/**
 * The machines that hosts are. Of one machine's results that from outside of any container counts most;
 * of these one whose times are not in doubt; of these the latest.
 */
export function machinesAmong(hosts: readonly Contender[]): readonly Machine[] {
  const register = new Register();
  for (const host of hosts.toSorted(compareWeight)) register.add(host);
  return register.machines;
}

/** The results that do not stand for their machine, by name. */
export function duplicatesAmong(machines: readonly Machine[]): Map<string, Duplicate> {
  return new Map(
    machines.flatMap(({ followers }) => followers).map(({ host, of, sign }) => [
      host.name,
      { of: of.name, sign, reason: whyMore(of, host) },
    ]),
  );
}

/** The results that stand for a machine which may be that of another result: the name of that, by name. */
export function namesakesAmong(machines: readonly Machine[]): Map<string, string> {
  return new Map(
    machines.flatMap(({ results: [first], namesake }): [string, string][] =>
      namesake === null ? [] : [[first.name, namesake.results[0].name]]
    ),
  );
}

/** A machine of which not all results are known yet. */
interface Found extends Machine {
  readonly results: [Contender, ...Contender[]];
  readonly followers: Follower[];
}

/** Whose machine a result is of. */
interface Kin extends Pick<Follower, "of" | "sign"> {
  readonly machine: Found;
}

/** Takes one result after the other, what counts more first. */
class Register {
  readonly machines: Found[] = [];
  readonly #bySign = new Map<string, Omit<Kin, "sign">>();
  readonly #byHome = new Map<string, Set<Found>>();

  add(host: Contender): void {
    const signs = signsOf(host);
    const homely = this.#byHome.getOrInsert(homeOf(host.digest), new Set());
    const kin = this.#bySigns(signs) ?? kinAtHome(host, homely);
    const machine = kin?.machine ?? this.#begin(host, homely);
    if (kin !== null) {
      machine.results.push(host);
      machine.followers.push({ host, of: kin.of, sign: kin.sign });
    }
    // What is known of a duplicate is known of its machine.
    for (const { key } of signs) this.#bySign.getOrInsert(key, { machine, of: host });
    homely.add(machine);
  }

  #bySigns(signs: readonly Sign[]): Kin | null {
    const [kin = null] = signs.flatMap(({ key, words }): Kin[] => {
      const known = this.#bySign.get(key);
      return known === undefined ? [] : [{ ...known, sign: words }];
    });
    return kin;
  }

  #begin(host: Contender, homely: ReadonlySet<Found>): Found {
    const mayBeHost = ({ results, namesake }: Found) =>
      namesake === null && !results.some((one) => areTwo(one, host));
    const namesake = homely.values().find(mayBeHost) ?? null;
    const machine: Found = { results: [host], followers: [], namesake };
    this.machines.push(machine);
    return machine;
  }
}

/** The first machine of its home with which a result agrees, and with all results from there. */
function kinAtHome(host: Contender, homely: ReadonlySet<Found>): Kin | null {
  for (const machine of homely) {
    const there = machine.results.filter((one) => areAtHome(one, host));
    const [of] = there;
    const [sign = null, ...others] = there.map((one) => agreement(one, host));
    if (of !== undefined && sign !== null && !others.includes(null)) return { machine, of, sign };
  }
  return null;
}

/** What is in a container last; of others those in doubt; of others the latest first, then by name. */
function compareWeight(one: Contender, other: Contender): number {
  return Number(isInside(one)) - Number(isInside(other)) ||
    Number(one.isInDoubt) - Number(other.isInDoubt) ||
    endOf(other) - endOf(one) || compareNames(one.name, other.name);
}

function isInside({ digest: { told } }: DigestedHost): boolean {
  return isInContainer(told.environment);
}

/** When a run was last heard of, in milliseconds since 1970; one that tells no time, long ago. */
function endOf({ digest: { told } }: DigestedHost): number {
  return isoTime(told.endedAt ?? told.startedAt) ?? 0;
}

function whyMore(of: Contender, host: Contender): string {
  if (isInside(host) && !isInside(of)) return "is that of the host around the container";
  if (host.isInDoubt && !of.isInDoubt) return "tells times that are not in doubt";
  return endOf(of) === endOf(host) ? "stands for both" : "is the later one";
}
