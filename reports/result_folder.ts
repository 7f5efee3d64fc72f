/**
 * The folder of one run: `result.json`, and every sample in `evidence/` as soon as it exists, so that
 * a killed run leaves all that it measured and can be resumed.
 *
 * @module
 */
import { shorten, UsageProblem } from "../problem.ts";
import { checksCutShort, endOf } from "../suites/cut_short.ts";
import type { HostDescription, Probe, Result, Sample } from "../suites/result.ts";
import {
  makeFolder,
  parseResult,
  refuseFile,
  RESULT_FILE,
  writeFile,
  writeResult,
} from "./json.ts";
import { notResumable, parseSample } from "./kept_sample.ts";
import {
  assertWritable,
  chartFiles,
  COLLECTION_FILE,
  evidenceFiles,
  fileName,
  notWritable,
  readIfThere,
  refuseFleet,
  refuseForeignEvidence,
} from "./run_files.ts";

/** How much of an option's value is told; a baseline is most of a result. */
const LONGEST_VALUE = 60;

export class ResultFolder {
  readonly path: string;
  /** The result that an earlier run left here; null in a new folder. */
  readonly earlier: Result | null;
  /** What is to be remembered with the first result; null where it is known already. */
  #way: string | null = null;
  #isMade = false;

  private constructor(path: string, earlier: Result | null) {
    this.path = path;
    this.earlier = earlier;
  }

  /**
   * Opens the folder of an earlier run: to resume it, or (`fresh`, for dry runs, which have nothing to
   * lose) to replace it. One that is not there is made when the first thing is kept, so that a run that
   * is refused leaves none.
   *
   * @throws {Problem} if it cannot be written, or holds a result that cannot be read or replaced
   */
  static async open(path: string, { fresh }: { readonly fresh: boolean }): Promise<ResultFolder> {
    refuseFile(path);
    refuseFleet(path);
    assertWritable(path);
    const text = readIfThere(`${path}/${RESULT_FILE}`);
    if (text === null) refuseForeignEvidence(path);
    if (!fresh) return new ResultFolder(path, text === null ? null : await parseResult(text, path));
    if (text !== null && !isDryRun(text)) {
      throw new UsageProblem({
        action: `put a dry run into ${path}`,
        condition: "it holds the result of a live run",
        cure: "Name another folder with --out.",
      });
    }
    for (const name of evidenceFiles(path)) Deno.removeSync(`${path}/evidence/${name}`);
    // Another fixture has other experiments, whose charts would pass for this one's.
    for (const name of chartFiles(path)) Deno.removeSync(`${path}/charts/${name}`);
    return new ResultFolder(path, null);
  }

  /**
   * Refuses a run that came to its end: what it measured would pass for what is measured now. One that
   * was cut short may go on, unless it counts as a night (`isNight`), for that night is over.
   *
   * @throws {UsageProblem}
   */
  assertUnfinished({ isNight }: { readonly isNight: boolean }): void {
    const ended = this.earlier?.run.endedAt ?? null;
    if (this.earlier === null || ended === null || (!isNight && wasCut(this.earlier))) return;
    throw this.#notResumed("it came to its end, so there is nothing to resume", ended);
  }

  /** Refuses to mix another host's, another boot's or another kind of run into this folder. */
  assertResumable({ host, run }: Pick<Result, "host" | "run">): void {
    if (this.earlier === null) return;
    const { host: thatHost, run: thatRun } = this.earlier;
    const differs = (now: unknown, then: unknown) => JSON.stringify(now) !== JSON.stringify(then);
    const differences = {
      "it is of another host or kernel": differs(machineOf(host), machineOf(thatHost)),
      "the host was booted since": host.bootId !== thatHost.bootId,
      "the host's tools have changed since": differs(host.tools, thatHost.tools),
      "it was another kind of run": run.dryRun?.fixture !== thatRun.dryRun?.fixture,
      "it was of other claims": differs(run.selection, thatRun.selection),
    };
    const [condition] = Object.entries(differences).find(([, differ]) => differ) ?? [];
    if (condition === undefined) return;
    throw this.#notResumed(
      condition,
      `${thatHost.hostname}, ${thatHost.kernel}${thatRun.dryRun === null ? "" : ", a dry run"}`,
    );
  }

  /**
   * Refuses to mix what is measured in another way into this folder; the first result that is saved
   * remembers the way. So a run that is refused before it measures leaves nothing to resume.
   */
  assertCollectedBy(way: Readonly<Record<string, unknown>>): void {
    const path = `${this.path}/evidence/${COLLECTION_FILE}`;
    const text = JSON.stringify(way);
    const earlier = readIfThere(path);
    if (earlier === text) return;
    if (earlier === null && evidenceFiles(this.path).length === 0) {
      this.#way = text;
      return;
    }
    const [thatWay, thisWay] = [parsedWay(earlier), JSON.parse(text)];
    const differ = [...new Set([...Object.keys(thatWay), ...Object.keys(thisWay)])]
      .filter((key) => JSON.stringify(thatWay[key]) !== JSON.stringify(thisWay[key]))
      .map((key) => `${key} ${valueInWords(thatWay[key])} then, ${valueInWords(thisWay[key])} now`);
    throw this.#notResumed("it was measured with other options", differ.join("; "));
  }

  #notResumed(condition: string, seen: string): UsageProblem {
    const cure = "Name another folder with --out.";
    return new UsageProblem({ action: `resume the run in ${this.path}`, condition, seen, cure });
  }

  /** The samples of an experiment that are kept here; a last line that was cut off is left out. */
  samples(experiment: string): Sample[] {
    const path = this.#evidencePath(experiment);
    const text = readIfThere(path) ?? "";
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    // What is kept next must not become the rest of a line that was cut off.
    if (whole !== text) writeFile(path, whole);
    const lines = whole.split("\n").slice(0, -1);
    const seen = new Set<string>();
    return lines.map((line, index) => {
      const place = `${path}:${index + 1}`;
      const sample = parseSample(line, place);
      const key = JSON.stringify([sample.workload, sample.arm, sample.block]);
      if (seen.has(key)) throw notResumable(place, "it is there twice", line);
      seen.add(key);
      return sample;
    });
  }

  /** Keeps a sample. */
  keep(experiment: string, sample: Sample): void {
    const path = this.#evidencePath(experiment);
    this.#make();
    try {
      Deno.writeTextFileSync(path, `${JSON.stringify(sample)}\n`, { append: true });
    } catch (error) {
      throw notWritable(path, error);
    }
  }

  /** What a probe observed in the run that is resumed; null where it has to observe still. */
  probe(name: string): Probe | null {
    return this.earlier?.probes.find((probe) => probe.name === name) ?? null;
  }

  /** Keeps a raw reading as `evidence/PROBE/NAME`: text as it is, anything else as JSON. */
  keepReading(probe: string, name: string, reading: unknown): void {
    const folder = `${this.path}/evidence/${fileName(probe)}`;
    try {
      Deno.mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw notWritable(folder, error);
    }
    if (Deno.lstatSync(folder).isSymlink) throw notWritable(folder, "it leads elsewhere");
    writeFile(`${folder}/${fileName(name)}`, readingText(reading));
  }

  /** Writes `result.json`. */
  save(result: Result): void {
    this.#make();
    if (this.#way !== null) writeFile(`${this.path}/evidence/${COLLECTION_FILE}`, this.#way);
    this.#way = null;
    writeResult(this.path, result);
  }

  #make(): void {
    if (this.#isMade) return;
    makeFolder(`${this.path}/evidence`);
    this.#isMade = true;
  }

  #evidencePath(experiment: string): string {
    return `${this.path}/evidence/${experiment}.jsonl`;
  }
}

/** Whether Ctrl-C or the budget left something out. */
function wasCut(result: Result): boolean {
  return endOf(result.run) !== "whole" || checksCutShort(result).size > 0;
}

function readingText(reading: unknown): string {
  return typeof reading === "string" ? reading : `${JSON.stringify(reading ?? null, null, 1)}\n`;
}

/** How earlier evidence was collected; nothing is known where that is not told. */
function parsedWay(text: string | null): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text ?? "null"));
  } catch {
    return {};
  }
}

function valueInWords(value: unknown): string {
  return value === undefined ? "unknown" : shorten(JSON.stringify(value), LONGEST_VALUE);
}

/** What a boot does not change. */
function machineOf({ hostname, kernel, cpuModel }: HostDescription): string[] {
  return [hostname, kernel, cpuModel];
}

/** Enough to tell whether a result may be replaced; reading it in full would take longer. */
function isDryRun(text: string): boolean {
  try {
    const { run } = Object(JSON.parse(text)) as { run?: { dryRun?: unknown } };
    return typeof run?.dryRun === "object" && run.dryRun !== null;
  } catch {
    return false;
  }
}
