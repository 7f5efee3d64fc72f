/**
 * The plan of two equal MIG instances: on which GPU and where they are made for a run, or why it is
 * refused. Planning reads only; what cannot be read counts against it. Only free slices are used: the
 * instances that are there, MIG mode and every other setting of the GPU stay as they are.
 *
 * @module
 */
import { Problem, UsageProblem } from "../../problem.ts";
import type { Host } from "../host.ts";
import type { HostSetting } from "../settings/setting.ts";
import type { Changes } from "../vfio/bind.ts";
import type { MigInstance, MigPlacement, MigProfile } from "./mig_listings.ts";
import { type MigFacts, type MigSlices, readMigFacts } from "./mig_facts.ts";
import { chooseGpu, gpuInWords, type MigObjection, migObjections } from "./mig_objections.ts";

/** What the user asks for. */
export interface MigRequest {
  /** A GPU's index, UUID or PCI address; null for the only one whose MIG mode is on. */
  readonly gpu: string | null;
}

/** How the driver is asked. */
export interface MigPlanOptions extends MigRequest {
  /** The nvidia-smi to ask: a name or a path. */
  readonly program: string;
}

export type MigSetting = Extract<HostSetting, { readonly kind: "mig-instance" }>;

export interface MigPlan {
  /** nvidia-smi's. */
  readonly gpuIndex: number;
  readonly uuid: string;
  readonly gpuName: string | null;
  /** Of both instances. */
  readonly profile: MigProfile;
  readonly placements: readonly [MigPlacement, MigPlacement];
  /** Each is made by the value "present". */
  readonly settings: readonly [MigSetting, MigSetting];
  /** What is there already, and stays. */
  readonly existing: readonly MigInstance[];
}

const ACTION = "make MIG instances";
/** Without what marks one that has more than its share of the media or graphics engines. */
const PLAIN_PROFILE = /^(\d+)g\.(\d+)gb$/;

/**
 * Plans to make two equal instances, of the largest profile of which two fit.
 *
 * @throws {UsageProblem} with every reason against it
 * @throws {Problem} where the driver does not answer
 */
export async function planMig(host: Host, options: MigPlanOptions): Promise<MigPlan> {
  const { program, gpu } = options;
  return judgeMig(await readMigFacts(host, { program, choose: (gpus) => chooseGpu(gpus, gpu) }), {
    gpu,
  });
}

/**
 * Plans from what was read of the host.
 *
 * @throws {UsageProblem} with every reason against it
 */
export function judgeMig(facts: MigFacts, request: MigRequest): MigPlan {
  const objections = migObjections(facts, request.gpu);
  const { chosen } = facts;
  if (chosen === null || chosen.slices === null || objections.length > 0) throw refused(objections);
  const { index, record: { uuid, name: gpuName }, slices } = chosen;
  const pair = largestPair(slices);
  if (pair === null || uuid === null) throw refused([noPair(index, slices)]);
  const { profile, placements } = pair;
  const settingAt = ({ start }: MigPlacement): MigSetting => (
    { kind: "mig-instance", uuid, profileId: profile.profileId, start }
  );
  const settings = [settingAt(placements[0]), settingAt(placements[1])] as const;
  const existing = slices.instances;
  return { gpuIndex: index, uuid, gpuName, profile, placements, settings, existing };
}

/**
 * Makes the two instances, where the plan still holds, and returns them.
 *
 * @throws {Problem} where it does not, a program that uses the GPU by now included, or where the driver
 * refuses; the caller undoes what was made by then
 */
export async function makeMigInstances(
  host: Host,
  changes: Changes,
  { plan, program }: { readonly plan: MigPlan; readonly program: string },
): Promise<readonly [MigInstance, MigInstance]> {
  const now = await planMig(host, { gpu: plan.uuid, program });
  if (JSON.stringify(now.settings) !== JSON.stringify(plan.settings)) {
    const condition = "the instances of the GPU have changed since they were planned";
    throw new Problem({ action: ACTION, condition, cure: "Run it again." });
  }
  for (const setting of plan.settings) await changes.set(setting, "present");
  const { chosen } = await readMigFacts(host, {
    program,
    choose: (gpus) => chooseGpu(gpus, plan.uuid),
  });
  const [first, second] = plan.settings.map((setting) => instanceAt(chosen?.slices, setting));
  if (first !== undefined && second !== undefined) return [first, second];
  throw new Problem({ action: ACTION, condition: "nvidia-smi does not list what was made" });
}

/** The plan for the user: what is made, what stays, what is undone. */
export function describeMigPlan({ gpuIndex, uuid, gpuName, ...plan }: MigPlan): string {
  const { profile, placements, existing } = plan;
  const starts = placements.map(({ start }) => start).join(" and ");
  return [
    `Made on GPU ${gpuIndex} (${gpuName ?? "of no name"}, ${uuid}):`,
    `  2 GPU instances ${profile.name} at slices ${starts}, each with one compute instance`,
    "Left as they are:",
    `  ${
      existing.length === 0 ? "No instance is there" : existing.map(instanceInWords).join(", ")
    }`,
    "Undone afterwards, in reverse order, also on an error or Ctrl-C:",
    "  Both instances are removed again",
    "If the run is killed outright: deno task recover",
  ].join("\n");
}

function instanceInWords({ name, instanceId, placement }: MigInstance): string {
  return `${name} at slice ${placement.start} (instance ${instanceId})`;
}

function instanceAt(
  slices: MigSlices | null | undefined,
  { profileId, start }: MigSetting,
): MigInstance | undefined {
  return slices?.instances.find((instance) =>
    instance.profileId === profileId && instance.placement.start === start
  );
}

interface Pair {
  readonly profile: MigProfile;
  readonly placements: readonly [MigPlacement, MigPlacement];
}

function largestPair(slices: MigSlices): Pair | null {
  const pairs = slices.profiles.flatMap((profile) => {
    const placements = profile.free < 2 ? null : freePair(slices, profile.profileId);
    return placements === null || !PLAIN_PROFILE.test(profile.name)
      ? []
      : [{ profile, placements }];
  });
  return pairs.toSorted((a, b) => compareProfiles(b.profile, a.profile))[0] ?? null;
}

/** By compute slices, then by memory. */
function compareProfiles(a: MigProfile, b: MigProfile): number {
  const [[aCompute, aMemory], [bCompute, bMemory]] = [sizesOf(a), sizesOf(b)];
  return aCompute - bCompute || aMemory - bMemory;
}

function sizesOf({ name }: MigProfile): readonly [number, number] {
  const [, compute, memory] = PLAIN_PROFILE.exec(name) ?? [];
  return [Number(compute), Number(memory)];
}

function freePair(
  { placements, instances }: MigSlices,
  profileId: number,
): readonly [MigPlacement, MigPlacement] | null {
  const possible = placements.find((entry) => entry.profileId === profileId)?.placements ?? [];
  const free = possible.filter((place) =>
    !instances.some(({ placement }) => overlap(place, placement))
  );
  for (const [index, first] of free.entries()) {
    const second = free.slice(index + 1).find((place) => !overlap(first, place));
    if (second !== undefined) return [first, second];
  }
  return null;
}

function overlap(a: MigPlacement, b: MigPlacement): boolean {
  return a.start < b.start + b.size && b.start < a.start + a.size;
}

function noPair(index: number, { instances }: MigSlices): MigObjection {
  const there = instances.map(instanceInWords).join(", ");
  return {
    reason: `${gpuInWords(index)} has no room for two equal instances (there: ${there || "none"})`,
    cure:
      "Remove instances that nobody needs, or name another GPU; cellproof removes only its own.",
  };
}

function refused(objections: readonly MigObjection[]): UsageProblem {
  const condition = [...new Set(objections.map(({ reason }) => reason))].join("; ");
  const cure = [...new Set(objections.map((objection) => objection.cure))].join(" ");
  return new UsageProblem({ action: ACTION, condition, cure });
}
