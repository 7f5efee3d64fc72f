/**
 * Made-up fleets of made-up hosts, for tests: no machine was ever asked.
 *
 * @module
 */
import type {
  FleetFault,
  FleetHost,
  FleetResult,
  HostState,
} from "../../../suites/fleet/fleet_result.ts";
import { History } from "../../history/history.ts";
import type { FleetAddition } from "../../history/stored.ts";
import { sampleFleet } from "../../testing/sample_fleet.ts";
import { startOf } from "./made_history.ts";

/** A host of a made-up fleet. */
export interface MadeHost {
  readonly name: string;
  /** Measured, unless it is said. */
  readonly state?: HostState;
  /** The hostname in the history, where its run of the fleet's night is its result. */
  readonly hostname?: string;
}

/** What a made-up fleet differs in. */
export interface MadeFleet {
  readonly hosts: readonly MadeHost[];
  readonly id?: string;
  /** It was submitted an hour before that night's runs, and ended a day later. */
  readonly night?: number;
  readonly faults?: readonly FleetFault[];
  readonly ended?: boolean;
  readonly mergedAt?: string;
}

const HOUR_MS = 3_600_000;

/** Adds a fleet to the history in a file. */
export function addFleet(path: string, made: MadeFleet): FleetAddition {
  using history = History.open(path, { create: true });
  const fleet = fleetOf(made, history);
  return history.addFleet(JSON.stringify(fleet), fleet, new Date(startOf(1000)));
}

function fleetOf(
  { hosts, id = "fleet-1", night = 0, faults = [], ended = true, mergedAt }: MadeFleet,
  history: History,
): FleetResult {
  const sample = sampleFleet();
  const submittedAt = new Date(Date.parse(startOf(night)) - HOUR_MS).toISOString();
  const endedAt = ended ? startOf(night + 1) : null;
  return {
    ...sample,
    request: {
      ...{ id, scheduler: "slurm", cluster: "made-up", partition: "gpu" },
      ...{ nodesNotAsked: 0, submittedAt, endedAt },
    },
    common: sample.common === null ? null : { ...sample.common, kind: "live" },
    mergedAt: mergedAt ?? startOf(night + 1),
    hosts: hosts.map((host) => hostOf(host, night, history)),
    ...{ faults, disagreements: [], outliers: [], links: [] },
  };
}

function hostOf(
  { name, state = "measured", hostname }: MadeHost,
  night: number,
  history: History,
): FleetHost {
  const because = state === "measured" ? null : `It is ${state}: that was made up.`;
  const machine = history.machines().find((one) => one.hostname === hostname)?.key;
  const [{ told = null } = {}] = sampleFleet().hosts;
  if (hostname === undefined || told === null) {
    return { name, state, because, source: null, told: null };
  }
  const run = { hostname, machine: machine ?? "0123456789abcdef", startedAt: startOf(night) };
  return { name, state, because, source: `nodes/${name}/result`, told: { ...told, ...run } };
}
