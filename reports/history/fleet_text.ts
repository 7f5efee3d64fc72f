/**
 * The fleets of a history in plain text, for the terminal.
 *
 * @module
 */
import { HOST_STATES } from "../../suites/fleet/fleet_result.ts";
import { displayText } from "../display.ts";
import { STATE_FACES } from "../fleet/fleet_words.ts";
import { counted, minuteInUtc } from "../units.ts";
import type { StoredFleet } from "./stored.ts";

/** Names are cut to this many characters. */
const LONGEST_NAME = 80;

/** A line for each fleet, the newest last, each ended by a line break; empty for none. */
export function fleetList(fleets: readonly StoredFleet[]): string {
  return fleets.map((fleet) => `${fleetLine(fleet)}\n`).join("");
}

function fleetLine(fleet: StoredFleet): string {
  const { id, startedAt, request, endedAt, kind } = fleet;
  const name = displayText(id, LONGEST_NAME);
  const where = request === null
    ? "merged by hand"
    : [request.partition, ...(request.cluster === null ? [] : [request.cluster])]
      .map((text) => displayText(text, LONGEST_NAME)).join(" of ");
  const remarks = [
    ...(request !== null && endedAt === null ? ["not at its end"] : []),
    ...(kind === null ? ["nothing is judged"] : []),
    ...(kind === null || kind === "live" ? [] : [kind]),
  ];
  return [`fleet ${name}`, minuteInUtc(startedAt), where, statesInWords(fleet), ...remarks]
    .join("  ");
}

/** How many hosts there were, and what became of them: `"3 hosts: 2 measured, 1 no result"`. */
export function statesInWords({ states }: Pick<StoredFleet, "states">): string {
  const present = HOST_STATES.flatMap((state) => {
    const count = states[state] ?? 0;
    return count === 0 ? [] : [{ count, words: `${count} ${STATE_FACES[state].en}` }];
  });
  const all = present.reduce((sum, { count }) => sum + count, 0);
  return [counted(all, "host"), present.map(({ words }) => words).join(", ")]
    .filter((text) => text !== "").join(": ");
}
