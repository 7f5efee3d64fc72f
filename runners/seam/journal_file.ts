/**
 * The files of journals: one a run, in one folder. A file is only ever replaced as a whole, by one
 * that its run has locked already, so that at each moment it is complete and, while the run lives,
 * locked. All of it happens under a lock of the folder.
 *
 * @module
 */
import { isObject, isText } from "../json_values.ts";
import { type HostChange, parseChange } from "../settings/change.ts";

/** What a run would leave on the host if it were killed. */
export interface JournalEntry {
  /** What the marker of the run's commands begins with. */
  readonly id: string;
  /** The name of the host, for hosts may share the folder; absent in older journals. */
  readonly host?: string;
  /** Temporary folders of this machine. */
  readonly folders: readonly string[];
  /** Settings of the host that are not put back, the oldest change first. */
  readonly changes: readonly HostChange[];
}

const LARGEST_BYTES = 2 ** 20;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Calls `work` while no other process works on the folder. */
export function withFolder<T>(folder: string, work: () => T): T {
  using lock = Deno.openSync(folder, { read: true });
  lock.lockSync(true);
  return work();
}

/** The path of a run's journal. */
export function journalPath(folder: string, id: string): string {
  return `${folder}/${id}.json`;
}

/**
 * Replaces a run's journal, which outlives a kill at any point and a loss of power; returns the new
 * file, locked. Only to be called under the folder's lock.
 */
export function replaceEntry(folder: string, entry: JournalEntry): Deno.FsFile {
  const draft = `${folder}/${entry.id}.draft`;
  const file = Deno.openSync(draft, { create: true, truncate: true, read: true, write: true });
  try {
    file.lockSync(true);
    writeAll(file, new TextEncoder().encode(JSON.stringify(entry)));
    file.syncSync();
    Deno.renameSync(draft, journalPath(folder, entry.id));
  } catch (error) {
    file.close();
    throw error;
  }
  // From here on the file must stay open, for the lock, even where this fails.
  syncFolder(folder);
  return file;
}

/** Removes a run's journal for good. Only to be called under the folder's lock. */
export function removeEntry(folder: string, id: string): void {
  Deno.removeSync(journalPath(folder, id));
  syncFolder(folder);
}

/** A file of the folder. */
export type Found =
  /** No run holds it; `file` now does. */
  | {
    readonly kind: "abandoned";
    readonly path: string;
    readonly entry: JournalEntry;
    readonly file: Deno.FsFile;
  }
  | { readonly kind: "living"; readonly entry: JournalEntry }
  /** Another host's, which alone can tell whether the run lives, and undo it. */
  | { readonly kind: "foreign"; readonly path: string; readonly host: string }
  | { readonly kind: "unreadable"; readonly path: string };

/**
 * Looks at every file but those of the run `except`. What a killed run was about to write is removed:
 * it never counted. Only to be called under the folder's lock.
 */
export function findEntries(folder: string, except: string | null = null): Found[] {
  const found: Found[] = [];
  for (const name of [...Deno.readDirSync(folder)].map(({ name }) => name).sort()) {
    const [, id, kind] = /^(.*)\.(json|draft)$/.exec(name) ?? [];
    const path = `${folder}/${name}`;
    if (id === undefined || !ID.test(id)) found.push({ kind: "unreadable", path });
    else if (kind === "draft") removeDraft(path);
    else if (id !== except) found.push(look(path, id));
  }
  return found;
}

function removeDraft(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It says nothing, and is in nobody's way.
  }
}

function look(path: string, id: string): Found {
  let file: Deno.FsFile | null = null;
  try {
    // Anything else might never open, or lie elsewhere.
    if (!Deno.lstatSync(path).isFile) return { kind: "unreadable", path };
    file = Deno.openSync(path, { read: true });
    const mine = file.tryLockSync(true);
    const entry = parseEntry(readAll(file));
    const host = entry?.host ?? Deno.hostname();
    if (entry?.id === id && host !== Deno.hostname()) return { kind: "foreign", path, host };
    if (entry?.id === id && !mine) return { kind: "living", entry };
    if (entry?.id !== id) return { kind: "unreadable", path };
    const kept = { kind: "abandoned" as const, path, entry, file };
    file = null;
    return kept;
  } catch {
    return { kind: "unreadable", path };
  } finally {
    file?.close();
  }
}

function readAll(file: Deno.FsFile): string {
  const { size } = file.statSync();
  if (size > LARGEST_BYTES) return "";
  const bytes = new Uint8Array(size);
  let [end, count]: [number, number | null] = [0, 0];
  do {
    end += count;
    count = end < size ? file.readSync(bytes.subarray(end)) : null;
  } while (count !== null);
  return new TextDecoder().decode(bytes.subarray(0, end));
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

/** Makes a rename or a removal outlive a loss of power. */
function syncFolder(folder: string): void {
  using opened = Deno.openSync(folder, { read: true });
  opened.syncSync();
}

/** Null for what no run has written: then nothing of it is believed. */
export function parseEntry(text: string): JournalEntry | null {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return null;
    // Journals had no changes at first.
    const { id, host, folders, changes = [] } = value as Record<string, unknown>;
    if (!isText(id) || !ID.test(id)) return null;
    if (!Array.isArray(folders) || !Array.isArray(changes)) return null;
    const parsed = changes.map(parseChange).filter((change) => change !== null);
    if (!folders.every(isOwnFolder) || parsed.length < changes.length) return null;
    if (host !== undefined && !isText(host)) return null;
    return { id, ...(host === undefined ? {} : { host }), folders, changes: parsed };
  } catch {
    return null;
  }
}

/** Only folders that cellproof named itself are ever removed. */
function isOwnFolder(folder: unknown): folder is string {
  return isText(folder) && /^\/(?:.*\/)?cellproof-[0-9A-Za-z]+$/.test(folder);
}
