/**
 * What a run has made on the host and would leave there if it were killed: one file a run, locked
 * while the run lives, removed when the run has put everything back.
 *
 * @module
 */
import { endMarked } from "./process_group.ts";

interface Entry {
  /** What the marker of the run's commands begins with. */
  readonly id: string;
  readonly folders: readonly string[];
}

export class Journal {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #id: string;
  readonly #folders: string[] = [];

  private constructor(path: string, file: Deno.FsFile, id: string) {
    this.#path = path;
    this.#file = file;
    this.#id = id;
    this.#write();
  }

  /** Begins the journal of the run `id` in `folder`. */
  static begin(folder: string, id: string): Journal {
    Deno.mkdirSync(folder, { recursive: true });
    const path = `${folder}/${id}.json`;
    const file = Deno.openSync(path, { create: true, read: true, write: true });
    file.lockSync(true);
    return new Journal(path, file, id);
  }

  /** Notes a folder that is removed at the end. */
  add(folder: string): void {
    this.#folders.push(folder);
    this.#write();
  }

  /** Everything was put back. */
  end(): void {
    this.#file.close();
    Deno.removeSync(this.#path);
  }

  #write(): void {
    const entry: Entry = { id: this.#id, folders: this.#folders };
    this.#file.truncateSync();
    this.#file.seekSync(0, Deno.SeekMode.Start);
    this.#file.writeSync(new TextEncoder().encode(JSON.stringify(entry)));
    this.#file.syncDataSync();
  }
}

/** Undoes what killed runs left: their processes and folders. Returns a sentence for each. */
export async function undoAbandoned(folder: string): Promise<string[]> {
  const done: string[] = [];
  for (const name of namesIn(folder)) {
    using file = Deno.openSync(`${folder}/${name}`, { read: true, write: true });
    if (!file.tryLockSync(true)) continue;
    const entry = parseEntry(await new Response(file.readable).text());
    if (entry !== null) done.push(...await undo(entry));
    Deno.removeSync(`${folder}/${name}`);
  }
  return done;
}

async function undo({ id, folders }: Entry): Promise<string[]> {
  const ended = await endMarked(id);
  const done = [ended ? "Ended the processes of a killed run." : "Some processes cannot be ended."];
  for (const folder of folders) {
    try {
      Deno.removeSync(folder, { recursive: true });
      done.push(`Removed ${folder}.`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) done.push(`Cannot remove ${folder}: ${error}`);
    }
  }
  return done;
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Only folders that cellproof named itself are ever removed. */
function parseEntry(text: string): Entry | null {
  try {
    const { id, folders } = Object(JSON.parse(text)) as Record<string, unknown>;
    if (typeof id !== "string" || !/^[0-9a-f-]{36}$/.test(id) || !Array.isArray(folders)) {
      return null;
    }
    return { id, folders: folders.filter(isOwnFolder) };
  } catch {
    return null;
  }
}

function isOwnFolder(folder: unknown): folder is string {
  return typeof folder === "string" && /\/cellproof-[0-9A-Za-z]+$/.test(folder);
}
