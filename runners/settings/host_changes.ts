/**
 * The changes that a run makes on the host: each is written down before it is made, and undone in
 * reverse order.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { Problem } from "../../problem.ts";
import {
  BOOT_ID,
  type ChangeLog,
  failureInWords,
  type HostChange,
  isBootId,
  undoChange,
  type Undone,
  undoneInWords,
} from "./change.ts";
import { NothingChanged } from "./host_files.ts";
import {
  type HostSetting,
  isValueOf,
  keeperOf,
  outlivesRestart,
  readSetting,
  settingInWords,
  settingsAlong,
  writeSetting,
} from "./setting.ts";

const RECOVER = "See what is named here, then run: deno task recover";

export interface HostChangesOptions {
  readonly host: Host;
  readonly journal: ChangeLog;
  /** The last word on what may be changed at all; modules that others need are not asked for. */
  readonly allows: (setting: HostSetting) => boolean;
}

/** Changes settings of the host and puts them back; one call at a time. */
export class HostChanges {
  readonly #host: Host;
  readonly #journal: ChangeLog;
  readonly #allows: (setting: HostSetting) => boolean;

  constructor({ host, journal, allows }: HostChangesOptions) {
    this.#host = host;
    this.#journal = journal;
    this.#allows = allows;
  }

  /** What {@linkcode undoTo} goes back to. */
  get mark(): number {
    return this.#journal.changes.length;
  }

  /**
   * Makes `value` the present one of a setting, and notes the one before; nothing where it is so
   * already. Nothing new is changed after a cancel.
   *
   * @throws {Problem} where it is not allowed, or the host refuses it; what it has changed by then is
   * noted, and nothing is where it has certainly changed nothing
   */
  async set(setting: HostSetting, value: string): Promise<void> {
    if (!this.#allows(setting)) {
      throw notChanged(setting, "the run was not allowed to change it");
    }
    const before = await readSetting(this.#host, setting);
    if (before === value) return;
    const noted: HostChange[] = [];
    for (const one of await settingsAlong(this.#host, setting, value)) {
      const present = one === setting ? before : await readSetting(this.#host, one);
      if (present !== value) noted.push(await this.#note(one, { before: present, value }));
    }
    const earlier = this.#journal.changes;
    this.#journal.setChanges([...earlier, ...noted]);
    try {
      await writeSetting(this.#host, setting, value, before);
    } catch (error) {
      // Undoing what was not done might undo what somebody else does later.
      if (error instanceof NothingChanged) this.#journal.setChanges(earlier);
      throw error;
    }
  }

  /**
   * Undoes what was changed since a mark, the last first, and goes on after a failure.
   *
   * @throws {Problem} naming what could not be put back
   */
  async undoTo(mark: number): Promise<void> {
    const failures: string[] = [];
    for (const change of this.#journal.changes.slice(mark).reverse()) {
      try {
        const undone = await undoNoted(this.#host, this.#journal, change);
        if (undone === "gone") failures.push(undoneInWords(change, undone));
      } catch (error) {
        failures.push(failureInWords(change, error));
      }
    }
    if (failures.length === 0) return;
    const condition = failures.join(" ").replace(/\.$/, "");
    throw new Problem({ action: "put the host back", condition, cure: RECOVER });
  }

  async #note(
    setting: HostSetting,
    { before, value }: { readonly before: string | null; readonly value: string },
  ): Promise<HostChange> {
    if (!isValueOf(setting, value)) throw notChanged(setting, "this is no value of it", value);
    if (before === null) throw notChanged(setting, "it is not there");
    if (!isValueOf(setting, before)) {
      throw notChanged(setting, "it could not be put back: its value is not understood", before);
    }
    if (before !== "0" && setting.kind === "sriov-vfs" && !this.#has(setting)) {
      throw notChanged(setting, `those that are there (${before}) and their drivers would be lost`);
    }
    if (before === "present" && setting.kind === "mig-instance" && !this.#has(setting)) {
      throw notChanged(setting, "it was there before the run");
    }
    const serial = await keeperOf(this.#host, setting);
    if (serial === null && outlivesRestart(setting)) {
      throw notChanged(setting, "its device does not tell its serial number");
    }
    return { setting, before, bootId: await presentBoot(this.#host, setting), serial };
  }

  #has(setting: HostSetting): boolean {
    const text = settingInWords(setting);
    return this.#journal.changes.some((change) => settingInWords(change.setting) === text);
  }
}

/**
 * Undoes a change and strikes it out, unless it failed.
 *
 * @throws {Problem} as {@linkcode undoChange}
 */
export async function undoNoted(
  host: Host,
  log: ChangeLog,
  change: HostChange,
): Promise<Undone> {
  const undone = await undoChange(host, change);
  log.setChanges(log.changes.filter((other) => other !== change));
  return undone;
}

/** Read without surviving a cancel: then there is no answer, and nothing new is changed. */
async function presentBoot(host: Host, setting: HostSetting): Promise<string> {
  const { ended, stdout } = await host.run({ argv: ["cat", BOOT_ID], timeoutSeconds: 10 });
  if (ended === "cancelled") throw notChanged(setting, "the run was interrupted or out of time");
  const bootId = stdout.trim();
  if (isBootId(bootId)) return bootId;
  throw notChanged(setting, `there is no boot id in ${BOOT_ID}`, bootId);
}

function notChanged(setting: HostSetting, condition: string, seen?: string): Problem {
  const action = `change ${settingInWords(setting)}`;
  return new Problem({ action, condition, ...(seen === undefined ? {} : { seen }) });
}
