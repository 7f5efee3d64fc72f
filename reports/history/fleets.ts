/**
 * Fleets in a history's tables.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { Problem } from "../../problem.ts";
import { HOST_STATES, type HostState } from "../../suites/fleet/fleet_result.ts";
import type { FleetParcel } from "./fleet_parcel.ts";
import { storable } from "./parcel.ts";
import { type Row, rowsOf } from "./rows.ts";
import type { FleetAddition, StoredFleet, StoredFleetHost } from "./stored.ts";

/**
 * Puts a fleet into the tables, inside a transaction of its caller's, unless it or a later merge of it is
 * there: one that has come to its end beats one that has not, and then the later merge the earlier.
 */
export function recordFleet(
  database: DatabaseSync,
  parcel: FleetParcel,
): Pick<FleetAddition, "isNew" | "replaced"> {
  const there = findFleet(database, parcel.id);
  if (there !== null && !isLater(parcel, there)) return { isNew: false, replaced: false };
  const fleet = writeFleet(database, parcel, there?.rowId ?? null);
  writeHosts(database, fleet, parcel.hosts);
  return { isNew: true, replaced: there !== null };
}

/** In time order. */
export function readFleets(database: DatabaseSync): StoredFleet[] {
  const states = Map.groupBy(
    rowsOf(database, {
      sql: "SELECT fleet, state, count(*) FROM fleet_hosts GROUP BY fleet, state",
      columns: ["integer", "text", "integer"],
    }),
    ([fleet]) => fleet,
  );
  return rowsOf(database, {
    sql:
      `SELECT id, name, scheduler, cluster, partition, started_at, ended_at, merged_at, version, kind,
       lower(hex(digest))
     FROM fleets ORDER BY started_at, name`,
    columns: FLEET_COLUMNS,
  }).map((row) => storedFleet(row, states.get(row[0]) ?? []));
}

/** The hosts of a fleet, in its order; empty for no such fleet. */
export function readFleetHosts(database: DatabaseSync, id: string): StoredFleetHost[] {
  const rows = rowsOf(database, {
    sql: `SELECT fleet_hosts.name, state, because, hostname, machine, fleet_hosts.started_at
     FROM fleets JOIN fleet_hosts ON fleet = fleets.id WHERE fleets.name = ? ORDER BY place`,
    columns: ["text", "text", "text?", "text?", "text?", "time?"],
    parameters: [storable(id)],
  });
  return rows.map(([name, state, because, hostname, machine, startedAt]) => ({
    ...{ name, state: stateNamed(state), because },
    run: hostname === null || machine === null || startedAt === null
      ? null
      : { hostname, machine, startedAt },
  }));
}

/** The gzip of a fleet's text; null for no such fleet. */
export function readFleetGzip(database: DatabaseSync, id: string): Uint8Array | null {
  const rows = rowsOf(database, {
    sql: "SELECT gzip FROM fleets WHERE name = ?",
    columns: ["blob"],
    parameters: [storable(id)],
  });
  return rows[0]?.[0] ?? null;
}

const FLEET_COLUMNS = [
  ...["integer", "text", "text?", "text?", "text?", "time", "time?", "time"] as const,
  ...["text", "text?", "text"] as const,
] as const;

function storedFleet(
  [, id, scheduler, cluster, partition, startedAt, endedAt, mergedAt, ...rest]: Row<
    typeof FLEET_COLUMNS
  >,
  states: readonly (readonly [number, string, number])[],
): StoredFleet {
  const [version, kind, digest] = rest;
  return {
    id,
    request: scheduler === null || partition === null ? null : { scheduler, cluster, partition },
    ...{ startedAt, endedAt, mergedAt, version, digest },
    kind: kind === null ? null : kindNamed(kind),
    states: Object.fromEntries(states.map(([, state, count]) => [stateNamed(state), count])),
  };
}

const KINDS = ["live", "dry-run", "synthetic"] as const;

function kindNamed(name: string): typeof KINDS[number] {
  return KINDS.find((kind) => kind === name) ?? unknown("a kind of fleet", name);
}

function stateNamed(name: string): HostState {
  return HOST_STATES.find((state) => state === name) ?? unknown("a state of a host", name);
}

function unknown(what: string, seen: string): never {
  throw new Problem({
    action: "read the history",
    condition: `it holds ${what} that this cellproof does not know`,
    seen,
    cure: "Use the cellproof that wrote it, or a newer one.",
  });
}

/** A fleet as it is in the tables. */
interface Found {
  readonly rowId: number;
  readonly ended: boolean;
  readonly mergedAt: string;
  readonly digest: string;
}

function findFleet(database: DatabaseSync, id: string): Found | null {
  const [row] = rowsOf(database, {
    sql:
      "SELECT id, ended_at IS NOT NULL, merged_at, lower(hex(digest)) FROM fleets WHERE name = ?",
    columns: ["integer", "integer", "time", "text"],
    parameters: [id],
  });
  if (row === undefined) return null;
  const [rowId, ended, mergedAt, digest] = row;
  return { rowId, ended: ended === 1, mergedAt, digest };
}

function isLater({ digest, endedAt, mergedAt }: FleetParcel, there: Found): boolean {
  if (digest.toHex() === there.digest) return false;
  if ((endedAt !== null) !== there.ended) return endedAt !== null;
  return mergedAt > there.mergedAt;
}

/** Writes all of a fleet but its hosts: a new one where `id` is null, else in the place of what is there. */
function writeFleet(database: DatabaseSync, parcel: FleetParcel, id: number | null): number {
  const { fleet: { request, common, version }, digest, gzip } = parcel;
  if (id !== null) database.prepare("DELETE FROM fleet_hosts WHERE fleet = ?").run(id);
  const { scheduler = null, cluster = null, partition = null } = request ?? {};
  const { lastInsertRowid } = database.prepare(
    `INSERT OR REPLACE INTO fleets (
       id, name, scheduler, cluster, partition, started_at, ended_at, merged_at, version, kind,
       digest, gzip
     ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    ...[id, parcel.id],
    ...[scheduler, cluster, partition].map((text) => text === null ? null : storable(text)),
    ...[parcel.startedAt, parcel.endedAt, parcel.mergedAt, storable(version)],
    ...[common?.kind ?? null, digest, gzip],
  );
  return Number(lastInsertRowid);
}

function writeHosts(
  database: DatabaseSync,
  fleet: number,
  hosts: readonly StoredFleetHost[],
): void {
  const write = database.prepare(
    `INSERT INTO fleet_hosts (fleet, place, name, state, because, hostname, machine, started_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const [place, { name, state, because, run }] of hosts.entries()) {
    const { hostname = null, machine = null, startedAt = null } = run ?? {};
    write.run(fleet, place, name, state, because, hostname, machine, startedAt);
  }
}
