/**
 * What a merge must find of what was planted in a simulated fleet.
 *
 * @module
 */
import { seriesKey } from "../../claim_series.ts";
import type { FaultKind, FleetResult } from "../fleet_result.ts";
import type { Plant, Planted } from "./simulated_fleet.ts";

/** What a merge must call each plant that is a fault. */
const FAULT_OF_PLANT: Readonly<Partial<Record<Plant, FaultKind>>> = {
  "truncated": "unreadable-result",
  "partial": "partial-result",
  "other-version": "other-version",
  "other-thresholds": "other-thresholds",
  "wrong-clock": "wrong-clock",
  "duplicate": "duplicate-host",
};

/** Findings as texts, sorted: those that must be there, and those that are. */
export interface HeldTo {
  readonly expected: readonly string[];
  readonly found: readonly string[];
}

/** The faults and outliers of a fleet, all of which must have been planted. */
export function faultsHeldTo(planted: readonly Planted[], fleet: FleetResult): HeldTo {
  const expected = planted.flatMap(({ plant, folder, series }) => {
    const kind = FAULT_OF_PLANT[plant];
    const name = nameIn(fleet, folder);
    if (series !== null) return [`outlier ${name} ${seriesKey(series)}`];
    return kind === undefined ? [] : [`${kind} ${name}`];
  });
  const found = [
    ...fleet.faults.map(({ kind, host }) => `${kind} ${host}`),
    ...fleet.outliers.map(({ host, ...series }) => `outlier ${host} ${seriesKey(series)}`),
  ];
  return { expected: expected.sort(), found: found.sort() };
}

/** The claims that probes see otherwise on planted hosts, each with those; there may be more by ratios. */
export function flipsHeldTo(planted: readonly Planted[], fleet: FleetResult): HeldTo {
  const flips = planted.flatMap(({ folder, flipped }) =>
    flipped.map((id) => `${id} ${nameIn(fleet, folder)}`)
  );
  const ids = new Set(planted.flatMap(({ flipped }) => flipped));
  const found = fleet.disagreements.filter(({ id }) => ids.has(id))
    .flatMap(({ id, refuted }) => refuted.map((host) => `${id} ${host}`));
  return { expected: flips.sort(), found: found.sort() };
}

/** The name under which the fleet has the result in that folder. */
function nameIn({ hosts }: FleetResult, folder: string): string {
  const found = hosts.find(({ source }) => source?.split("/").includes(folder));
  return found?.name ?? `nobody (${folder})`;
}
