/**
 * Undoes what killed runs left on the host.
 *
 * @module
 */
import type { Host } from "../host.ts";
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

export interface Recovery {
  /** What was done, and what could not be. */
  readonly sentences: readonly string[];
  /** Whether the host is as before those runs. */
  readonly restored: boolean;
}

/**
 * Undoes what killed runs noted in `folder`: their processes on `host`, then the changes of its
 * settings, the last first, then their folders on this machine. What could not be undone stays noted,
 * and what cannot be read as a journal stays untouched.
 */
export async function undoAbandoned(folder: string, host: Host): Promise<Recovery> {
  const recovery = { sentences: [] as string[], restored: true };
  for (const found of entriesIn(folder)) {
    if (found.kind === "living") continue;
    const { sentences, restored } = found.kind === "abandoned"
      ? await undoEntry(folder, host, found)
      : notUndone(found);
    recovery.sentences.push(...sentences);
    recovery.restored &&= restored;
  }
  return recovery;
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
    const all = [ended, changes, ...folders];
    const left = folders.filter(({ restored }) => !restored).map(({ path }) => path);
    note.finish(left, ended.restored);
    return {
      sentences: all.flatMap(({ sentences }) => sentences),
      restored: all.every(({ restored }) => restored),
    };
  } finally {
    note.close();
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
