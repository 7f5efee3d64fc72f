/**
 * The end of a fleet: reported, kept, and its folder tidied.
 *
 * @module
 */
import { FLEET_FILE } from "../../reports/fleet/fleet_json.ts";
import { hostNames } from "../../reports/fleet/name_ranges.ts";
import { History } from "../../reports/history/history.ts";
import { shellCommand } from "../../reports/shell_command.ts";
import { counted } from "../../reports/units.ts";
import type { FleetHost, FleetResult } from "../../suites/fleet/fleet_result.ts";
import { addFleet } from "./addition.ts";
import type { FleetCommand } from "./order.ts";
import { reportFleet } from "./report.ts";
import type { FleetStore } from "./store.ts";

/** States of hosts that gave a whole result, whether it is judged or not. */
const WHOLE: readonly FleetHost["state"][] = ["measured", "left-out"];

/**
 * Writes and prints the reports, adds to the history, and returns the exit status. A coordinator that is
 * killed in here can be started again, and does all of it again.
 */
export async function endFleet(
  fleet: FleetResult,
  store: FleetStore,
  { command, say }: {
    readonly command: Pick<FleetCommand, "history" | "json">;
    readonly say: (text: string) => void;
  },
): Promise<number> {
  const status = await reportFleet(store.path, fleet, command);
  const rest = restInWords(fleet);
  if (rest !== null) say(rest);
  try {
    if (command.history !== null) await keepInHistory(command.history, store.path, say);
  } finally {
    store.tidy();
  }
  return status;
}

/** How the nodes are measured that a cancelled fleet left; null where none was cancelled. */
export function restInWords({ hosts }: Pick<FleetResult, "hosts">): string | null {
  if (!hosts.some(({ state }) => state === "cancelled")) return null;
  const rest = hosts.filter(({ state }) => !WHOLE.includes(state)).map(({ name }) => name);
  const names = hostNames(rest, Infinity).text.replaceAll(", ", ",");
  return `${
    counted(rest.length, "node")
  } gave no whole result: to measure the rest, start another ` +
    `fleet with ${shellCommand(["--nodes", names])} and another --out.`;
}

/** Keeps the fleet and all results of its hosts. */
async function keepInHistory(
  path: string,
  folder: string,
  say: (text: string) => void,
): Promise<void> {
  using history = History.open(path, { create: true });
  const { results } = await addFleet(history, `${folder}/${FLEET_FILE}`, { dryRuns: false });
  for (const [source, problem] of results.problems) say(`${source}: ${problem.message}`);
  const [verb, known] = [results.added === 1 ? "is" : "are", results.known];
  const before = known === 0 ? "" : ` (${known} ${known === 1 ? "was" : "were"} there before)`;
  say(`${counted(results.added, "result")} ${verb} kept in ${path}${before}.`);
}
