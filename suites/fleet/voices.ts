/**
 * Which result speaks for its machine, claim by claim: pure. A later run may have been asked for few
 * claims, or could do less, and takes nothing back of what it did not try.
 *
 * @module
 */
import { isDecided } from "../result.ts";
import type { ClaimDigest } from "./digest.ts";
import type { Machine } from "./duplicates.ts";

/** The claims on which each result speaks for its machine, by its name: on each claim one result does. */
export function voicesAmong(machines: readonly Machine[]): Map<string, readonly ClaimDigest[]> {
  const together = Map.groupBy(machines, (machine) => machine.namesake ?? machine);
  return new Map([...together.values()].flatMap(voicesOfOne));
}

/** What one result says of a claim. */
interface Saying {
  readonly host: string;
  readonly claim: ClaimDigest;
}

/** The voices of what may be one machine for all one knows. */
function voicesOfOne(machines: readonly Machine[]): [string, readonly ClaimDigest[]][] {
  const results = machines.flatMap(({ results }) => results);
  const [only, ...others] = results;
  if (only === undefined) return [];
  if (others.length === 0) return [[only.name, only.digest.claims]];
  const sayings = machines.flatMap((machine) => byClaim(sayingsOf(machine)).flatMap(speaking));
  const chosen = byClaim(sayings).flatMap(speakingOfNamesakes);
  return [...Map.groupBy(chosen, ({ host }) => host)].map(([host, says]) => [
    host,
    says.map(({ claim }) => claim),
  ]);
}

function sayingsOf({ results }: Machine): Saying[] {
  return results.flatMap(({ name, digest }) =>
    digest.claims.map((claim) => ({ host: name, claim }))
  );
}

function byClaim(sayings: readonly Saying[]): Saying[][] {
  return [...Map.groupBy(sayings, ({ claim }) => claim.id).values()];
}

/**
 * Of what one machine's results say of a claim, that of the first which tried it: who chose among figures
 * by what came of them would be wrong more often than each of them. What was observed is certain, and
 * stays until a result decides again.
 */
function speaking(says: readonly Saying[]): Saying[] {
  const decided = says.find(({ claim }) => isDecided(claim.verdict));
  if (decided?.claim.byChance === false) return [decided];
  const tried = says.find(({ claim }) => wasTried(claim));
  return tried === undefined ? says.slice(0, 1) : [tried];
}

/** Two machines may be one, and have one voice; they may be two, and then a refutation must be heard. */
function speakingOfNamesakes(says: readonly Saying[]): Saying[] {
  const refuting = says.find(({ claim }) => claim.verdict === "refuted");
  return refuting === undefined ? speaking(says) : [refuting];
}

function wasTried({ verdict }: ClaimDigest): boolean {
  return isDecided(verdict) || verdict === "inconclusive" || verdict === "error";
}
