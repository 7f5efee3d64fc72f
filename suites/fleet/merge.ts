/**
 * Merges the results of many hosts: says which are judged, what they say together, and who differs. Pure.
 *
 * @module
 */
import type { HostArrival } from "./arrival.ts";
import { judgeFleet } from "./claims.ts";
import type { OwnGround } from "./common_ground.ts";
import type { HostDigest } from "./digest.ts";
import { disagreementsAmong } from "./disagreements.ts";
import type { DigestedHost } from "./duplicates.ts";
import { type InspectedHost, inspectHosts } from "./faults.ts";
import {
  FLEET_SCHEMA_VERSION,
  type FleetHost,
  type FleetRequest,
  type FleetResult,
  VERDICT_LETTERS,
} from "./fleet_result.ts";
import { nameHosts } from "./host_names.ts";
import { observeFleet } from "./observations.ts";
import { findOutliers } from "./outliers.ts";
import { nameLinks, type TiedLink } from "./tied_links.ts";

/** What a merge is told beside the results. */
export interface MergeOptions {
  /** Version of this cellproof, and the thresholds that it has by itself. */
  readonly own: OwnGround;
  readonly now: Date;
  readonly request: FleetRequest | null;
  /** What was measured between the hosts. */
  readonly links: readonly TiedLink[];
}

/** The fleet that hosts make, in whichever order they came. */
export function mergeFleet(
  arrivals: readonly HostArrival[],
  { own, now, request, links: tied }: MergeOptions,
): FleetResult {
  const named = nameHosts(arrivals);
  const links = nameLinks(tied, named);
  const { hosts, faults, common } = inspectHosts(named, { own, now });
  const judged = judgedAmong(hosts);
  const speaking = speakingAmong(hosts);
  const missing = missingAmong(hosts);
  const observations = observeFleet(judged, links, {
    request,
    others: digestsOf(missing.filter(({ isStale }) => !isStale))
      .filter(({ digest }) => digest.ground.kind === common?.kind),
    missing: missing.map(({ arrival }) => arrival.name),
  });
  const { claims, coverage } = judgeFleet(speaking, observations, judged.length);
  const ids = claims.map(({ id }) => id);
  return {
    schema: FLEET_SCHEMA_VERSION,
    version: own.version,
    mergedAt: now.toISOString(),
    request,
    common,
    hosts: hosts.map((host) => toldOf(host, ids)),
    faults,
    observations,
    claims,
    disagreements: disagreementsAmong(speaking, ids),
    ...findOutliers(judged.map(outlierSubject)),
    links,
    coverage,
  };
}

function judgedAmong(hosts: readonly InspectedHost[]): DigestedHost[] {
  return digestsOf(hosts.filter(({ state }) => state === "measured"));
}

/** The results that speak of claims for their machine, each with these claims alone. */
function speakingAmong(hosts: readonly InspectedHost[]): DigestedHost[] {
  return hosts.flatMap(({ voice: claims, arrival: { name, outcome } }) =>
    outcome.kind !== "result" || claims.length === 0
      ? []
      : [{ name, digest: { ...outcome.digest, claims } }]
  );
}

function digestsOf(hosts: readonly InspectedHost[]): DigestedHost[] {
  return hosts.flatMap(({ arrival: { name, outcome } }) =>
    outcome.kind === "result" ? [{ name, digest: outcome.digest }] : []
  );
}

/** Of a duplicate's machine another result is judged. */
function missingAmong(hosts: readonly InspectedHost[]): InspectedHost[] {
  return hosts.filter(({ state, isDuplicate }) => state !== "measured" && !isDuplicate);
}

function outlierSubject({ name, digest: { told, ratios } }: DigestedHost) {
  const { model, modelName } = told;
  return { host: name, model, modelName, ratios };
}

function toldOf({ arrival, state, because }: InspectedHost, ids: readonly string[]): FleetHost {
  const { name, source, outcome } = arrival;
  const told = outcome.kind === "result"
    ? { ...outcome.digest.told, verdicts: lettersOf(outcome.digest, ids) }
    : null;
  return { name, state, because, source, told };
}

function lettersOf({ claims }: HostDigest, ids: readonly string[]): string {
  const verdicts = new Map(claims.map(({ id, verdict }) => [id, verdict]));
  return ids.map((id) => {
    const verdict = verdicts.get(id);
    return verdict === undefined ? "-" : VERDICT_LETTERS[verdict];
  }).join("");
}
