/**
 * One lab for tests that break what a passthrough does on a host, and everything of that host which it
 * could leave changed.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { MissingTool } from "../../problem.ts";
import type { Host } from "../../runners/host.ts";
import { type Lab, MOST_BOOTS, startLab } from "../../runners/lab/lab.ts";
import { labHost } from "../../runners/lab/lab_host.ts";
import { type LabImage, prepareLabImage } from "../../runners/lab/lab_image.ts";
import { agentPipe, LAB_DEVICES } from "../../runners/lab/lab_machine.ts";
import { runStep } from "../../runners/run_step.ts";
import { Journal } from "../../runners/seam/journal.ts";
import { liveHost } from "../../runners/seam/live.ts";
import { HostChanges } from "../../runners/settings/host_changes.ts";
import { isChanging, watchedHost } from "./watched_host.ts";
import snapshotScript from "./lab_snapshot.sh" with { type: "text" };

const CACHE = new URL("../../.cache", import.meta.url).pathname;
const SNAPSHOT_SECONDS = 30;
/** The kernel brings an NVMe device up in the background. */
const SETTLE_SECONDS = 20;

/** A run of cellproof's in the lab: its journal, and what changes the lab. */
export interface LabRun {
  readonly host: Host;
  readonly changes: HostChanges;
  readonly journal: Journal;
  readonly interruption: AbortController;
}

/** A lab that runs. It has one user at a time. */
export class TestLab {
  readonly #machine: Host;
  readonly #image: LabImage;
  #lab: Lab;
  #boots = 1;

  private constructor(machine: Host, image: LabImage, lab: Lab) {
    this.#machine = machine;
    this.#image = image;
    this.#lab = lab;
  }

  /** Boots a lab; the reason where this machine lacks a program for it. */
  static async boot(): Promise<TestLab | string> {
    const machine = await liveHost();
    try {
      const say = (text: string) => console.log(text);
      const image = await prepareLabImage(machine, { cacheFolder: CACHE, say });
      return new TestLab(machine, image, await startLab(machine, image));
    } catch (error) {
      await machine.close();
      if (error instanceof MissingTool) return error.message;
      throw error;
    }
  }

  /** Where another process finds the lab's agent. */
  get pipe(): string {
    return agentPipe(this.#lab.folder);
  }

  /** Ends the machine. */
  async end(): Promise<void> {
    await this.#lab.end();
    await this.#machine.close();
  }

  /** Calls `work` as the lab's user; what it leaves running or in folders of its own goes on. */
  async use<T>(
    work: (host: Host) => Promise<T>,
    options: { readonly id?: string; readonly signal?: AbortSignal } = {},
  ): Promise<T> {
    const agent = await this.#lab.connect();
    const { id = crypto.randomUUID(), signal } = options;
    const host = labHost({ agent, id, ...(signal === undefined ? {} : { signal }) });
    try {
      return await work(host);
    } finally {
      await agent.close();
    }
  }

  /** Calls `work`, and once more in a fresh lab where its emulator hung: no test is about that. */
  async withstand<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const why = await this.#lab.whyHung();
      if (why === null || this.#boots === MOST_BOOTS) throw error;
      console.log(`The lab hung (${why}), and is booted again. It was: ${error}`);
      await this.#lab.end();
      this.#lab = await startLab(this.#machine, this.#image);
      this.#boots++;
    }
    return await this.withstand(work);
  }

  /** Calls `work` as a run that notes what it changes, and asserts that nothing stays changed. */
  async run(work: (run: LabRun) => Promise<void>): Promise<void> {
    const folder = await Deno.makeTempDir();
    try {
      await this.#runNoted(Journal.begin(folder), work);
      assertEquals([...Deno.readDirSync(folder)], []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }

  async #runNoted(journal: Journal, work: (run: LabRun) => Promise<void>): Promise<void> {
    const interruption = new AbortController();
    try {
      await this.use(async (host) => {
        const before = await snapshot(host);
        const changes = new HostChanges({ host, journal, allows: () => true });
        await work({ host, changes, journal, interruption });
        await assertSettles(host, before);
      }, { id: journal.id, signal: interruption.signal });
      assertEquals(journal.changes, []);
    } finally {
      journal.end();
    }
  }
}

/** The run, whose user interrupts it while the `at`-th command that changes something runs. */
export function interrupting({ host, journal, interruption, ...run }: LabRun, at: number): LabRun {
  let left = at;
  const watched = watchedHost(host, async (request) => {
    const running = host.run(request);
    if (isChanging(request.argv) && --left === 0) interruption.abort();
    return await running;
  });
  const changes = new HostChanges({ host: watched, journal, allows: () => true });
  return { ...run, host: watched, journal, interruption, changes };
}

/** Everything that may have been changed, as a text to compare. */
export async function snapshot(host: Host): Promise<string> {
  const words = ["cellproof-snapshot", LAB_DEVICES.physicalFunction];
  return await runStep(host, {
    action: "look at the lab",
    argv: ["bash", "-c", snapshotScript, ...words],
    timeoutSeconds: SNAPSHOT_SECONDS,
    survivesCancel: true,
    cure: "See the lab's console.",
  });
}

/** Asserts that the host comes to be as it was, byte by byte. */
export async function assertSettles(host: Host, before: string): Promise<void> {
  const end = performance.now() + SETTLE_SECONDS * 1000;
  let present = await snapshot(host);
  while (present !== before && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    present = await snapshot(host);
  }
  assertEquals(present, before);
}
