/**
 * A folder that is this user's alone. Where others may write they could put there what is believed
 * afterwards, and run.
 *
 * @module
 */
import { Problem, UsageProblem } from "../../problem.ts";
import { refuseFile } from "../../reports/json.ts";

/** What a name in the folder is. */
export type EntryKind = "file" | "folder";

/** Bits of a mode that let the group or everybody write. */
const WRITABLE_BY_OTHERS = 0o022;
/** Whatever the user's umask is: others may look. */
const OWN_FOLDER_MODE = 0o755;
const ROOT = 0;

const ANOTHER = "Name another folder with --out.";
const OWN = "Name a folder that you may read and write with --out.";

export class OwnFolder {
  readonly path: string;
  /** As the file system tells of files that are made here: of root's, another one may be told. */
  readonly #user: number | null;

  /**
   * Makes the folder where it is missing.
   *
   * @throws {UsageProblem} where it is a file, another user's, or others may write to it
   * @throws {Problem} where the file system refuses it
   */
  constructor(path: string) {
    this.path = path;
    refuseFile(path);
    attempt(`make the folder ${path}`, () => {
      Deno.mkdirSync(path, { recursive: true, mode: OWN_FOLDER_MODE });
    });
    this.#user = attempt(`write into the folder ${path}`, () => ownerOfNewFile(path));
    attempt(`look at the folder ${path}`, () => this.#assertAlone());
  }

  /**
   * Refuses what is not this user's own, plain and of its kind; what is not there may be made.
   *
   * @throws {UsageProblem}
   */
  assertOwn(name: string, kind: EntryKind): void {
    const path = `${this.path}/${name}`;
    const found = attempt(`look at ${path}`, () => lstatIfThere(path));
    if (found === null) return;
    const isPlain = kind === "file" ? found.isFile : found.isDirectory;
    if (!isPlain) throw this.#refusal(`its ${name} is no plain ${kind}`);
    if (found.uid !== this.#user) throw this.#refusal(`its ${name} is another user's`);
  }

  /**
   * The text of a file; null where there is none.
   *
   * @throws {Problem} where it cannot be read
   */
  read(name: string): string | null {
    const path = `${this.path}/${name}`;
    return attempt(`read ${path}`, () => {
      return lstatIfThere(path) === null ? null : Deno.readTextFileSync(path);
    });
  }

  /**
   * Whether there is anything of this name.
   *
   * @throws {Problem} where that cannot be told
   */
  has(name: string): boolean {
    const path = `${this.path}/${name}`;
    return attempt(`look at ${path}`, () => lstatIfThere(path) !== null);
  }

  #assertAlone(): void {
    const way = Deno.lstatSync(this.path);
    if (way.isSymlink && way.uid !== this.#user && way.uid !== ROOT) {
      throw this.#refusal("it is a link that is another user's");
    }
    const { uid, mode } = Deno.statSync(this.path);
    if (uid !== this.#user) throw this.#refusal("the folder is another user's");
    if (((mode ?? 0) & WRITABLE_BY_OTHERS) === 0) return;
    throw new UsageProblem({
      action: `put a fleet into ${this.path}`,
      condition: "others may write to the folder, and so decide what is run",
      seen: `mode ${((mode ?? 0) & 0o7777).toString(8)}`,
      cure: `Run chmod go-w on it, or name another folder with --out.`,
    });
  }

  #refusal(condition: string): UsageProblem {
    return new UsageProblem({ action: `put a fleet into ${this.path}`, condition, cure: ANOTHER });
  }
}

/**
 * Does something with files, and tells what is refused as a user's problem.
 *
 * @throws {Problem}
 */
export function attempt<T>(action: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Problem) throw error;
    // Deno has places of its own that it keeps from every program, whatever it was allowed.
    if (error instanceof Deno.errors.NotCapable) {
      throw new Problem({ action, condition: "no program of Deno may do that there", cure: OWN });
    }
    const seen = error instanceof Error ? error.message : String(error);
    throw new Problem({ action, condition: "the file system refused it", seen, cure: OWN });
  }
}

/** Whose a file is that is made in a folder. */
function ownerOfNewFile(folder: string): number | null {
  const path = `${folder}/.own-${crypto.randomUUID()}`;
  // It follows no link, and opens nothing that is there.
  using file = Deno.openSync(path, { createNew: true, write: true });
  Deno.removeSync(path);
  return file.statSync().uid;
}

function lstatIfThere(path: string): Deno.FileInfo | null {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
