/**
 * The exit status of a fleet.
 *
 * @module
 */
import { EXIT, exitStatus } from "../exit_status.ts";
import type { FleetResult } from "./fleet_result.ts";

/**
 * That of a run over the fleet's claims: 3 when a host could not be put back, 2 when nothing was judged,
 * 100 when a claim is refuted, 101 when some are open. Where every claim is settled it is 0 only if every
 * host gave a whole result that is judged, and nothing is wrong with any: else 101.
 */
export function fleetExitStatus(
  { claims, hosts, faults }: Pick<FleetResult, "claims" | "hosts" | "faults">,
): number {
  const hostRestored = !faults.some(({ kind }) => kind === "not-restored");
  const status = exitStatus(claims, { hostRestored });
  const isWhole = faults.length === 0 && hosts.every(({ state }) => state === "measured");
  return status === EXIT.ok && !isWhole ? EXIT.undecided : status;
}
