/**
 * Which of the known machines a run belongs to that could not tell all of its hardware.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { isWhole, mayBeSame, type Readings } from "../../suites/machine_identity.ts";
import { type RunIdentity, storable } from "./parcel.ts";
import { textsOf } from "./reading.ts";
import { rowsOf } from "./rows.ts";

/**
 * The run as one of the machine that the history knows it by. A reading that fails makes no other
 * machine: a run that does not know its GPUs or its PCI functions, or of a host one of whose processors is
 * offline, is of the latest machine that agrees in all that is known, if there is one.
 */
export function knownAs<T extends RunIdentity>(database: DatabaseSync, run: T): T {
  const { machine } = run;
  const environment = storable(machine.hardware.environment);
  const told = { ...machine.hardware, environment };
  const known = candidates(database, run).find(({ readings }) => mayBeSame(told, readings));
  return known === undefined ? run : { ...run, machine: { ...machine, key: known.key } };
}

/**
 * The machine that has the run already comes first, then the one that is told in full, then those that
 * were measured last before it.
 */
function candidates(
  database: DatabaseSync,
  { machine: { key, hardware }, startedAt, dryRun }: RunIdentity,
): { readonly key: string; readonly readings: Readings }[] {
  const { hostname, cpuModel } = hardware;
  const rows = rowsOf(database, {
    sql: `SELECT key, environment, pci, gpu_uuids
     FROM machines JOIN runs ON runs.machine = machines.id
     WHERE hostname = ? AND cpu_model = ?
     GROUP BY machines.id ORDER BY
       max(started_at = ? AND ifnull(dry_run, '') = ?) DESC, key = ? DESC,
       max(CASE WHEN started_at <= ? THEN started_at END) DESC, machines.id DESC`,
    columns: ["text", "text", "text?", "text?"],
    parameters: [
      ...[storable(hostname), storable(cpuModel), startedAt, dryRun ?? ""],
      ...[isWhole(hardware) ? key : "", startedAt],
    ],
  });
  return rows.map(([key, environment, pci, gpus]) => ({
    key,
    readings: { environment, pci: textsOf(pci), gpus: textsOf(gpus) },
  }));
}
