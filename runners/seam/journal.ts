/**
 * What a run has made on the host and would leave there if it were killed: one file a run, locked
 * while the run lives, removed when the run has put everything back.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { ChangeLog, HostChange } from "../settings/change.ts";
import { findEntries, type Found, removeEntry, replaceEntry, withFolder } from "./journal_file.ts";

export class Journal implements ChangeLog {
  /** What the marker of the run's commands begins with. */
  readonly id: string;
  readonly #folder: string;
  #file: Deno.FsFile | null = null;
  #folders: readonly string[] = [];
  #changes: readonly HostChange[] = [];

  private constructor(folder: string, id: string) {
    this.#folder = folder;
    this.id = id;
  }

  /**
   * Begins the journal of the run `id` in `folder`.
   *
   * @throws {Problem} where another run has changed this host and not put it back yet
   */
  static begin(folder: string, id: string = crypto.randomUUID()): Journal {
    const journal = new Journal(folder, id);
    journal.#keeping(() => {
      Deno.mkdirSync(folder, { recursive: true });
      withFolder(folder, () => {
        refuseOtherChanges(folder, id, { refuseUnreadable: false });
        journal.#replace([], []);
      });
    });
    return journal;
  }

  get changes(): readonly HostChange[] {
    return this.#changes;
  }

  /** Notes a folder that is removed at the end. */
  add(folder: string): void {
    this.#update([...this.#folders, folder], this.#changes);
  }

  setChanges(changes: readonly HostChange[]): void {
    this.#update(this.#folders, changes);
  }

  /**
   * The run is over, and its processes and folders are gone. Returns false where settings of the host
   * are not put back: then the journal stays, for `recover`.
   */
  end(): boolean {
    const clean = this.#changes.length === 0;
    this.#keeping(() =>
      withFolder(this.#folder, () => {
        if (clean) removeEntry(this.#folder, this.id);
        else this.#replace([], this.#changes);
      })
    );
    this.#file?.close();
    this.#file = null;
    return clean;
  }

  #update(folders: readonly string[], changes: readonly HostChange[]): void {
    const isFirst = this.#changes.length === 0 && changes.length > 0;
    this.#keeping(() =>
      withFolder(this.#folder, () => {
        if (isFirst) refuseOtherChanges(this.#folder, this.id, { refuseUnreadable: true });
        this.#replace(folders, changes);
      })
    );
  }

  #replace(folders: readonly string[], changes: readonly HostChange[]): void {
    const file = replaceEntry(this.#folder, {
      id: this.id,
      host: Deno.hostname(),
      folders,
      changes,
    });
    this.#file?.close();
    this.#file = file;
    this.#folders = folders;
    this.#changes = changes;
  }

  #keeping(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw new Problem({
        action: "keep the journal of the run",
        condition: "the file system refused it",
        seen: error instanceof Error ? error.message : String(error),
        cure: `Check that ${this.#folder} is writable and has free space.`,
      });
    }
  }
}

function refuseOtherChanges(
  folder: string,
  id: string,
  { refuseUnreadable }: { readonly refuseUnreadable: boolean },
): void {
  for (const found of findEntries(folder, id)) {
    if (found.kind === "abandoned") found.file.close();
    const objection = objectionTo(found);
    if (objection === null || (found.kind === "unreadable" && !refuseUnreadable)) continue;
    const [condition, cure] = objection;
    throw new Problem({ action: "start", condition, cure });
  }
}

/** Why no run may change the host beside this; null for no reason. */
function objectionTo(found: Found): readonly [condition: string, cure: string] | null {
  if (found.kind === "foreign") return null;
  if (found.kind === "unreadable") {
    const condition = `${found.path} may be the journal of changes of this host, and is unreadable`;
    return [condition, "See whether the host is as it should be, then remove the file."];
  }
  if (found.entry.changes.length === 0) return null;
  return found.kind === "living"
    ? ["another run is changing this host", "Wait until it has ended."]
    : ["an interrupted run has changed this host", "Put it back, run: deno task recover"];
}
