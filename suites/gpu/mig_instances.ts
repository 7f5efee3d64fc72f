/**
 * The MIG instances that a run makes for itself (`--mig`), and removes when it ends.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { GpuInventory } from "../../runners/gpu/gpu_inventory.ts";
import { describeMigPlan, makeMigInstances, planMig } from "../../runners/gpu/mig_plan.ts";
import type { ChangeLog } from "../../runners/settings/change.ts";
import { HostChanges } from "../../runners/settings/host_changes.ts";
import type { Places } from "../places.ts";
import { separateMigDevices } from "./mig_devices.ts";

/** What became of the request for instances. */
export interface MigRequestOutcome {
  readonly made: boolean;
  /** Why none could be made, with the cure, without a full stop; null where they were, or nobody asked. */
  readonly refusal: string | null;
}

const NOTHING_ASKED: MigRequestOutcome = { made: false, refusal: null };
const PROGRAM = "nvidia-smi";

/**
 * Makes two equal instances where the user allows it and no GPU has two; a refusal is told, and leaves
 * the other checks alone.
 */
export function requestMigInstances(
  places: Places,
  inventory: GpuInventory,
): Promise<MigRequestOutcome> {
  return places.once("mig instances", async () => {
    const { journal, mig } = places.options;
    const hasTwo = inventory.log.gpus.some((gpu) => separateMigDevices(inventory, gpu).length >= 2);
    if (mig !== true || journal === undefined || hasTwo) return NOTHING_ASKED;
    try {
      await make(places, journal, candidate(inventory));
      return { made: true, refusal: null };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      places.options.say(error.message);
      return { made: false, refusal: error.message.replace(/\.$/, "") };
    }
  });
}

/** The GPU to divide: in MIG mode and idle, else in MIG mode, else one that has such a mode. */
function candidate({ log }: GpuInventory): string | null {
  const gpus = log.gpus.filter(({ lost, uuid }) => lost === null && uuid !== null);
  const on = gpus.filter(({ mig }) => mig.current === true);
  const idle = on.find(({ processes }) => processes?.length === 0);
  const able = gpus.find(({ mig }) => mig.current !== null);
  return (idle ?? on[0] ?? able ?? gpus[0])?.uuid ?? null;
}

async function make(places: Places, journal: ChangeLog, gpu: string | null): Promise<void> {
  const { host, options: { say } } = places;
  const plan = await planMig(host, { gpu, program: PROGRAM });
  say(describeMigPlan(plan));
  const planned = plan.settings.map((setting) => JSON.stringify(setting));
  const allows = (setting: unknown) => planned.includes(JSON.stringify(setting));
  const changes = new HostChanges({ host, journal, allows });
  const mark = changes.mark;
  const undo = () => changes.undoTo(mark);
  places.atClose(undo);
  try {
    await makeMigInstances(host, changes, { plan, program: PROGRAM });
  } catch (error) {
    // A first instance without a second is no use to anyone; what cannot be undone now is tried at the end.
    await undo().catch(rethrowDefect);
    throw error;
  }
}

function rethrowDefect(error: unknown): void {
  if (!(error instanceof Problem)) throw error;
}
