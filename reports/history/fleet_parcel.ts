/**
 * A fleet made ready for a history, before anybody has to wait for the file.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { Problem } from "../../problem.ts";
import type { FleetHost, FleetResult } from "../../suites/fleet/fleet_result.ts";
import { MOST_AHEAD_MS, normalTime, storable } from "./parcel.ts";
import type { StoredFleetHost } from "./stored.ts";

/** A fleet and what identifies it. */
export interface FleetParcel {
  readonly fleet: FleetResult;
  /** See `StoredFleet`. */
  readonly id: string;
  /** ISO 8601, UTC, as the next two. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly mergedAt: string;
  readonly hosts: readonly StoredFleetHost[];
  /** SHA-256 of the text. */
  readonly digest: Uint8Array;
  readonly gzip: Uint8Array;
}

const ID_DIGITS = 16;

/**
 * Makes a fleet ready; `text` is what `fleet` was read from.
 *
 * @throws {Problem} where it does not tell when it was, or was merged more than a day after `now`
 */
export function fleetParcelOf(text: string, fleet: FleetResult, now: Date): FleetParcel {
  const { request } = fleet;
  const mergedAt = timeOf(fleet.mergedAt);
  refuseFuture(mergedAt, now);
  const hosts = fleet.hosts.map(hostOf);
  return {
    ...{ fleet, hosts, mergedAt, id: idOf(fleet, hosts) },
    startedAt: request === null ? lastStart(hosts, mergedAt) : timeOf(request.submittedAt),
    endedAt: (request?.endedAt ?? null) === null ? null : timeOf(request?.endedAt ?? ""),
    digest: createHash("sha256").update(text).digest(),
    gzip: gzipSync(text),
  };
}

function hostOf({ name, state, because, told }: FleetHost): StoredFleetHost {
  const startedAt = normalTime(told?.startedAt ?? "");
  return {
    name: storable(name),
    state,
    because: because === null ? null : storable(because),
    run: told === null || startedAt === null
      ? null
      : { hostname: storable(told.hostname), machine: storable(told.machine), startedAt },
  };
}

/** What was merged by hand is known by its runs, so that it is the same one when it is merged again. */
function idOf({ request, common }: FleetResult, hosts: readonly StoredFleetHost[]): string {
  if (request !== null) return storable(request.id);
  const runs = hosts.map(({ name, run }) =>
    JSON.stringify(run === null ? [name] : [run.machine, run.startedAt])
  );
  // A replay has its original's times.
  return createHash("sha256").update(JSON.stringify([common?.kind ?? null, ...runs.sort()]))
    .digest("hex").slice(0, ID_DIGITS);
}

/** Clocks may be wrong: no host began after all was merged. */
function lastStart(hosts: readonly StoredFleetHost[], mergedAt: string): string {
  const starts = hosts.flatMap(({ run }) => run === null ? [] : [run.startedAt]);
  return starts.filter((start) => start <= mergedAt).sort().at(-1) ?? mergedAt;
}

/** A merge to come would make no way for any other for as long as it has not come. */
function refuseFuture(mergedAt: string, now: Date): void {
  if (Date.parse(mergedAt) <= now.getTime() + MOST_AHEAD_MS) return;
  throw cannotAdd(
    `it was merged more than a day after now, which is ${now.toISOString()}`,
    mergedAt,
    "Set the clock of the machine that is wrong; merge again where that was the one that merged.",
  );
}

function timeOf(text: string): string {
  const time = normalTime(text);
  if (time === null) throw cannotAdd("it does not tell when it was", text);
  return time;
}

function cannotAdd(condition: string, seen: string, cure?: string): Problem {
  const action = "add the fleet to the history";
  return new Problem({ action, condition, seen, ...(cure === undefined ? {} : { cure }) });
}
