/**
 * The folder of a fleet, as its coordinator keeps it: one coordinator at a time, and what was asked
 * written down before anything is submitted.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { Problem, UsageProblem } from "../../problem.ts";
import { FLEET_FILE, parseFleet } from "../../reports/fleet/fleet_json.ts";
import { isThere, makeFolder, RESULT_FILE, writeFile } from "../../reports/json.ts";
import { HARNESS_FILE, NODES_FOLDER, PLAN_FILE } from "../../runners/fleet/fleet_folder.ts";
import { LINKS_FOLDER } from "../../runners/fleet/link_job.ts";
import { NONCE_FILE } from "../../runners/fleet/node_job.ts";
import type { FleetResult } from "../../suites/fleet/fleet_result.ts";
import { type FleetOrder, type FleetPlan, parsePlan } from "../../suites/fleet/plan.ts";
import { orderChanges } from "./order_changes.ts";
import { type EntryKind, OwnFolder } from "./own_folder.ts";

/** Held by the coordinator; the kernel lets go of it when the process ends, however that is. */
const LOCK_FILE = ".coordinator";
const SUBMITTED_FILE = ".submitted";
const ANOTHER_FOLDER = "Name another folder with --out.";

/** What an unknown fleet, or a run, left would pass for what is measured now. */
const OF_A_FLEET = [NODES_FOLDER, LINKS_FOLDER, FLEET_FILE, RESULT_FILE];
/** What is written anew, and removed at the end: nothing of that name may be a user's. */
const OF_A_COORDINATOR = [HARNESS_FILE, SUBMITTED_FILE, NONCE_FILE];
/** As long as it is there, a fleet that came to its end is not reported yet: it is removed last. */
const END_MARK = NONCE_FILE;

/** What is believed where it is found: it must be this user's own. */
const BELIEVED: Readonly<Record<string, EntryKind>> = {
  [LOCK_FILE]: "file",
  [PLAN_FILE]: "file",
  [FLEET_FILE]: "file",
  [NONCE_FILE]: "file",
  [HARNESS_FILE]: "file",
  [SUBMITTED_FILE]: "file",
  [NODES_FOLDER]: "folder",
  [LINKS_FOLDER]: "folder",
};

export class FleetStore implements Disposable {
  readonly path: string;
  readonly #folder: OwnFolder;
  readonly #lock: FolderLock;
  /** What an earlier coordinator planned here; null in a new folder. */
  readonly earlier: FleetPlan | null;

  private constructor(folder: OwnFolder, lock: FolderLock, earlier: FleetPlan | null) {
    this.path = folder.path;
    this.#folder = folder;
    this.#lock = lock;
    this.earlier = earlier;
  }

  /**
   * Makes the folder, or opens the one of a coordinator that was killed.
   *
   * @throws {UsageProblem} where another user may write there, or it holds something else
   * @throws {Problem} where another coordinator has it, or the file system refuses it
   */
  static open(given: string): FleetStore {
    const folder = new OwnFolder(resolve(given));
    for (const [name, kind] of Object.entries(BELIEVED)) folder.assertOwn(name, kind);
    const lock = new FolderLock(folder.path);
    try {
      return new FleetStore(folder, lock, readPlan(folder, lock));
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Refuses to go on with a fleet that was reported, or with another order than it was begun with.
   * Returns the fleet where it came to its end and its coordinator was killed before it could report that.
   *
   * @throws {UsageProblem}
   */
  async assertResumable(order: FleetOrder, version: string): Promise<FleetResult | null> {
    if (this.earlier === null) return null;
    const fleet = await this.#fleet();
    const endedAt = fleet?.request?.endedAt ?? null;
    if (endedAt !== null && !this.#folder.has(END_MARK)) {
      throw this.#notResumed("it came to its end", endedAt);
    }
    if (this.earlier.version !== version) {
      throw this.#notResumed("another version of cellproof began it", this.earlier.version);
    }
    const changes = orderChanges(this.earlier.order, order);
    if (changes.length > 0) {
      const cure = "Give the same options, or name another folder with --out.";
      throw this.#notResumed("it was begun with other options", changes.join("; "), cure);
    }
    return endedAt === null ? null : fleet;
  }

  /** Writes the plan: from here on a coordinator that is killed can be started again. */
  keep(plan: FleetPlan): void {
    writeFile(`${this.path}/${NONCE_FILE}`, plan.id);
    writeFile(`${this.path}/${PLAN_FILE}`, `${JSON.stringify(plan, null, 1)}\n`);
    // Without a plan it would be that of an unknown fleet.
    makeFolder(`${this.path}/${NODES_FOLDER}`);
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

  /** Whether that was noted: a coordinator that was killed before may have submitted it, too. */
  get isSubmitted(): boolean {
    return this.#folder.has(SUBMITTED_FILE);
  }

  /** Takes back all that the fleet left, where nothing was measured; what else is there stays. */
  forget(): void {
    // Whatever of it is left where this is killed, the same command goes on or begins anew.
    const names = [SUBMITTED_FILE, NODES_FOLDER, PLAN_FILE, HARNESS_FILE, NONCE_FILE];
    for (const name of names) remove(`${this.path}/${name}`, { recursive: true });
    this.#lock[Symbol.dispose]();
    // The user may keep other things there.
    remove(this.path);
  }

  /** Removes what only the nodes needed. */
  tidy(): void {
    for (const name of OF_A_COORDINATOR) remove(`${this.path}/${name}`);
  }

  [Symbol.dispose](): void {
    this.#lock[Symbol.dispose]();
  }

  async #fleet(): Promise<FleetResult | null> {
    const text = this.#folder.read(FLEET_FILE);
    return text === null ? null : await parseFleet(text, `${this.path}/${FLEET_FILE}`);
  }

  #notResumed(condition: string, seen: string, cure = ANOTHER_FOLDER): UsageProblem {
    return new UsageProblem({ action: `resume the fleet in ${this.path}`, condition, seen, cure });
  }
}

/** A folder's lock; it leaves no file behind but where its holder is killed. */
class FolderLock implements Disposable {
  /** Whether a coordinator was killed that had it before. */
  readonly wasLeft: boolean;
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #isHeld = true;

  /** @throws {Problem} where another process has it, or the file system refuses it */
  constructor(folder: string) {
    this.#path = `${folder}/${LOCK_FILE}`;
    const action = `run a fleet in ${folder}`;
    try {
      this.wasLeft = isThere(this.#path);
      this.#file = Deno.openSync(this.#path, { create: true, write: true });
      if (this.#take()) return;
    } catch (error) {
      const seen = error instanceof Error ? error.message : String(error);
      const cure =
        "Name a folder that you may write to, on a file system that has locks, with --out.";
      throw new Problem({ action, condition: "the file system refuses its lock", seen, cure });
    }
    this.#file.close();
    const cure = "Wait for it, or name another folder with --out.";
    throw new Problem({ action, condition: "another coordinator is at work there", cure });
  }

  [Symbol.dispose](): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    remove(this.#path);
    this.#file.close();
  }

  /** Whoever had it may have removed the file after it was opened here. */
  #take(): boolean {
    return this.#file.tryLockSync(true) && isThere(this.#path) &&
      Deno.statSync(this.#path).ino === this.#file.statSync().ino;
  }
}

function readPlan(folder: OwnFolder, { wasLeft }: FolderLock): FleetPlan | null {
  const text = folder.read(PLAN_FILE);
  if (text === null) {
    refuseForeign(folder, wasLeft ? OF_A_FLEET : [...OF_A_FLEET, ...OF_A_COORDINATOR]);
    return null;
  }
  const plan = parsePlan(text);
  if (plan !== null) return plan;
  throw new Problem({
    action: `resume the fleet in ${folder.path}`,
    condition: `its ${PLAN_FILE} is none that this cellproof wrote`,
    cure: ANOTHER_FOLDER,
  });
}

function refuseForeign(folder: OwnFolder, names: readonly string[]): void {
  const found = names.find((name) => folder.has(name));
  if (found === undefined) return;
  throw new UsageProblem({
    action: `put a fleet into ${folder.path}`,
    condition: `it holds ${found}, but no ${PLAN_FILE} that says whose that is`,
    cure: ANOTHER_FOLDER,
  });
}

function remove(path: string, options: Deno.RemoveOptions = {}): void {
  try {
    Deno.removeSync(path, options);
  } catch {
    // Not there, or in use by what a later run will find.
  }
}
