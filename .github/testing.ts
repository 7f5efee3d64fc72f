/**
 * Runs this folder's scripts in tests, with stand-ins for what cannot be reached or would take long.
 *
 * @module
 */

/** What came of a script. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder for one test: `bin` in it is first on PATH. */
export class Stage {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    Deno.mkdirSync(`${folder}/bin`);
  }

  /** An absolute path in the folder. */
  path(name: string): string {
    return `${this.#folder}/${name}`;
  }

  /** Puts a program in the place of the real one. */
  standIn(name: string, script: string): void {
    Deno.writeTextFileSync(this.path(`bin/${name}`), script, { mode: 0o755 });
  }

  /** The text of a file in the folder; empty where it is not there. */
  read(name: string): string {
    try {
      return Deno.readTextFileSync(this.path(name));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }

  /** Runs one of this folder's scripts to its end. */
  async run(
    script: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Outcome> {
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: [new URL(script, import.meta.url).pathname, ...args],
      env: { ...env, PATH: `${this.path("bin")}:${Deno.env.get("PATH")}`, STAGE: this.#folder },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }
}

/** Runs a test on a stage of its own. */
export async function withStage(test: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(new Stage(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
