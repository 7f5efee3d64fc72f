/**
 * Results of one machine: the latest stands for it.
 *
 * @module
 */
import type { HostDigest } from "./digest.ts";
import { compareNames } from "./host_names.ts";

/** A host that has a result. */
export interface DigestedHost {
  readonly name: string;
  readonly digest: HostDigest;
}

/** Why a result is not judged: a later one is of the same machine. */
export interface Duplicate {
  readonly of: string;
  /** What the two have in common, as the rest of a sentence. */
  readonly sign: string;
}

/** A reading that two machines cannot have in common, and what it is. */
interface Sign {
  readonly key: string;
  readonly words: string;
}

/** The hosts, by name, whose machine has a later result among them. */
export function duplicatesAmong(hosts: readonly DigestedHost[]): Map<string, Duplicate> {
  const latestFirst = hosts.toSorted(compareAge);
  const owners = new Map<string, DigestedHost>();
  const found = new Map<string, Duplicate>();
  for (const host of latestFirst) {
    const signs = signsOf(host.digest);
    const known = signs.find(({ key }) => owners.has(key));
    const owner = known === undefined ? host : owners.get(known.key) ?? host;
    if (known !== undefined) found.set(host.name, { of: owner.name, sign: known.words });
    // What is known of a duplicate is known of its machine.
    for (const { key } of signs) owners.set(key, owners.get(key) ?? owner);
  }
  return found;
}

function signsOf({ told, bootId, gpus }: HostDigest): Sign[] {
  // A guest, and the host that gave it the GPU, are two places to measure.
  const { environment } = told;
  return [
    { key: `machine ${told.machine}`, words: "the same hostname and hardware" },
    ...(gpus ?? []).flatMap(({ uuidHash }) =>
      uuidHash === null
        ? []
        : [{ key: `gpu ${uuidHash} ${environment}`, words: "a GPU with the same UUID" }]
    ),
    ...(bootId === "unknown"
      ? []
      : [{ key: `boot ${bootId} ${told.model}`, words: "the same boot id and hardware" }]),
  ];
}

/** The latest first; of equal ones the first by name. */
function compareAge(one: DigestedHost, other: DigestedHost): number {
  const [a, b] = [one, other].map(({ digest: { told } }) => told.endedAt ?? told.startedAt);
  if (a !== b && a !== undefined && b !== undefined) return a > b ? -1 : 1;
  return compareNames(one.name, other.name);
}
