/**
 * Several fleets of one cluster, as if they were one: pure.
 *
 * @module
 */
import { isoTime } from "./clocks.ts";
import type { FleetRequest } from "./fleet_result.ts";

/** A fleet, and the nodes that it asked or could not ask. */
export interface AskedFleet {
  readonly request: FleetRequest;
  readonly nodes: readonly string[];
}

/** The request that fleets make together; null where nothing shows that they are of one cluster. */
export function requestOfAll(fleets: readonly AskedFleet[]): FleetRequest | null {
  const requests = fleets.map(({ request }) => request).sort(earlierFirst);
  const [first, newest] = [requests[0], requests.at(-1)];
  if (first === undefined || newest === undefined || !areOfOneCluster(requests)) return null;
  const ends = requests.flatMap(({ endedAt }) => endedAt ?? []).sort(earlierTime);
  return {
    ...newest,
    partition: [...new Set(requests.map(({ partition }) => partition))].join(", "),
    nodesNotAsked: notAskedBy(fleets),
    submittedAt: first.submittedAt,
    endedAt: ends.length < requests.length ? null : ends.at(-1) ?? null,
  };
}

/** Two clusters without a name may be any. */
function areOfOneCluster(requests: readonly FleetRequest[]): boolean {
  const keys = requests.map(({ scheduler, cluster }) => JSON.stringify([scheduler, cluster]));
  return requests.length === 1 ||
    new Set(keys).size === 1 && requests.every(({ cluster }) => cluster !== null);
}

/** What the cluster has beside all that were asked: each fleet may tell how large it was then. */
function notAskedBy(fleets: readonly AskedFleet[]): number | null {
  const sizes = fleets.flatMap(({ request: { nodesNotAsked }, nodes }) =>
    nodesNotAsked === null ? [] : [new Set(nodes).size + nodesNotAsked]
  );
  const asked = new Set(fleets.flatMap(({ nodes }) => nodes));
  return sizes.length === 0 ? null : Math.max(0, Math.max(...sizes) - asked.size);
}

/** What fleets made together was submitted with the first of them, and ended with the last. */
function earlierFirst(one: FleetRequest, other: FleetRequest): number {
  return earlierTime(one.submittedAt, other.submittedAt) ||
    Number(one.endedAt === null) - Number(other.endedAt === null) ||
    earlierTime(one.endedAt ?? "", other.endedAt ?? "");
}

/** A text that is no time stands before all. */
function earlierTime(one: string, other: string): number {
  return (isoTime(one) ?? 0) - (isoTime(other) ?? 0);
}
