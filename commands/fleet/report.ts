/**
 * Reports a merged fleet.
 *
 * @module
 */
import { writeFleet } from "../../reports/fleet/fleet_json.ts";
import { fleetSummary } from "../../reports/fleet/terminal.ts";
import { writeFleetReports } from "../../reports/fleet/write.ts";
import { fleetExitStatus } from "../../suites/fleet/exit.ts";
import type { FleetResult } from "../../suites/fleet/fleet_result.ts";

/** Writes every report of a fleet, prints its summary, and returns the exit status. */
export async function reportFleet(
  folder: string,
  fleet: FleetResult,
  { json }: { readonly json: boolean },
): Promise<number> {
  writeFleet(folder, fleet);
  const [page = null] = await writeFleetReports(folder, fleet);
  console.log((json ? JSON.stringify(fleet) : fleetSummary(fleet, page)).trimEnd());
  return fleetExitStatus(fleet);
}
