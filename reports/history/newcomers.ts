/**
 * Hosts that come in with other hardware than their name had before.
 *
 * @module
 */
import { otherHardwareLine } from "./change_text.ts";
import type { History } from "./history.ts";

/** From now on: a line for each machine that came in since, and whose name another one had before. */
export function newcomersTo(history: History): () => string[] {
  const known = new Set(history.machines().map(({ key }) => key));
  return () =>
    history.machines().flatMap((machine) =>
      known.has(machine.key) ? [] : otherHardwareLine(machine) ?? []
    );
}
