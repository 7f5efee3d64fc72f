/**
 * What else is on the GPU while it is measured, and whether the driver still answers for it: beside a
 * stranger's process a figure says nothing, and on a GPU that is lost every command hangs.
 *
 * @module
 */
import { MissingTool, Problem } from "../../problem.ts";
import { type ComputeApp, readComputeApps } from "../../runners/gpu/compute_apps.ts";
import type { Host } from "../../runners/host.ts";
import type { Places } from "../places.ts";
import type { GpuSubject } from "./gpu_place.ts";

const ANSWER_SECONDS = 15;
/** What was seen after one run still holds before the next. */
const FRESH_SECONDS = 1;

/** The run as a whole was ended (Ctrl-C, the budget) before something could be seen. */
export class Cancelled extends Problem {
  constructor(action: string) {
    super({ action, condition: "the run was ended" });
  }
}

/** What `work` gives; null where the run as a whole was ended meanwhile. */
export async function unlessCancelled<Outcome>(
  work: () => Promise<Outcome>,
): Promise<Outcome | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Cancelled) return null;
    throw error;
  }
}

/** The guard of the subject's GPU, the same for the whole run: what is lost stays lost. */
export function gpuGuard(places: Places, { gpu: { uuid } }: GpuSubject): Promise<GpuGuard> {
  return places.once(`guard of ${uuid}`, () => Promise.resolve(new GpuGuard(places.host, uuid)));
}

/** Watches over one GPU. */
export class GpuGuard {
  readonly #host: Host;
  readonly #uuid: string | null;
  #lost: Problem | null = null;
  #clearAtSeconds = -Infinity;

  constructor(host: Host, uuid: string | null) {
    this.#host = host;
    this.#uuid = uuid;
  }

  /**
   * Refuses to measure a GPU that others use.
   *
   * @throws {MissingTool} where a process computes on it
   * @throws {Problem} where the driver no longer answers for it
   */
  async refuseStrangers(): Promise<void> {
    const strangers = await this.#apps();
    if (strangers.length === 0) return;
    throw new MissingTool({
      action: "measure a GPU",
      condition: "other processes are on it",
      seen: numbersOf(strangers),
      cure: "Let them end, or stop them: nvidia-smi lists them.",
    }, "gpu");
  }

  /**
   * Does `work` on a GPU that nobody else is on: what it starts must have ended when it ends. Where a
   * stranger's process is there before or afterwards, `aside` says so.
   *
   * @throws {Problem} at once where the driver no longer answered for the GPU, with its words
   */
  async around<Outcome>(
    work: () => Promise<Outcome>,
  ): Promise<{ readonly outcome: Outcome; readonly aside: { readonly setAside?: string } }> {
    const before = this.#wasClear() ? [] : await this.#apps();
    const outcome = await work();
    const after = await this.#appsAfterwards();
    const strangers = [...before, ...after];
    return {
      outcome,
      aside: strangers.length === 0
        ? {}
        : { setAside: `another process was on the GPU (${numbersOf(strangers)})` },
    };
  }

  /** What was measured counts, though nothing can be measured from now on. */
  async #appsAfterwards(): Promise<readonly ComputeApp[]> {
    try {
      return await this.#apps();
    } catch (error) {
      if (error instanceof Problem) return [];
      throw error;
    }
  }

  #wasClear(): boolean {
    return this.#lost === null &&
      this.#host.monotonicSeconds() - this.#clearAtSeconds < FRESH_SECONDS;
  }

  /** None where the driver answers but does not tell of processes (a vGPU, another PID namespace). */
  async #apps(): Promise<readonly ComputeApp[]> {
    if (this.#lost !== null) throw this.#lost;
    const apps = await readComputeApps(this.#host, this.#uuid);
    if (apps === null) await this.#refuseSilence();
    const isClear = apps === null || apps.length === 0;
    this.#clearAtSeconds = isClear ? this.#host.monotonicSeconds() : -Infinity;
    return apps ?? [];
  }

  async #refuseSilence(): Promise<void> {
    const argv = ["nvidia-smi", "-L"] as const;
    const said = await this.#host.run({ argv, timeoutSeconds: ANSWER_SECONDS });
    const action = "measure the GPU";
    if (said.ended === "cancelled") throw new Cancelled(action);
    const isListed = this.#uuid === null || said.stdout.includes(this.#uuid);
    if (said.ended === "exited" && said.status === 0 && isListed) return;
    this.#lost = new Problem({
      action,
      condition: "the driver no longer answers for it",
      seen: said.ended === "timed-out"
        ? `nvidia-smi said nothing within ${ANSWER_SECONDS} s`
        : said.stderr.trim() || said.stdout.trim() || `nvidia-smi was ended (${said.ended})`,
      cure: "Look for Xid messages in the kernel's log (dmesg), and restart the host.",
    });
    throw this.#lost;
  }
}

function numbersOf(apps: readonly ComputeApp[]): string {
  return [...new Set(apps.map(({ pid }) => `process ${pid}`))].join(", ");
}
