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
  type HostLink,
  VERDICT_LETTERS,
} from "./fleet_result.ts";
import { nameHosts } from "./host_names.ts";
import { observeFleet } from "./observations.ts";
import { findOutliers } from "./outliers.ts";

/** What a merge is told beside the results. */
export interface MergeOptions {
  /** Version of this cellproof, and the thresholds that it has by itself. */
  readonly own: OwnGround;
  readonly now: Date;
  readonly request: FleetRequest | null;
  /** What was measured between the hosts, by the names that they have here. */
  readonly links: readonly HostLink[];
}

/** The fleet that hosts make, in whichever order they came. */
export function mergeFleet(
  arrivals: readonly HostArrival[],
  { own, now, request, links }: MergeOptions,
): FleetResult {
  const { hosts, faults, common } = inspectHosts(nameHosts(arrivals), { own, now });
  const judged = judgedAmong(hosts);
  const observations = observeFleet(judged, links, { request, missing: missingAmong(hosts) });
  const { claims, coverage } = judgeFleet(judged, observations);
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
    disagreements: disagreementsAmong(judged, ids),
    outliers: findOutliers(judged.map(outlierSubject)),
    links,
    coverage,
  };
}

function judgedAmong(hosts: readonly InspectedHost[]): DigestedHost[] {
  return hosts.flatMap(({ state, arrival: { name, outcome } }) =>
    state === "measured" && outcome.kind === "result" ? [{ name, digest: outcome.digest }] : []
  );
}

/** Of a duplicate's machine another result is judged. */
function missingAmong(hosts: readonly InspectedHost[]): string[] {
  return hosts.filter(({ state, isDuplicate }) => state !== "measured" && !isDuplicate)
    .map(({ arrival }) => arrival.name);
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
