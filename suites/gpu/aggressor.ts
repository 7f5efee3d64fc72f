/**
 * A process that keeps a GPU busy while something else is measured or observed on it.
 *
 * @module
 */
import { nbodyArguments } from "../../runners/cuda/nbody.ts";
import type { CommandResult, Host } from "../../runners/host.ts";
import { MissingTool, Problem } from "../../problem.ts";
import { BODIES } from "./compute.ts";
import type { CudaPlace, CudaSession } from "./cuda_place.ts";
import { Cancelled } from "./gpu_guard.ts";
import type { GpuSubject } from "./gpu_place.ts";
import { type ComputeApp, readComputeApps } from "../../runners/gpu/compute_apps.ts";

/** So many that no measurement outlasts them: it is always ended from outside. */
const ENDLESS_ITERATIONS = 50_000_000;
const LIFE_SECONDS = 600;
const MOST_LOOKS = 60;
const LOOK_SECONDS = 0.1;
/** A process of another number is taken for ours only when ours has had so many looks to appear. */
const FIRST_LOOK_AT_OTHERS = 15;
/** What has begun or ended is soon in the list, or gone from it. */
const FEW_LOOKS = 15;

/** A busy process, as the driver's list shows it. */
export interface Busy {
  readonly session: CudaSession;
  /**
   * Its entry: by its number, else (in another PID namespace) the only one that was not there before,
   * which then has to be gone when the process has ended.
   */
  readonly app: ComputeApp;
}

/** What is kept busy, and from where. */
export interface BusySetting {
  readonly host: Host;
  readonly place: CudaPlace;
  readonly subject: GpuSubject;
}

/**
 * The processes that compute on the subject's GPU.
 *
 * @throws {MissingTool} where the driver does not tell
 */
export async function appsOn(host: Host, { gpu }: GpuSubject): Promise<readonly ComputeApp[]> {
  const apps = await readComputeApps(host, gpu.uuid);
  if (apps !== null) return apps;
  // A command that was cancelled has not said what it was asked.
  await pause(host, 0);
  throw new MissingTool({
    action: "see which processes compute on the GPU",
    condition: "the driver does not tell",
    cure: "See: nvidia-smi --query-compute-apps=pid,used_gpu_memory --format=csv",
  }, "gpu");
}

/** Whether a busy process is still in the driver's list. */
export async function isListed(host: Host, subject: GpuSubject, { app }: Busy): Promise<boolean> {
  return has(await appsOn(host, subject), app);
}

/**
 * Runs `work` while n-body keeps the subject busy, which is ended whatever happens. It begins when the
 * driver lists n-body.
 *
 * @throws {Cancelled} where the run as a whole was ended meanwhile
 * @throws {Problem} where n-body does not appear, or what appeared was another process
 */
export async function besideBusy<Outcome>(
  setting: BusySetting,
  work: (busy: Busy) => Promise<Outcome>,
): Promise<Outcome> {
  const { host, place, subject } = setting;
  const before = await appsOn(host, subject);
  const session = await place.start({
    program: "nbody",
    args: nbodyArguments({ bodies: BODIES, iterations: ENDLESS_ITERATIONS }),
    gpus: [subject.granted],
    timeoutSeconds: LIFE_SECONDS,
  });
  let ended: CommandResult | null = null;
  try {
    const app = await listed(setting, session, before);
    if (app === null) {
      ended = await session.stop();
      throw neverListed(ended, place);
    }
    const outcome = await work({ session, app });
    ended = await session.stop();
    if (app.pid !== session.pid) await refuseAnother(setting, app);
    return outcome;
  } finally {
    if (ended === null) await session.stop();
  }
}

/** The entry of the session's process, as soon as there is one; null for none. */
async function listed(
  { host, subject }: BusySetting,
  { pid }: CudaSession,
  before: readonly ComputeApp[],
): Promise<ComputeApp | null> {
  for (let look = 0; look < MOST_LOOKS; look++) {
    const apps = await appsOn(host, subject);
    const own = apps.find((app) => app.pid === pid);
    if (own !== undefined) return own;
    const [other, ...others] = apps.filter((app) => !has(before, app));
    if (other !== undefined && (pid === null || look >= FIRST_LOOK_AT_OTHERS)) {
      return others.length === 0 ? other : null;
    }
    await pause(host);
  }
  return null;
}

/** What does not end with our process was not ours. */
async function refuseAnother(
  { host, place, subject }: BusySetting,
  app: ComputeApp,
): Promise<void> {
  for (let look = 0; look < FEW_LOOKS; look++) {
    if (!has(await appsOn(host, subject), app)) return;
    await pause(host);
  }
  throw new Problem({
    action: `keep the GPU busy ${place.title}`,
    condition: "the process that the driver listed meanwhile was not the one that was started",
    seen: `process ${app.pid}`,
    cure: "Let other processes on the GPU end.",
  });
}

/** Waits until a process is on the GPU, for a while: what depends on it is told by the figures. */
export async function awaitProcess(host: Host, subject: GpuSubject): Promise<void> {
  for (let look = 0; look < FEW_LOOKS; look++) {
    if ((await appsOn(host, subject)).length > 0) return;
    await pause(host);
  }
}

/**
 * Waits.
 *
 * @throws {Cancelled} where the run as a whole was ended meanwhile
 */
export async function pause(host: Host, seconds = LOOK_SECONDS): Promise<void> {
  const argv = ["sleep", `${seconds}`] as const;
  const { ended } = await host.run({ argv, timeoutSeconds: 10 });
  if (ended === "cancelled") throw new Cancelled("wait beside the GPU");
}

function has(apps: readonly ComputeApp[], { pid }: ComputeApp): boolean {
  return apps.some((app) => app.pid === pid);
}

function neverListed({ status, stdout, stderr }: CommandResult, { title }: CudaPlace): Problem {
  const action = `keep the GPU busy ${title}`;
  if (status === null) {
    return new MissingTool({
      action,
      condition: "the driver never listed the process, or others beside it",
      cure: "Run cellproof on the host itself and not in a container, while nobody uses the GPU.",
    }, "gpu");
  }
  return new Problem({
    action,
    condition: `n-body ended with status ${status}`,
    seen: stderr.trim() || stdout.trim() || "nothing",
    cure: "Run nbody -benchmark by hand, and nvidia-smi beside it.",
  });
}
