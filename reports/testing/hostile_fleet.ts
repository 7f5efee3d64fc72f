/**
 * A fleet in which every text that a tool, a host or a scheduler could have written is an attack.
 *
 * @module
 */
import { FAULTS, type FleetResult, HOST_STATES } from "../../suites/fleet/fleet_result.ts";
import { VERDICTS } from "../../suites/result.ts";
import { ATTACKS } from "./hostile_result.ts";
import { sampleFleet } from "./sample_fleet.ts";

const ENUMERATED = new Set<string>([
  ...[...VERDICTS, ...HOST_STATES, ...FAULTS],
  ...["slurm", "live", "dry-run", "synthetic", "positive", "negative"],
]);

/** Fields whose texts are not free. */
const BOUND = new Set(["id", "verdicts", "lacks"]);

/** The sample fleet with every free text replaced; `attack` gives the text for the n-th one. */
export function hostileFleet(
  attack: (index: number) => string = (index) => ATTACKS[index % ATTACKS.length] ?? "",
): FleetResult {
  let index = 0;
  const known = new Map<string, string>();
  // Equal texts stay equal, so that faults still belong to their hosts.
  const attackFor = (text: string): string => {
    const made = known.get(text) ?? attack(index++);
    known.set(text, made);
    return made;
  };
  const fleet = JSON.parse(JSON.stringify(sampleFleet()), (key, value: unknown) => {
    if (key === "gpus" && value !== null) return { [attack(index++)]: 8 };
    if (typeof value !== "string" || BOUND.has(key) || ENUMERATED.has(value)) return value;
    return attackFor(value);
  }) as FleetResult;
  return { ...fleet, coverage: sampleFleet().coverage };
}
