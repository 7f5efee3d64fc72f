/**
 * Results of one machine: one of them stands for it.
 *
 * @module
 */
import { isoTime } from "./clocks.ts";
import type { HostDigest } from "./digest.ts";
import { compareNames } from "./host_names.ts";

/** A host that has a result. */
export interface DigestedHost {
  readonly name: string;
  readonly digest: HostDigest;
}

/** Why a result is not judged: another one is of the same machine, and counts more. */
export interface Duplicate {
  readonly of: string;
  /** What the two have in common, as the rest of a sentence. */
  readonly sign: string;
  /** Why the other one counts more, as the rest of a sentence. */
  readonly reason: string;
}

/** A reading that two machines cannot have in common, and what it is. */
interface Sign {
  readonly key: string;
  readonly words: string;
}

/** A result that shares a sign with one that counts more. */
interface Follower {
  readonly host: DigestedHost;
  /** The nearest such one, which may follow another one itself. */
  readonly of: DigestedHost;
  readonly sign: string;
}

/**
 * The hosts, by name, whose machine has a result among them that counts more: the latest one, but before
 * all whose times are in `doubt`.
 */
export function duplicatesAmong(
  hosts: readonly DigestedHost[],
  doubt: ReadonlySet<string>,
): Map<string, Duplicate> {
  return new Map(
    followersAmong(hosts, doubt).map(({ host, of, sign }) => [
      host.name,
      { of: of.name, sign, reason: whyMore(of, host, doubt) },
    ]),
  );
}

/** For each host the name of one that stands for its machine, the same for all of that machine. */
export function machinesAmong(
  hosts: readonly DigestedHost[],
  doubt: ReadonlySet<string>,
): Map<string, string> {
  const machines = new Map(hosts.map(({ name }) => [name, name]));
  // Each follows one that stands before it, so that this one's machine is known already.
  for (const { host, of } of followersAmong(hosts, doubt)) {
    machines.set(host.name, machines.get(of.name) ?? of.name);
  }
  return machines;
}

function followersAmong(
  hosts: readonly DigestedHost[],
  doubt: ReadonlySet<string>,
): Follower[] {
  const owners = new Map<string, DigestedHost>();
  return hosts.toSorted((one, other) => compareWeight(one, other, doubt)).flatMap((host) => {
    const signs = signsOf(host.digest);
    const [known] = signs.flatMap(({ key, words }): Follower[] => {
      const of = owners.get(key);
      return of === undefined ? [] : [{ host, of, sign: words }];
    });
    // What is known of a duplicate is known of its machine.
    for (const { key } of signs) owners.set(key, owners.get(key) ?? host);
    return known ?? [];
  });
}

function signsOf({ told, bootId, gpus }: HostDigest): Sign[] {
  // A guest, and the host that gave it the GPU, are two places to measure.
  const { hostname, environment } = told;
  return [
    { key: `machine ${told.machine}`, words: "the same hostname and hardware" },
    ...(gpus ?? []).flatMap(({ uuidHash }) =>
      uuidHash === null
        ? []
        : [{ key: `gpu ${uuidHash} ${environment}`, words: "a GPU with the same UUID" }]
    ),
    ...(bootId === "unknown" ? [] : [
      {
        key: JSON.stringify(["boot", bootId, hostname, environment]),
        words: "the same hostname and boot id",
      },
      { key: `boot ${bootId} ${told.model}`, words: "the same boot id and hardware" },
    ]),
  ];
}

/** Those in doubt last; of others the latest first; of equally old ones the first by name. */
function compareWeight(
  one: DigestedHost,
  other: DigestedHost,
  doubt: ReadonlySet<string>,
): number {
  const [doubtful, more] = [one, other].map(({ name }) => Number(doubt.has(name)));
  if (doubtful !== more) return (doubtful ?? 0) - (more ?? 0);
  return endOf(other) - endOf(one) || compareNames(one.name, other.name);
}

/** When a run was last heard of, in milliseconds since 1970; one that tells no time, long ago. */
function endOf({ digest: { told } }: DigestedHost): number {
  return isoTime(told.endedAt ?? told.startedAt) ?? 0;
}

function whyMore(of: DigestedHost, host: DigestedHost, doubt: ReadonlySet<string>): string {
  if (doubt.has(host.name) && !doubt.has(of.name)) return "tells times that are not in doubt";
  return endOf(of) === endOf(host) ? "stands for both" : "is the later one";
}
