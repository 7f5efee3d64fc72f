/**
 * Which of the known machines a run belongs to that could not tell all of its hardware.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { type Hardware, isWhole, mayBeOf } from "../../suites/machine_identity.ts";
import { rowsOf } from "./database.ts";
import { type RunIdentity, storable } from "./parcel.ts";
import { listOf } from "./reading.ts";

/**
 * The run as one of the machine that the history knows it by. A driver that fails makes no other
 * machine: a run that does not know its GPUs, or whose PCI functions could not be listed, is of the
 * latest machine that agrees in all that is known, if there is one.
 */
export function knownAs<T extends RunIdentity>(database: DatabaseSync, run: T): T {
  const { machine } = run;
  if (isWhole(machine.hardware)) return run;
  const known = candidates(database, run).find(({ devices }) => mayBeOf(machine.hardware, devices));
  return known === undefined ? run : { ...run, machine: { ...machine, key: known.key } };
}

/** The machine that has the run already comes first, then those that were measured last before it. */
function candidates(
  database: DatabaseSync,
  { machine: { hardware }, startedAt, dryRun }: RunIdentity,
) {
  const rows = rowsOf<[string, string | null, string | null]>(
    database,
    `SELECT key, pci, gpu_uuids FROM machines JOIN runs ON runs.machine = machines.id
     WHERE hostname = ? AND cpu_model = ? AND environment = ? AND cpu_count = ?
     GROUP BY machines.id ORDER BY
       max(started_at = ? AND ifnull(dry_run, '') = ?) DESC,
       max(CASE WHEN started_at <= ? THEN started_at END) DESC, machines.id DESC`,
    [...namesOf(hardware), hardware.cpuCount, startedAt, dryRun ?? "", startedAt],
  );
  return rows.map(([key, pci, gpus]) => ({
    key,
    devices: { pci: textsOf(pci), gpus: textsOf(gpus) },
  }));
}

function namesOf({ hostname, cpuModel, environment }: Hardware): string[] {
  return [hostname, cpuModel, environment].map(storable);
}

function textsOf(json: string | null): string[] | null {
  return json === null ? null : listOf(json).map(String);
}
