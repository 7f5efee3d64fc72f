/**
 * What a node's script itself says by its exit status: data.
 *
 * @module
 */
import { NODE_STATUS } from "../../runners/fleet/fleet_folder.ts";
import { MEASURE_AGAIN } from "./cures.ts";
import type { FaultKind } from "./fleet_result.ts";

/** Why there is no whole result. */
export interface SaidByScript {
  readonly kind: FaultKind;
  readonly because: string;
  /** What mends it, as a sentence, where that is not what always mends such a fault. */
  readonly cure?: string;
}

const OTHER_PLACE =
  "Name a folder on the node's own disk that has 400 MB of room and may hold programs with " +
  "CELLPROOF_TMP, in the environment that the fleet is started in.";

/** By exit status; it says nothing of the run where a status is not in here. */
export const SAID_BY_SCRIPT: Readonly<Record<number, SaidByScript>> = {
  [NODE_STATUS.unfitHarness]: {
    kind: "no-result",
    because: "the Deno that travels does not run on the node: it has another kind of CPU, no " +
      "glibc or a too old one, or a policy that forbids it",
    cure: "Read the node's log in the fleet's folder, or start the fleet from a machine like it.",
  },
  [NODE_STATUS.missingProgram]: {
    kind: "no-result",
    because: "the node lacks a program that its job needs, such as tar or sha256sum",
  },
  [NODE_STATUS.linkedFolder]: {
    kind: "no-shared-folder",
    because: "a symbolic link stands in the fleet's folder for the node's own, so nothing was " +
      "written there",
    cure: `See who made the link, remove it, ${MEASURE_AGAIN}.`,
  },
  [NODE_STATUS.noSharedFolder]: {
    kind: "no-shared-folder",
    because:
      "the node does not see the fleet's folder, sees another one under its path, or cannot " +
      "write to it",
  },
  [NODE_STATUS.damagedHarness]: {
    kind: "damaged-harness",
    because: "what the node reads of the harness is not what was packed (another SHA-256)",
  },
  [NODE_STATUS.noRoom]: {
    kind: "no-result",
    because: "the node's temporary folder (CELLPROOF_TMP, or else TMPDIR, or else /tmp) is " +
      "missing, or has no room for the harness",
    cure: OTHER_PLACE,
  },
  [NODE_STATUS.earlierRun]: {
    kind: "no-result",
    because: "an earlier run of the node goes on there, and did not end when it was told to",
    cure: `End it on the node, then ${MEASURE_AGAIN}.`,
  },
  [NODE_STATUS.fullFolder]: {
    kind: "no-result",
    because: "the fleet's folder has no room, or the user's quota there is used up",
    cure: `Make room there, then ${MEASURE_AGAIN}.`,
  },
  [NODE_STATUS.noPrograms]: {
    kind: "no-result",
    because:
      "no program may run from the node's temporary folder (CELLPROOF_TMP, or else TMPDIR, " +
      "or else /tmp), such as where it is mounted with noexec",
    cure: OTHER_PLACE,
  },
};
