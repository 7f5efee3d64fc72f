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

/** What became of the request for instances. */
export interface MigRequestOutcome {
  readonly made: boolean;
  /** Why none could be made, with the cure; null where they were, or nobody asked. */
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
    const hasTwo = inventory.list?.some(({ mig }) => mig.length >= 2) ?? false;
    if (mig !== true || journal === undefined || hasTwo) return NOTHING_ASKED;
    try {
      await make(places, journal);
      return { made: true, refusal: null };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      places.options.say(error.message);
      return { made: false, refusal: error.message };
    }
  });
}

async function make(places: Places, journal: ChangeLog): Promise<void> {
  const { host, options: { say } } = places;
  const plan = await planMig(host, { gpu: null, program: PROGRAM });
  say(describeMigPlan(plan));
  const planned = plan.settings.map((setting) => JSON.stringify(setting));
  const allows = (setting: unknown) => planned.includes(JSON.stringify(setting));
  const changes = new HostChanges({ host, journal, allows });
  const mark = changes.mark;
  places.atClose(() => changes.undoTo(mark));
  await makeMigInstances(host, changes, { plan, program: PROGRAM });
}
