/**
 * One run of the main job: opens the host, measures, and writes what came of it.
 *
 * @module
 */
import { Problem } from "../problem.ts";
import { ProgressLines } from "../reports/progress.ts";
import { ResultFolder } from "../reports/result_folder.ts";
import { terminalSummary } from "../reports/terminal.ts";
import { writeReports } from "../reports/write.ts";
import { bench, type BenchOptions, type BenchPorts } from "../suites/bench.ts";
import { EXIT, exitStatus } from "../suites/exit_status.ts";
import type { Agreement } from "../suites/expectations.ts";
import type { Result } from "../suites/result.ts";
import type { BenchRequest } from "./bench.ts";
import { type Collection, type OpenedHost, openHost } from "./bench_host.ts";
import { agreementWith, tellExpired } from "./expectations.ts";
import { projectPath, VERSION } from "./project.ts";

const LARGEST_SEED = 2 ** 31;

/** A run that came to its end. */
export interface EndedRun {
  readonly result: Result;
  readonly folder: string;
  /** Whether the host is as it was before. */
  readonly restored: boolean;
  /** False where cellproof itself failed. */
  readonly sound: boolean;
  readonly interrupted: boolean;
  /** Why the machine is taken to have hung in the middle of it; null where it did not. */
  readonly lost: string | null;
  /** What became of the expectations; null where there are none. */
  readonly agreement: Agreement | null;
}

/**
 * Runs the main job once, writes its reports and prints its summary. Null where it was cut short and the
 * host could not be put back: then that is told.
 */
export async function runBench(request: BenchRequest): Promise<EndedRun | null> {
  const progress = new ProgressLines();
  const fresh = request.dryRun !== null;
  const given = request.out === null ? null : await ResultFolder.open(request.out, { fresh });
  given?.assertUnfinished({ isNight: request.history !== null });
  const say = (text: string) => progress.say(text);
  const opened = await openHost(request, { seed: seedOf(request, given), say });
  try {
    const out = given ?? await ResultFolder.open(defaultFolder(opened), { fresh });
    out.assertCollectedBy(wayOf(opened.collection));
    const ports = portsOf({ opened, out, progress });
    const { result, hostRestored, sound } = await bench(optionsOf(request, opened), ports);
    out.save(result);
    const agreement = agreementWith(request.expectations, result);
    const [page = null] = await writeReports(out.path, result, agreement);
    progress.end();
    tellExpired(agreement);
    console.log(request.json ? JSON.stringify(result) : terminalSummary(result, page, agreement));
    const restored = await opened.close() && hostRestored;
    const [interrupted, lost] = [opened.interrupted(), opened.lost()];
    return { result, folder: out.path, restored, sound, interrupted, lost, agreement };
  } catch (error) {
    // A host that is not as it was matters more than why.
    if (await opened.close()) throw error;
    console.error(error instanceof Problem ? error.message : error);
    return null;
  } finally {
    progress.end();
    await opened.close();
  }
}

/** The exit status of a run that came to its end: a host that is not as it was comes first. */
export function statusOf(
  { result, restored, sound, interrupted, agreement }:
    & Pick<
      EndedRun,
      "restored" | "sound" | "interrupted" | "agreement"
    >
    & { readonly result: Pick<Result, "claims"> },
): number {
  if (!restored) return EXIT.hostNotRestored;
  if (interrupted) return EXIT.interrupted;
  return sound ? exitStatus(result.claims, { hostRestored: true, agreement }) : EXIT.harnessFailed;
}

/** A resumed run may get more blocks, and nothing else that is different. */
function wayOf({ mostBlocks: _, ...way }: Collection): Readonly<Record<string, unknown>> {
  return { version: VERSION, ...way };
}

/** A resumed run goes on in the order that it began with. */
function seedOf(request: BenchRequest, folder: ResultFolder | null): number {
  const earlier = folder?.earlier?.run.seed;
  return earlier ?? request.seed ?? Math.floor(Math.random() * LARGEST_SEED);
}

function defaultFolder({ host, name }: OpenedHost): string {
  const time = host.now().toISOString().replace(/\.\d+Z$/, "Z").replaceAll(":", "");
  const safe = name.replace(/[^A-Za-z0-9_.-]/g, "_");
  return projectPath(`results/${time}-${safe}`);
}

/** A dry run collects as the recorded run did, and judges as the user asks, else what it was for. */
function optionsOf(request: BenchRequest, { collection }: OpenedHost): BenchOptions {
  const { thresholds, budgetSeconds, baseline } = request;
  const isWhole = request.dryRun !== null && request.selection.length === 0;
  const selection = isWhole ? collection.collectedSelection : request.selection;
  return {
    version: VERSION,
    selection,
    thresholds,
    budgetSeconds: request.dryRun === null ? budgetSeconds : null,
    ...collection,
    baseline: baseline ?? collection.baseline,
  };
}

function portsOf(
  { opened, out, progress }: {
    opened: OpenedHost;
    out: ResultFolder;
    progress: ProgressLines;
  },
): BenchPorts {
  const { host, dryRun, journal } = opened;
  const hasNothingToLose = dryRun !== null;
  const earlier = out.earlier?.run;
  return {
    host,
    dryRun,
    journal,
    resumed: earlier === undefined
      ? null
      : { startedAt: new Date(earlier.startedAt), durationSeconds: earlier.durationSeconds },
    earlierSamples: (experiment) => out.samples(experiment),
    keepSample: (experiment, sample) => {
      if (!hasNothingToLose) out.keep(experiment, sample);
    },
    earlierProbe: (name) => out.probe(name),
    keepReading: (probe, name, reading) => {
      if (!hasNothingToLose) out.keepReading(probe, name, reading);
    },
    soFar: (makeResult) => {
      if (hasNothingToLose) return;
      const result = makeResult();
      out.assertResumable(result);
      out.save(result);
    },
    say: (text) => progress.say(text),
    defect: (where, error) => {
      progress.end();
      console.error(`cellproof failed (${where}); please report this:`, error);
    },
    progress: (step, remaining) => progress.step(step, remaining),
    interrupted: opened.interrupted,
  };
}
