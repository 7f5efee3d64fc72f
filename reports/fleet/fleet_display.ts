/**
 * A fleet made fit to be shown: hosts, tools and the scheduler may have put anything into it.
 *
 * @module
 */
import type { FleetResult, HostTold } from "../../suites/fleet/fleet_result.ts";
import { displayText, mapTexts } from "../display.ts";

/** How much of a fleet a page shows. */
export interface FleetLimits {
  /** Longest text, in UTF-16 units. */
  readonly longestText: number;
  /** Most entries of a list: disagreements, outliers, links, faults of one kind. */
  readonly mostRows: number;
  /** Most hosts that have a row of their own. */
  readonly mostHosts: number;
}

/** Enough for every fleet of 2,000 hosts that is no attack. */
export const FLEET_LIMITS: FleetLimits = { longestText: 600, mostRows: 100, mostHosts: 2_500 };

/** Most names of GPUs that one host may have. */
const MOST_GPU_NAMES = 8;

/** The fleet with every text made safe to show, and cut to `longest`. */
export function fleetForDisplay(fleet: FleetResult, longest: number): FleetResult {
  const shown = mapTexts(fleet, (text) => displayText(text, longest)) as FleetResult;
  const hosts = shown.hosts.map((host, index) => {
    const letters = fleet.hosts[index]?.told?.verdicts ?? "";
    return host.told === null
      ? host
      : { ...host, told: shownTold(host.told, { letters, longest }) };
  });
  return { ...shown, hosts };
}

/** `letters` are no text: each stands for a claim. */
function shownTold(
  told: HostTold,
  { letters, longest }: { readonly letters: string; readonly longest: number },
): HostTold {
  if (told.gpus === null) return { ...told, verdicts: letters };
  const gpus = Object.entries(told.gpus).slice(0, MOST_GPU_NAMES)
    .map(([name, count]) => [displayText(name, longest), count]);
  return { ...told, gpus: Object.fromEntries(gpus), verdicts: letters };
}
