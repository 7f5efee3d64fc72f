/**
 * The folder of a site: made anew as a whole or left as it was.
 *
 * What changed is first written aside, and moved into place when all of it is there, in the order in
 * which it was brought: what links to a page comes after it. What the site no longer has is removed last.
 *
 * @module
 */
import { dirname } from "node:path";
import { Problem } from "../../problem.ts";
import { makeFolder, writeFile } from "../json.ts";
import { digestOf, EMPTY_MANIFEST, type FileRecord, type HostRecord } from "./manifest.ts";
import { type Manifest, manifestText, parseManifest } from "./manifest.ts";
import { LOCK_FILE, MANIFEST_FILE, STAGING_FOLDER } from "./names.ts";

/** A file to be. */
export interface Target {
  /** From the site's folder. */
  readonly path: string;
  /** Digest of all that it is made from, the code included. */
  readonly inputs: string;
  make(): string | Uint8Array | Promise<string | Uint8Array>;
}

/** What a build did, in numbers of files. */
export interface Built {
  readonly written: number;
  readonly kept: number;
  readonly removed: number;
}

/** A site's folder while it is built; nobody else builds there meanwhile. */
export class SiteFolder implements Disposable {
  readonly #path: string;
  readonly #lock: Deno.FsFile;
  readonly #old: Manifest;
  readonly #files = new Map<string, FileRecord>();
  readonly #staged: string[] = [];

  private constructor(path: string, lock: Deno.FsFile, old: Manifest) {
    this.#path = path;
    this.#lock = lock;
    this.#old = old;
  }

  /**
   * Opens a folder that is a site of ours, is empty, or does not exist yet.
   *
   * @throws {Problem} where it holds something else, or is being built
   */
  static open(path: string): SiteFolder {
    makeFolder(path);
    return inFolder(path, () => {
      refuseForeign(path);
      const lock = lockFolder(path);
      try {
        const folder = new SiteFolder(path, lock, readManifest(path));
        folder.#removeStaged();
        return folder;
      } catch (error) {
        lock.close();
        throw error;
      }
    });
  }

  /** What the last build kept for a host; null where it was made from other inputs. */
  summaryOf(key: string, inputs: string): unknown {
    const record = Object.hasOwn(this.#old.hosts, key) ? this.#old.hosts[key] : undefined;
    return record?.inputs === inputs ? record.summary : null;
  }

  /** Whether the file is there, and was made from the same. */
  has({ path, inputs }: Pick<Target, "path" | "inputs">): boolean {
    return this.#there(path)?.inputs === inputs;
  }

  /** Makes a file aside, unless it is there and was made from the same. */
  async bring({ path, inputs, make }: Target): Promise<void> {
    const old = this.#there(path);
    if (old?.inputs === inputs) {
      this.#files.set(path, old);
      return;
    }
    const made = await make();
    const bytes = typeof made === "string" ? new TextEncoder().encode(made) : made;
    const content = digestOf(bytes);
    this.#files.set(path, { inputs, content, bytes: bytes.length });
    if (old?.content === content) return;
    const staged = `${this.#path}/${STAGING_FOLDER}/${path}`;
    makeFolder(dirname(staged));
    writeFile(staged, bytes);
    this.#staged.push(path);
  }

  /**
   * Puts all that was brought into place, and removes what was not.
   *
   * @throws {Problem} where the file system refuses it
   */
  commit(hosts: Readonly<Record<string, HostRecord>>): Built {
    return inFolder(this.#path, () => this.#commit(hosts));
  }

  #commit(hosts: Readonly<Record<string, HostRecord>>): Built {
    const removed = Object.keys(this.#old.files).filter((path) => !this.#files.has(path));
    const touched = new Set([...this.#staged, ...removed]);
    const untouched = Object.entries(this.#old.files).filter(([path]) => !touched.has(path));
    // Whatever ends the build now, the next one knows of no file that it may not have.
    const names = [...touched].map((path) => [path, { inputs: "", content: "", bytes: -1 }]);
    this.#writeManifest({
      files: Object.fromEntries([...untouched, ...names]),
      hosts: this.#old.hosts,
    });
    for (const path of this.#staged) this.#move(path);
    for (const path of removed) this.#remove(path);
    this.#writeManifest({ files: Object.fromEntries(this.#files), hosts });
    const written = this.#staged.length;
    return { written, kept: this.#files.size - written, removed: removed.length };
  }

  /** Removes what lies aside, and lets others build. */
  [Symbol.dispose](): void {
    this.#removeStaged();
    this.#lock.close();
  }

  /** The record of a file that is on the disk as the manifest says; null for none. */
  #there(path: string): FileRecord | null {
    const record = Object.hasOwn(this.#old.files, path) ? this.#old.files[path] : undefined;
    if (record === undefined) return null;
    try {
      return Deno.statSync(`${this.#path}/${path}`).size === record.bytes ? record : null;
    } catch {
      return null;
    }
  }

  #writeManifest(manifest: Pick<Manifest, "files" | "hosts">): void {
    writeFile(`${this.#path}/${MANIFEST_FILE}`, manifestText(manifest));
  }

  #move(path: string): void {
    const to = `${this.#path}/${path}`;
    makeFolder(dirname(to));
    Deno.renameSync(`${this.#path}/${STAGING_FOLDER}/${path}`, to);
  }

  /** Removes a file, and its folders where nothing else is in them. */
  #remove(path: string): void {
    removeIfThere(`${this.#path}/${path}`);
    for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
      if (!removeIfEmpty(`${this.#path}/${folder}`)) return;
    }
  }

  #removeStaged(): void {
    removeIfThere(`${this.#path}/${STAGING_FOLDER}`);
  }
}

/** Does `work`; what the file system refuses is the user's to know. */
function inFolder<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    // Deno's errors of the operating system carry its code.
    if (!(error instanceof Error) || !("code" in error)) throw error;
    throw new Problem({
      action: `build the site in ${path}`,
      condition: "the file system refused it",
      seen: error.message,
      cure: "Choose a writable folder with free space by --out DIR.",
    });
  }
}

function refuseForeign(path: string): void {
  const names = [...Deno.readDirSync(path)].map(({ name }) => name);
  if (names.length === 0 || names.includes(MANIFEST_FILE)) return;
  const foreign = names.find((name) => name !== LOCK_FILE && name !== STAGING_FOLDER);
  if (foreign === undefined) return;
  throw new Problem({
    action: `build the site in ${path}`,
    condition: "the folder holds something else",
    seen: foreign,
    cure: "Name an empty folder, or one that a build made, with --out.",
  });
}

/** The kernel lets go of the lock when the process ends, however that is. */
function lockFolder(path: string): Deno.FsFile {
  const lock = Deno.openSync(`${path}/${LOCK_FILE}`, { create: true, write: true });
  if (lock.tryLockSync(true)) return lock;
  lock.close();
  throw new Problem({
    action: `build the site in ${path}`,
    condition: "another build is going on there",
    cure: "Try again when it has ended.",
  });
}

function readManifest(path: string): Manifest {
  try {
    return parseManifest(Deno.readTextFileSync(`${path}/${MANIFEST_FILE}`), path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return EMPTY_MANIFEST;
    throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function removeIfEmpty(path: string): boolean {
  try {
    Deno.removeSync(path);
    return true;
  } catch {
    return false;
  }
}
