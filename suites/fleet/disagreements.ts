/**
 * Claims that hosts of one make take differently, and what the hosts of each side have in common.
 *
 * @module
 */
import { PART_NAMES } from "../machine_identity.ts";
import { isDecided, type Verdict } from "../result.ts";
import type { HostSoftware } from "./digest.ts";
import type { DigestedHost } from "./duplicates.ts";
import type { Disagreement } from "./fleet_result.ts";

/** Something that hosts of one make may have in different versions. */
interface Aspect {
  readonly name: string;
  /** Null where the host does not have it, undefined where it does not tell. */
  readonly of: (software: HostSoftware) => string | null | undefined;
}

const ASPECTS: readonly Aspect[] = [
  { name: PART_NAMES.kernel, of: ({ kernel }) => kernel },
  { name: PART_NAMES.gpuDriver, of: ({ gpuDriver }) => gpuDriver },
  { name: PART_NAMES.firmware, of: ({ firmware }) => firmware ?? undefined },
  { name: PART_NAMES.os, of: ({ os }) => os },
  { name: "CPU governor", of: ({ cpuGovernor }) => cpuGovernor },
];

/** The disagreements on claims with these ids, in their order. */
export function disagreementsAmong(
  hosts: readonly DigestedHost[],
  ids: readonly string[],
): Disagreement[] {
  const makes = [...Map.groupBy(hosts, ({ digest }) => digest.told.model).values()]
    .map((members) => ({ members, sides: sidesByClaim(members) }));
  return ids.flatMap((id) =>
    makes.flatMap(({ members, sides }): Disagreement[] => {
      const { confirmed, refuted } = sides.get(id) ?? NO_SIDES;
      const [first] = members;
      if (first === undefined || confirmed.length === 0 || refuted.length === 0) return [];
      return [{
        id,
        modelName: first.digest.told.modelName,
        confirmed: confirmed.map(({ name }) => name),
        refuted: refuted.map(({ name }) => name),
        differ: differences({ confirmed, refuted }),
      }];
    })
  );
}

type Decided = Extract<Verdict, "confirmed" | "refuted">;
type Sides = Readonly<Record<Decided, DigestedHost[]>>;

const NO_SIDES: Sides = { confirmed: [], refuted: [] };

function sidesByClaim(hosts: readonly DigestedHost[]): Map<string, Sides> {
  const byClaim = new Map<string, Sides>();
  for (const host of hosts) {
    for (const { id, verdict } of host.digest.claims) {
      if (!isDecided(verdict)) continue;
      const sides = byClaim.get(id) ?? { confirmed: [], refuted: [] };
      sides[verdict].push(host);
      byClaim.set(id, sides);
    }
  }
  return byClaim;
}

function differences(sides: Sides): string[] {
  const tools = new Set(
    [...sides.confirmed, ...sides.refuted].flatMap(({ digest }) =>
      Object.keys(digest.software.tools)
    ),
  );
  return [...ASPECTS, ...[...tools].sort().map(toolAspect)].flatMap((aspect) => {
    const clauses = [
      clauseOf(aspect, "refuted", { ours: sides.refuted, theirs: sides.confirmed }),
      clauseOf(aspect, "confirmed", { ours: sides.confirmed, theirs: sides.refuted }),
    ].filter((clause) => clause !== null);
    return clauses.length === 0 ? [] : [clauses.join(", ")];
  });
}

function toolAspect(name: string): Aspect {
  return { name, of: ({ tools }) => tools[name] };
}

/** What all of `ours` have and none of `theirs`, as a clause; null for nothing. */
function clauseOf(
  { name, of }: Aspect,
  verdict: Decided,
  { ours, theirs }: {
    readonly ours: readonly DigestedHost[];
    readonly theirs: readonly DigestedHost[];
  },
): string | null {
  const [values, others] = [ours, theirs].map((side) =>
    new Set(side.map(({ digest }) => of(digest.software)))
  );
  if (values === undefined || others === undefined || values.size !== 1) return null;
  const [value] = values;
  // What a host does not tell, it may have.
  if (value === undefined || others.has(value) || others.has(undefined)) return null;
  return `${value === null ? `no ${name}` : `${name} ${value}`} where it is ${verdict}`;
}
