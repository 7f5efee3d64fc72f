/**
 * The exit status of a fleet.
 *
 * @module
 */
import { EXIT, exitStatus } from "../exit_status.ts";
import { type Verdict, VERDICTS } from "../result.ts";
import type { FleetClaim, FleetResult } from "./fleet_result.ts";
import { whyUnmeasured } from "./link_rates.ts";

/** What of a fleet's result its exit status rests on. */
export type FleetEnd = Pick<FleetResult, "claims" | "hosts" | "faults" | "links" | "request">;

/** Verdicts of a host that leave a claim open there for nothing that the host lacks. */
const LEFT_OPEN = ["inconclusive", "error"] as const satisfies readonly Verdict[];

/**
 * That of a run over the fleet's claims: 3 when a host could not be put back, 2 when nothing was judged,
 * 100 when a claim is refuted, 101 when some are open. Where every claim is settled it is 0 only if the
 * fleet came to its end, every host gave a whole result that is judged, and nothing is wrong with any;
 * if every judged host judged each claim, and left it open for nothing but what it lacks; and if every
 * link that was tried is measured: else 101.
 */
export function fleetExitStatus({ claims, hosts, faults, links, request }: FleetEnd): number {
  const hostRestored = !faults.some(({ kind }) => kind === "not-restored");
  const status = exitStatus(claims, { hostRestored });
  const isWhole = faults.length === 0 && hosts.every(({ state }) => state === "measured") &&
    links.every((link) => whyUnmeasured(link) === null);
  const hasEnded = request === null || request.endedAt !== null;
  const isSettled = hasEnded && isWhole && claims.every((claim) => isJudged(claim, hosts.length));
  return status === EXIT.ok && !isSettled ? EXIT.undecided : status;
}

/** Whether each of so many hosts decided the claim, or lacks what would decide it. */
function isJudged({ counts }: FleetClaim, hosts: number): boolean {
  const all = VERDICTS.reduce((sum, verdict) => sum + counts[verdict], 0);
  return all === hosts && LEFT_OPEN.every((verdict) => counts[verdict] === 0);
}
