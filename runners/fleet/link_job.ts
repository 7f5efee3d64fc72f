/**
 * The job that measures a link between two nodes of a fleet: the arguments of `link.sh`, and what it leaves in
 * the fleet's folder.
 *
 * @module
 */
import { type PerftestPort, writeBandwidthArgv } from "../perftest.ts";
import type { FleetPlace } from "./node_job.ts";

/** Independent runs of each link. */
export const LINK_RUNS = 5;

/** How long a job may take where the partition allows as much: some seconds for each run, and a minute where none comes to its end. */
export const LINK_SECONDS = 600;

/** Below the fleet's folder: a folder for each link. */
export const LINKS_FOLDER = "links";

/** In the folder of a link. */
export const LINK_FILES = {
  /** What was to be measured, written by whoever submits the job. */
  pair: "pair.json",
  /** Why there are no figures; missing where there are runs. */
  failure: "failure.txt",
  /** What a run's client printed, and {@linkcode RunEnd}. */
  client: (run: number) => `run-${run}.client.txt`,
  end: (run: number) => `run-${run}.json`,
  /** After everything else. */
  ended: "ended",
} as const;

/** The exit statuses of a run's two commands. */
export interface RunEnd {
  readonly client: number;
  readonly server: number;
}

/** One end of a link. */
export interface LinkEnd {
  /** Slurm's name of the node. */
  readonly node: string;
  readonly port: PerftestPort;
}

/** A link: `from` writes into the memory of `to`. */
export interface LinkEnds {
  readonly from: LinkEnd;
  readonly to: LinkEnd;
}

/** The folder of a link, below the fleet's; "+" is in no name of a node. */
export function linkFolder({ from, to }: LinkEnds): string {
  return `${LINKS_FOLDER}/${from.node}+${to.node}`;
}

/** The script's arguments. It exits with 0 where it could tell what came of it. */
export function linkArguments({ folder, nonce }: FleetPlace, { from, to }: LinkEnds): string[] {
  return [
    ...[folder, nonce, from.node, to.node, `${LINK_RUNS}`],
    ...["--", ...writeBandwidthArgv(to.port)],
    ...["--", ...writeBandwidthArgv(from.port)],
  ];
}
