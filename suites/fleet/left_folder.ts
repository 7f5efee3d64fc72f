/**
 * What is left on a node of a fleet after a run, as a fault: pure.
 *
 * @module
 */
import type { LeftFolder } from "../../runners/fleet/fleet_folder.ts";
import { CLEAN_STATUS } from "../../runners/fleet/node_job.ts";
import type { FleetFault } from "./fleet_result.ts";

/** A fault, but for the name of its host. */
export type LeftFault = Pick<FleetFault, "kind" | "because" | "cure">;

/** The fault of a folder that could not be removed. */
export function faultOfLeft({ folder, because }: LeftFolder): LeftFault {
  if (because === "files") {
    return {
      kind: "left-files",
      because: `The node is as it was, but ${folder} could not be removed there.`,
      cure: `On the node, see what is mounted or kept below ${folder}, then remove it.`,
    };
  }
  return {
    kind: "not-restored",
    because: `The run could not put the node back; what undoes it is in ${folder} there.`,
    cure: undoing(folder),
  };
}

/** The fault of a folder of which nobody knows what became. */
export function faultOfUnseen(folder: string): LeftFault {
  return {
    kind: "left-files",
    because: `The run was killed, and nobody could clean up after it: ${folder} may be left.`,
    cure: undoing(folder),
  };
}

/**
 * What the exit status of a job tells that cleans up after a run in that folder: null where nothing is
 * left, undefined where the status is none of its own.
 */
export function faultOfCleaning(status: number, folder: string): LeftFault | null | undefined {
  switch (status) {
    case CLEAN_STATUS.cleaned:
      return null;
    case CLEAN_STATUS.notRestored:
      return faultOfLeft({ folder, because: "journal" });
    case CLEAN_STATUS.filesLeft:
      return faultOfLeft({ folder, because: "files" });
    case CLEAN_STATUS.inUse:
      return stillGoesOn(folder);
    case CLEAN_STATUS.foreignFolder:
      return notOfFleet(folder);
    default:
      return undefined;
  }
}

function stillGoesOn(folder: string): LeftFault {
  return {
    kind: "not-restored",
    because: `Its run still goes on there, in ${folder}, although it was told to end.`,
    cure: `On the node, end the processes that work in ${folder}. ${undoing(folder)}`,
  };
}

/** Nobody is told to run anything of such a folder. */
function notOfFleet(folder: string): LeftFault {
  return {
    kind: "left-files",
    because: `The run was killed, and ${folder}, where it is said to have been, is none of this ` +
      "fleet's on the node.",
    cure: `Look at ${folder} on the node, and at who may write into the fleet's folder.`,
  };
}

/** What undoes by hand what a run noted in its folder. */
function undoing(folder: string): string {
  const [deno, main] = [`${folder}/harness/deno`, `${folder}/harness/main.ts`].map(inShell);
  return `On the node, run ${deno} run --allow-all ${main} recover, then remove ${folder}.`;
}

/** A word that a shell takes as it is, whatever a node says its folder is. */
function inShell(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
