/**
 * Undoes what killed runs left on the host.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { type Recovery, wholeRecovery } from "../recovery.ts";
import {
  type ChangeLog,
  failureInWords,
  type HostChange,
  undoneInWords,
} from "../settings/change.ts";
import { undoNoted } from "../settings/host_changes.ts";
import {
  findEntries,
  type Found,
  type JournalEntry,
  removeEntry,
  replaceEntry,
  withFolder,
} from "./journal_file.ts";
import { endMarkedCommand } from "./process_group.ts";

const END_SECONDS = 60;

/**
 * Undoes what killed runs noted in `folder`: their processes on `host`, then the changes of its
 * settings, the last first, then their folders on this machine. What could not be undone stays noted,
 * and what cannot be read as a journal stays untouched. So does another user's than `user` (root's are
 * all): what it started and changed is not this user's to undo.
 */
export async function undoAbandoned(
  folder: string,
  host: Host,
  { user = Deno.uid() }: { readonly user?: number | null } = {},
): Promise<Recovery> {
  const parts: Recovery[] = [];
  for (const found of entriesIn(folder)) {
    if (found.kind === "living") continue;
    const owner = found.kind === "foreign" ? null : ownerOf(found.path);
    if (owner !== null && user !== 0 && owner !== user) {
      if (found.kind === "abandoned") found.file.close();
      parts.push(ofAnother(found.path, owner));
    } else if (found.kind === "abandoned") parts.push(await undoEntry(folder, host, found));
    else parts.push(notUndone(found));
  }
  return wholeRecovery(parts);
}

/** The user id of a file's owner; null where that cannot be told. */
function ownerOf(path: string): number | null {
  try {
    return Deno.lstatSync(path).uid;
  } catch {
    return null;
  }
}

function ofAnother(path: string, owner: number): Recovery {
  const [whose, cure] = owner === 0
    ? ["root's", "run deno task recover as root"]
    : [`of the user ${owner}`, "run deno task recover as that user, or as root"];
  const sentence = `The journal ${path} is ${whose}, so nothing that it notes was undone: ${cure}.`;
  return { sentences: [sentence], restored: false };
}

function entriesIn(folder: string): Found[] {
  try {
    return withFolder(folder, () => findEntries(folder));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    return [{ kind: "unreadable", path: folder }];
  }
}

function notUndone(found: Exclude<Found, { kind: "living" | "abandoned" }>): Recovery {
  const { path } = found;
  if (found.kind === "foreign") {
    const what = `${path} is the journal of a run on the host ${found.host}, which may go on.`;
    const cure =
      "If that run was killed, run there: deno task recover. If that was this host's name, " +
      "change it in the file.";
    return { sentences: [`${what} ${cure}`], restored: true };
  }
  const sentence = `Cannot read ${path} as a journal, so nothing that it may note was undone. ` +
    "See whether the host is as it should be, then remove the file.";
  return { sentences: [sentence], restored: false };
}

async function undoEntry(
  folder: string,
  host: Host,
  found: Extract<Found, { kind: "abandoned" }>,
): Promise<Recovery> {
  const note = new AbandonedNote(folder, found);
  try {
    const ended = await endProcesses(host, found.entry.id);
    const changes = await undoChanges(host, note);
    const folders = found.entry.folders.map((path) => ({ path, ...removeFolder(path) }));
    const left = folders.filter(({ restored }) => !restored).map(({ path }) => path);
    const noted = noteEnd(found.path, () => note.finish(left, ended.restored));
    return wholeRecovery([ended, changes, ...folders, noted]);
  } finally {
    note.close();
  }
}

/** Calls `finish`, whose failure must not keep back what was done. */
function noteEnd(path: string, finish: () => void): Recovery {
  try {
    finish();
    return wholeRecovery([]);
  } catch (error) {
    const sentence = `Cannot note in ${path} what was undone, so it is undone again next time`;
    return { sentences: [`${sentence}: ${error}`], restored: false };
  }
}

/** The journal of a killed run, locked while it is undone. */
class AbandonedNote implements ChangeLog {
  readonly #folder: string;
  #file: Deno.FsFile;
  #entry: JournalEntry;

  constructor(folder: string, { entry, file }: Extract<Found, { kind: "abandoned" }>) {
    this.#folder = folder;
    this.#entry = entry;
    this.#file = file;
  }

  get changes(): readonly HostChange[] {
    return this.#entry.changes;
  }

  setChanges(changes: readonly HostChange[]): void {
    this.#replace({ ...this.#entry, changes });
  }

  /** Removes the journal where nothing is left to do, else notes what is. */
  finish(folders: readonly string[], processesEnded: boolean): void {
    if (folders.length > 0 || this.changes.length > 0 || !processesEnded) {
      return this.#replace({ ...this.#entry, folders });
    }
    withFolder(this.#folder, () => removeEntry(this.#folder, this.#entry.id));
  }

  close(): void {
    this.#file.close();
  }

  #replace(entry: JournalEntry): void {
    const file = withFolder(this.#folder, () => replaceEntry(this.#folder, entry));
    this.#file.close();
    this.#file = file;
    this.#entry = entry;
  }
}

async function endProcesses(host: Host, id: string): Promise<Recovery> {
  const { status } = await host.run({
    argv: endMarkedCommand(id),
    timeoutSeconds: END_SECONDS,
    survivesCancel: true,
  });
  return status === 0
    ? { sentences: ["Ended the processes of a killed run."], restored: true }
    : { sentences: ["Cannot end some processes of a killed run."], restored: false };
}

async function undoChanges(host: Host, log: ChangeLog): Promise<Recovery> {
  const sentences: string[] = [];
  let restored = true;
  for (const change of [...log.changes].reverse()) {
    try {
      const undone = await undoNoted(host, log, change);
      sentences.push(undoneInWords(change, undone));
      restored &&= undone !== "gone";
    } catch (error) {
      sentences.push(failureInWords(change, error));
      restored = false;
    }
  }
  return { sentences, restored };
}

function removeFolder(folder: string): Recovery {
  try {
    Deno.removeSync(folder, { recursive: true });
    return { sentences: [`Removed ${folder}.`], restored: true };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { sentences: [], restored: true };
    return { sentences: [`Cannot remove ${folder}: ${error}`], restored: false };
  }
}
