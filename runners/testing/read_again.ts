/**
 * A journal as another process reads it.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { type ChangeLog, memoryLog, parseChange } from "../settings/change.ts";

/** What another process reads of a journal. */
export function readAgain(journal: ChangeLog): ChangeLog {
  const log = memoryLog();
  const read: unknown[] = JSON.parse(JSON.stringify(journal.changes));
  log.setChanges(read.map(parseChange).filter((change) => change !== null));
  assertEquals(log.changes, journal.changes);
  return log;
}
