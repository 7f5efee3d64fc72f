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
import type { GpuSubject } from "./gpu_place.ts";
import { type ComputeApp, readComputeApps } from "../../runners/gpu/compute_apps.ts";

/** So many that no measurement outlasts them: it is always ended from outside. */
const ENDLESS_ITERATIONS = 50_000_000;
const LIFE_SECONDS = 600;
const MOST_LOOKS = 40;
const LOOK_SECONDS = 0.25;

/** A busy process, as the driver's list shows it. */
export interface Busy {
  readonly session: CudaSession;
  /** Its entry: by its number, else (in another PID namespace) the one that was not there before. */
  readonly app: ComputeApp;
}

/**
 * Starts n-body on `subject`, and waits until the driver lists it.
 *
 * @throws {Problem} where it does not appear: nothing then tells that it computes
 */
export async function startBusy(
  host: Host,
  place: CudaPlace,
  subject: GpuSubject,
): Promise<Busy> {
  const before = await readComputeApps(host, subject.gpu.uuid);
  if (before === null) throw notTold(place);
  const session = await place.start({
    program: "nbody",
    args: nbodyArguments({ bodies: BODIES, iterations: ENDLESS_ITERATIONS }),
    gpus: [subject.granted],
    timeoutSeconds: LIFE_SECONDS,
  });
  for (let look = 0; look < MOST_LOOKS; look++) {
    const app = entryOf(await readComputeApps(host, subject.gpu.uuid), session, before);
    if (app !== null) return { session, app };
    await host.run({ argv: ["sleep", `${LOOK_SECONDS}`], timeoutSeconds: 10 });
  }
  throw neverListed(await session.stop(), place);
}

/** Whether a busy process is still in the driver's list. */
export async function isListed(host: Host, subject: GpuSubject, { app }: Busy): Promise<boolean> {
  const apps = await readComputeApps(host, subject.gpu.uuid);
  return apps?.some(({ pid }) => pid === app.pid) ?? false;
}

/** Runs `work` while a process keeps the subject busy, which is ended whatever happens. */
export async function besideBusy<Outcome>(
  { host, place, subject }: {
    readonly host: Host;
    readonly place: CudaPlace;
    readonly subject: GpuSubject;
  },
  work: (busy: Busy) => Promise<Outcome>,
): Promise<Outcome> {
  const busy = await startBusy(host, place, subject);
  try {
    return await work(busy);
  } finally {
    await busy.session.stop();
  }
}

function entryOf(
  apps: readonly ComputeApp[] | null,
  { pid }: CudaSession,
  before: readonly ComputeApp[] | null,
): ComputeApp | null {
  const known = apps?.find((app) => app.pid === pid);
  const fresh = apps?.find((app) => !before?.some((earlier) => earlier.pid === app.pid));
  return known ?? fresh ?? null;
}

function notTold({ title }: CudaPlace): MissingTool {
  return new MissingTool({
    action: `keep the GPU busy ${title}`,
    condition: "the driver does not tell which processes compute on it",
    cure: "See: nvidia-smi --query-compute-apps=pid,used_gpu_memory --format=csv",
  }, "gpu");
}

function neverListed({ status, stdout, stderr }: CommandResult, { title }: CudaPlace): Problem {
  return new Problem({
    action: `keep the GPU busy ${title}`,
    condition: status === null
      ? "the driver never listed the process"
      : `n-body ended with status ${status}`,
    seen: stderr.trim() || stdout.trim() || "nothing",
    cure: "Run nbody -benchmark by hand, and nvidia-smi beside it.",
  });
}
