/**
 * What mends the faults of hosts that gave no whole result: data, as sentences.
 *
 * @module
 */
import type { FaultKind } from "./fleet_result.ts";

/** How a node of a fleet gets a result after all. */
export const MEASURE_AGAIN = "measure it again (--nodes NAME --out NEW), and merge both folders";

/** What mends a fault of a node, whoever finds it; absent where that depends on more than its kind. */
export const CURES: Partial<Record<FaultKind, string>> = {
  "dead-node": `Look at the node, put it back into service, ${MEASURE_AGAIN}.`,
  "unavailable-node": `Put the node back into service, ${MEASURE_AGAIN}.`,
  "time-limit": "Give it more time (the partition's limit), or a shorter --budget: then " +
    `${MEASURE_AGAIN}.`,
  "no-shared-folder":
    "Mount the folder on the node, so that it may be written to, or name one that " +
    "every node sees with --out.",
  "damaged-harness": `Look at the node's mount of the folder, ${MEASURE_AGAIN}.`,
  "not-restored": "The node's log in the fleet's folder says what could not be put back.",
  "partial-result": `To have a whole one of the node, ${MEASURE_AGAIN}.`,
  cancelled: `To have its result, ${MEASURE_AGAIN}.`,
  waited:
    `Give it more time in the queue (--wait), or wait until that is shorter: then ${MEASURE_AGAIN}.`,
};

/** What mends that a node's run left no result. */
export function cureOfNoResult(node: string): string {
  return `See nodes/${node}/log.txt in the fleet's folder, then ${MEASURE_AGAIN}.`;
}

/** What mends that a node's job told nothing at all. */
export const CURE_OF_NO_JOB =
  "Look at its job (Slurm: squeue; Kubernetes: kubectl describe job). If that is over, " +
  `${MEASURE_AGAIN}.`;
