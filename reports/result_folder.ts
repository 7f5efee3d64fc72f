/**
 * The folder of one run: `result.json`, and every sample in `evidence/` as soon as it exists, so that
 * a killed run leaves all that it measured and can be resumed.
 *
 * @module
 */
import { Problem, UsageProblem } from "../problem.ts";
import type { DryRun, HostDescription, Result, Sample } from "../suites/result.ts";
import { parseResult, RESULT_FILE, writeResult } from "./json.ts";

export class ResultFolder {
  readonly path: string;
  /** The result that an earlier run left here; null in a new folder. */
  readonly earlier: Result | null;

  private constructor(path: string, earlier: Result | null) {
    this.path = path;
    this.earlier = earlier;
  }

  /**
   * Makes the folder, or opens the one of an earlier run: to resume it, or (`fresh`, for dry runs,
   * which have nothing to lose) to replace it.
   *
   * @throws {Problem} if it cannot be written, or holds a result that cannot be read or replaced
   */
  static async open(path: string, { fresh }: { readonly fresh: boolean }): Promise<ResultFolder> {
    assertWritable(path);
    const text = readIfThere(`${path}/${RESULT_FILE}`);
    const earlier = text === null ? null : await parseResult(text, path);
    if (!fresh) return new ResultFolder(path, earlier);
    if (earlier !== null && earlier.run.dryRun === null) {
      throw new UsageProblem({
        action: `put a dry run into ${path}`,
        condition: "it holds the result of a live run",
        cure: "Name another folder with --out.",
      });
    }
    Deno.removeSync(`${path}/evidence`, { recursive: true });
    assertWritable(path);
    return new ResultFolder(path, null);
  }

  /** Refuses to mix another host's or another kind of run into this folder. */
  assertResumable(now: { readonly host: HostDescription; readonly dryRun: DryRun | null }): void {
    if (this.earlier === null) return;
    const { host, run } = this.earlier;
    const sameHost = host.hostname === now.host.hostname && host.kernel === now.host.kernel &&
      host.cpuModel === now.host.cpuModel;
    const sameKind = run.dryRun?.fixture === now.dryRun?.fixture;
    if (sameHost && sameKind) return;
    throw new UsageProblem({
      action: `resume the run in ${this.path}`,
      condition: sameHost ? "it was another kind of run" : "it is of another host or kernel",
      seen: `${host.hostname}, ${host.kernel}${run.dryRun === null ? "" : ", a dry run"}`,
      cure: "Name another folder with --out.",
    });
  }

  /** The samples of an experiment that are kept here; a last line that was cut off is left out. */
  samples(experiment: string): Sample[] {
    const path = this.#evidencePath(experiment);
    const lines = (readIfThere(path) ?? "").split("\n").slice(0, -1);
    return lines.map((line, index) => parseSample(line, `${path}:${index + 1}`));
  }

  /** Keeps a sample. */
  keep(experiment: string, sample: Sample): void {
    const path = this.#evidencePath(experiment);
    try {
      Deno.writeTextFileSync(path, `${JSON.stringify(sample)}\n`, { append: true });
    } catch (error) {
      throw notWritable(path, error);
    }
  }

  /** Writes `result.json`. */
  save(result: Result): void {
    writeResult(this.path, result);
  }

  #evidencePath(experiment: string): string {
    return `${this.path}/evidence/${experiment}.jsonl`;
  }
}

function assertWritable(path: string): void {
  try {
    Deno.mkdirSync(`${path}/evidence`, { recursive: true });
    const probe = `${path}/.writable`;
    Deno.writeTextFileSync(probe, "");
    Deno.removeSync(probe);
  } catch (error) {
    throw notWritable(path, error);
  }
}

function parseSample(line: string, place: string): Sample {
  try {
    return JSON.parse(line) as Sample;
  } catch {
    throw new Problem({
      action: `resume from ${place}`,
      condition: "it is not JSON",
      seen: line,
      cure: "Name another folder with --out.",
    });
  }
}

function readIfThere(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function notWritable(path: string, error: unknown): Problem {
  return new Problem({
    action: `write to ${path}`,
    condition: error instanceof Error ? error.message : "the write failed",
    cure: "Name a folder with room that you may write to with --out.",
  });
}
