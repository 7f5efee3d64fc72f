/**
 * The folder of a fleet, as its coordinator keeps it: one coordinator at a time, and what was asked
 * written down before anything is submitted.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { Problem, UsageProblem } from "../problem.ts";
import { FLEET_FILE, parseFleet } from "../reports/fleet/fleet_json.ts";
import { isThere, makeFolder, writeFile } from "../reports/json.ts";
import { HARNESS_FILE, PLAN_FILE } from "../runners/fleet/fleet_folder.ts";
import { NONCE_FILE } from "../runners/fleet/node_job.ts";
import { type FleetOrder, type FleetPlan, parsePlan } from "../suites/fleet/plan.ts";

/** Held by the coordinator; the kernel lets go of it when the process ends, however that is. */
const LOCK_FILE = ".coordinator";
const SUBMITTED_FILE = ".submitted";

export class FleetStore implements Disposable {
  readonly path: string;
  readonly #lock: Deno.FsFile;
  /** What an earlier coordinator planned here; null in a new folder. */
  readonly earlier: FleetPlan | null;

  private constructor(path: string, lock: Deno.FsFile, earlier: FleetPlan | null) {
    this.path = path;
    this.#lock = lock;
    this.earlier = earlier;
  }

  /**
   * Makes the folder, or opens the one of a coordinator that was killed.
   *
   * @throws {Problem} where another coordinator has it, or it holds something else
   */
  static open(given: string): FleetStore {
    const path = resolve(given);
    makeFolder(path);
    const lock = lockFolder(path);
    try {
      return new FleetStore(path, lock, readPlan(path));
    } catch (error) {
      lock.close();
      throw error;
    }
  }

  /**
   * Refuses to go on with a fleet that came to its end, or with another order than it was begun with.
   *
   * @throws {UsageProblem}
   */
  async assertResumable(order: FleetOrder, version: string): Promise<void> {
    if (this.earlier === null) return;
    const text = readIfThere(`${this.path}/${FLEET_FILE}`);
    const ended = text === null ? null : (await parseFleet(text, this.path)).request?.endedAt;
    if (ended !== null && ended !== undefined) {
      throw this.#notResumed("it came to its end", ended);
    }
    if (this.earlier.version !== version) {
      throw this.#notResumed("another version of cellproof began it", this.earlier.version);
    }
    const [now, then] = [order, this.earlier.order].map((one) => JSON.stringify(one));
    if (now !== then) throw this.#notResumed("it was begun with other options", then ?? "");
  }

  /** Writes the plan: from here on a coordinator that is killed can be started again. */
  keep(plan: FleetPlan): void {
    makeFolder(`${this.path}/nodes`);
    writeFile(`${this.path}/${NONCE_FILE}`, plan.id);
    writeFile(`${this.path}/${PLAN_FILE}`, `${JSON.stringify(plan, null, 1)}\n`);
  }

  /** Writes a text to a path below the folder. */
  keepText(path: string, text: string): void {
    makeFolder(dirname(`${this.path}/${path}`));
    writeFile(`${this.path}/${path}`, text);
  }

  /** Notes that Slurm has all of it, and may forget it once it has run. */
  markSubmitted(): void {
    writeFile(`${this.path}/${SUBMITTED_FILE}`, "");
  }

  /** Whether Slurm has it or had it: the coordinator may have been killed before it noted so. */
  get isSubmitted(): boolean {
    return isThere(`${this.path}/${SUBMITTED_FILE}`) ||
      [...Deno.readDirSync(`${this.path}/nodes`)].length > 0;
  }

  /** Takes back what {@linkcode keep} and the packing left, where nothing was submitted. */
  forget(): void {
    for (const name of [PLAN_FILE, NONCE_FILE, HARNESS_FILE, SUBMITTED_FILE]) this.#remove(name);
    this.#remove("nodes");
    this.#lock.close();
    this.#remove(LOCK_FILE);
    try {
      Deno.removeSync(this.path);
    } catch {
      // The user keeps other things there.
    }
  }

  /** Removes what only the nodes needed. */
  tidy(): void {
    for (const name of [NONCE_FILE, HARNESS_FILE, SUBMITTED_FILE, LOCK_FILE]) this.#remove(name);
  }

  [Symbol.dispose](): void {
    try {
      this.#lock.close();
    } catch {
      // It was forgotten.
    }
  }

  #remove(name: string): void {
    try {
      Deno.removeSync(`${this.path}/${name}`);
    } catch {
      // Not there, or in use by what a later run will find.
    }
  }

  #notResumed(condition: string, seen: string): UsageProblem {
    const cure = "Name another folder with --out.";
    return new UsageProblem({ action: `resume the fleet in ${this.path}`, condition, seen, cure });
  }
}

function lockFolder(path: string): Deno.FsFile {
  const lock = Deno.openSync(`${path}/${LOCK_FILE}`, { create: true, write: true });
  if (lock.tryLockSync(true)) return lock;
  lock.close();
  throw new Problem({
    action: `run a fleet in ${path}`,
    condition: "another coordinator is at work there",
    cure: "Wait for it, or name another folder with --out.",
  });
}

function readPlan(path: string): FleetPlan | null {
  const text = readIfThere(`${path}/${PLAN_FILE}`);
  if (text === null) {
    refuseForeignNodes(path);
    return null;
  }
  const plan = parsePlan(text);
  if (plan !== null) return plan;
  throw new Problem({
    action: `resume the fleet in ${path}`,
    condition: `its ${PLAN_FILE} is none that this cellproof wrote`,
    cure: "Name another folder with --out.",
  });
}

/** What nodes of an unknown fleet left would pass for what is measured now. */
function refuseForeignNodes(path: string): void {
  const found = [...Deno.readDirSync(path)].find(({ name }) =>
    name !== LOCK_FILE && ["nodes", FLEET_FILE].includes(name)
  );
  if (found === undefined) return;
  throw new UsageProblem({
    action: `put a fleet into ${path}`,
    condition: `it holds ${found.name}, but no ${PLAN_FILE} that says whose that is`,
    cure: "Name another folder with --out.",
  });
}

function readIfThere(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
