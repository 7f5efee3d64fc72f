/**
 * Whether a GPU instance is there, with one compute instance that is all of it.
 *
 * Instances have no mark of who made them: their ids and the UUIDs of their MIG devices are the same
 * again for the same profile at the same place. So a run notes an instance only where there was none,
 * strikes the note out where the driver refuses to make it, and removes none that is divided otherwise
 * than the run divides it, or that a program uses. What remains: a run is killed, and before it is
 * recovered somebody makes the same profile at the same place, by removing the run's own first or
 * because it was killed before it made it; an idle one is then taken for the run's.
 *
 * Source: `nvidia-smi mig -h`; NVIDIA Multi-Instance GPU User Guide.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import {
  allRecords,
  type MigComputeInstance,
  type MigInstance,
  type MigListing,
  parseMigComputeInstances,
  parseMigInstances,
} from "../gpu/mig_listings.ts";
import type { CommandResult, Host } from "../host.ts";
import { failed, NothingChanged, runSurviving } from "./host_files.ts";

/** Where a GPU instance is. */
export interface MigInstancePlace {
  /** The GPU's: "GPU-…". */
  readonly uuid: string;
  readonly profileId: number;
  /** Its first memory slice. */
  readonly start: number;
}

/** `bare`: without a compute instance; `divided`: with several, or with one that is a part of it. */
export type MigInstanceState = "present" | "absent" | "bare" | "divided";

interface Found {
  readonly instance: MigInstance;
  readonly computeInstances: readonly MigComputeInstance[];
}

const COMMAND_SECONDS = 120;
const IN_USE = /in use by another client/i;
/** The driver may need a moment to let go of an instance whose compute instance has just gone. */
const TRIES = 5;
const PAUSE_SECONDS = 1;

/** @throws {Problem} where the driver does not tell, a GPU that is not there included */
export async function readMigInstance(
  host: Host,
  place: MigInstancePlace,
): Promise<MigInstanceState> {
  const found = await findInstance(host, place);
  return found === null ? "absent" : stateOf(found);
}

/**
 * Makes a GPU instance with its default compute instance, or removes both.
 *
 * @throws {NothingChanged} where the driver refuses to make it
 * @throws {Problem} where it fails otherwise, or a program uses it
 */
export async function writeMigInstance(
  host: Host,
  place: MigInstancePlace,
  present: boolean,
): Promise<void> {
  const found = await findInstance(host, place);
  if (present && found === null) await create(host, place);
  if (!present && found !== null) await remove(host, place, found);
}

/** A place as part of a sentence: "profile 9 at slice 0 of GPU-…". */
export function placeInWords({ uuid, profileId, start }: MigInstancePlace): string {
  return `profile ${profileId} at slice ${start} of ${uuid}`;
}

function stateOf({ instance, computeInstances }: Found): MigInstanceState {
  const [first, ...others] = computeInstances;
  if (first === undefined) return "bare";
  return others.length === 0 && first.name === instance.name ? "present" : "divided";
}

async function findInstance(host: Host, place: MigInstancePlace): Promise<Found | null> {
  const action = `list the MIG instances of ${place.uuid}`;
  const instances = await list(host, place, { action, flag: "-lgi", parse: parseMigInstances });
  const instance = instances.find(({ profileId, placement }) =>
    profileId === place.profileId && placement.start === place.start
  );
  if (instance === undefined) return null;
  const parse = parseMigComputeInstances;
  const all = await list(host, place, { action, flag: "-lci", parse });
  const computeInstances = all.filter(({ gpuInstanceId }) => gpuInstanceId === instance.instanceId);
  return { instance, computeInstances };
}

interface Listed<T> {
  readonly action: string;
  readonly flag: "-lgi" | "-lci";
  readonly parse: (text: string) => MigListing<T>;
}

/** nvidia-smi also says with a status of its own that there are none. */
async function list<T>(
  host: Host,
  place: MigInstancePlace,
  { action, flag, parse }: Listed<T>,
): Promise<readonly T[]> {
  const result = await nvidiaSmiMig(host, place, [flag]);
  const listing = parse(`${result.stdout}\n${result.stderr}`);
  const records = result.ended === "exited" ? allRecords(listing) : null;
  if (records !== null && (records.length === 0 || result.status === 0)) return records;
  if (result.ended !== "exited" || result.status !== 0) throw failedMig(action, flag, result);
  const [unread] = listing.unread;
  const condition = `what nvidia-smi mig ${flag} printed is not understood`;
  throw new Problem({ action, condition, seen: unread?.text ?? result.stdout });
}

async function create(host: Host, place: MigInstancePlace): Promise<void> {
  const action = `make the MIG instance of ${placeInWords(place)}`;
  const args = ["-cgi", `${place.profileId}:${place.start}`, "-C"];
  const result = await nvidiaSmiMig(host, place, args);
  if (result.ended === "exited" && result.status === 0) return;
  const problem = failedMig(action, "-cgi", result);
  throw isRefusal(result) ? new NothingChanged(problem.parts) : problem;
}

/** It says of each instance that it has made one, before it makes its compute instance. */
function isRefusal({ ended, status, stdout }: CommandResult): boolean {
  return ended === "exited" && status !== null && !/successfully created/i.test(stdout);
}

async function remove(host: Host, place: MigInstancePlace, found: Found): Promise<void> {
  const action = `remove the MIG instance of ${placeInWords(place)}`;
  if (stateOf(found) === "divided") {
    const condition =
      "it has other compute instances than a run makes, so it may be somebody else's";
    const cure =
      "See what nvidia-smi mig -lci lists, and remove it yourself where nobody needs it.";
    throw new Problem({ action, condition, seen: found.computeInstances[0]?.name ?? "", cure });
  }
  const within = ["-gi", `${found.instance.instanceId}`];
  for (const { computeInstanceId } of found.computeInstances) {
    const args = ["-dci", "-ci", `${computeInstanceId}`, ...within];
    await destroy(host, place, { action, args });
  }
  await destroy(host, place, { action, args: ["-dgi", ...within] });
}

async function destroy(
  host: Host,
  place: MigInstancePlace,
  { action, args }: { readonly action: string; readonly args: readonly string[] },
): Promise<void> {
  for (let tries = 1;; tries++) {
    const result = await nvidiaSmiMig(host, place, args);
    if (result.ended === "exited" && result.status === 0) return;
    const problem = failedMig(action, args[0] ?? "", result);
    if (!isInUse(result) || tries === TRIES) throw problem;
    await runSurviving(host, ["sleep", `${PAUSE_SECONDS}`]);
  }
}

async function nvidiaSmiMig(
  host: Host,
  { uuid }: MigInstancePlace,
  args: readonly string[],
): Promise<CommandResult> {
  const options = { timeoutSeconds: COMMAND_SECONDS };
  return await runSurviving(host, ["nvidia-smi", "mig", "-i", uuid, ...args], options);
}

function failedMig(action: string, flag: string, result: CommandResult): Problem {
  if (isInUse(result)) {
    const cure = "End the programs that nvidia-smi lists.";
    return new Problem({ action, condition: "a program uses it", seen: result.stdout, cure });
  }
  const missing = result.ended === "not-found";
  return failed(action, missing ? "NVIDIA's driver" : `nvidia-smi mig ${flag}`, result);
}

function isInUse({ stdout, stderr }: CommandResult): boolean {
  return IN_USE.test(`${stdout}\n${stderr}`);
}
