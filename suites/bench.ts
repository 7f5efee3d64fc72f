/**
 * The main job: describe the host, run the experiments that the selected claims need, and judge them.
 *
 * @module
 */
import type { Host } from "../runners/host.ts";
import type { ChangeLog } from "../runners/settings/change.ts";
import { MissingTool, Problem } from "../problem.ts";
import { probeTools } from "../runners/setup/tools.ts";
import type { ArmNeeds } from "./arms.ts";
import { type ExperimentName, EXPERIMENTS, type ProbeName, PROBES } from "./checks.ts";
import { findContradictions } from "./contradictions.ts";
import { coverageOf } from "./coverage.ts";
import { INTERRUPTED_NOTE } from "./cut_short.ts";
import { evidenceOf } from "./evidence.ts";
import { BUDGET_SHARES, PREPARE } from "./experiments.ts";
import { findingsOf } from "./gpu/findings.ts";
import { describeHost } from "./host_description.ts";
import { judgeClaims } from "./judge.ts";
import { needsOf, probesOf, selectIds } from "./needs.ts";
import { collectPaired, type PairedContext, type PairedPlan, type PairedStep } from "./paired.ts";
import type { PassthroughRequest } from "./passthrough/allowance.ts";
import { Places } from "./places.ts";
import { COLLECTORS } from "./probes.ts";
import {
  type Absence,
  type Baseline,
  type DryRun,
  type Experiment,
  type HostDescription,
  type Probe,
  type Result,
  type Sample,
  SCHEMA_VERSION,
  type Thresholds,
} from "./result.ts";
import { describeSubject } from "./storage/storage_subject.ts";

/** What the user asked for. */
export interface BenchOptions {
  /** Version of cellproof. */
  readonly version: string;
  /** Ids or prefixes of the claims that are judged; empty for all. */
  readonly selection: readonly string[];
  /** Those that evidence is collected for: a dry run collects for what was recorded. */
  readonly collectedSelection: readonly string[];
  readonly seed: number;
  /** Thresholds that verdicts are judged by. */
  readonly thresholds: Thresholds;
  /** Thresholds that decide when a comparison may stop; a dry run takes those of the recording. */
  readonly stoppingThresholds: Thresholds;
  readonly budgetSeconds: number | null;
  readonly mostBlocks: number;
  readonly target: string;
  readonly destructive: string | null;
  readonly image: string | null;
  readonly passthrough: PassthroughRequest;
  /** A folder with CUDA programs; null for the usual places. */
  readonly cudaSamples: string | null;
  /** Whether MIG instances may be made for the run. */
  readonly mig: boolean;
  /** The run on bare metal to compare with; null for none. */
  readonly baseline: Baseline | null;
  readonly cacheFolder: string;
}

/** Where the run's pieces come from and go to. */
export interface BenchPorts {
  readonly host: Host;
  readonly dryRun: DryRun | null;
  /** Where changes of the host are noted before they are made. */
  readonly journal: ChangeLog;
  /** The run that this one resumes, whose evidence it takes over; null for a new one. */
  readonly resumed: {
    readonly startedAt: Date;
    /** What it took in all its parts until now. */
    readonly durationSeconds: number;
  } | null;
  /** Samples that an interrupted run of the same options left. */
  earlierSamples(experiment: string): readonly Sample[];
  keepSample(experiment: string, sample: Sample): void;
  /** What an interrupted run of the same options observed; null for nothing. */
  earlierProbe(name: ProbeName): Probe | null;
  /** Keeps a raw reading of a probe: text, or plain JSON. */
  keepReading(probe: ProbeName, name: string, reading: unknown): void;
  /** Takes the result so far, should it want it; a result is judged anew each time it is made. */
  soFar(makeResult: () => Result): void;
  say(text: string): void;
  /** Tells of an error that is cellproof's own. */
  defect(where: string, error: unknown): void;
  progress(step: PairedStep, remainingSeconds: number | null): void;
  /** True once the user interrupted the run. */
  interrupted(): boolean;
}

/** Time kept back for ending tools, judging and reports, as a share of the budget. */
const RESERVED_SHARE = 0.05;

/** What a run gave. */
export interface BenchOutcome {
  readonly result: Result;
  /** False when something that an experiment started could not be ended. */
  readonly hostRestored: boolean;
  /** False when cellproof itself failed in a check: a defect, told by a note and a stack trace. */
  readonly sound: boolean;
}

/** Runs the main job; the result is complete, whatever happened to the checks. */
export async function bench(options: BenchOptions, ports: BenchPorts): Promise<BenchOutcome> {
  const run = new BenchRun(options, ports);
  await run.describe();
  try {
    for (const name of PROBES) await run.runProbe(name);
    for (const name of EXPERIMENTS) await run.runExperiment(name);
  } finally {
    await run.close();
  }
  return run.finish();
}

class BenchRun {
  readonly #options: BenchOptions;
  readonly #ports: BenchPorts;
  readonly #ids: readonly string[];
  readonly #startedAt: Date;
  readonly #startSeconds: number;
  readonly #probed = new Map<ProbeName, Probe>();
  readonly #experiments = new Map<string, Experiment>();
  readonly #absent: Record<string, Absence> = {};
  readonly #notRestored: string[] = [];
  readonly #defects: string[] = [];
  #described: { readonly host: HostDescription; readonly places: Places } | null = null;
  #probes: readonly ProbeName[] = [];
  #needs = new Map<ExperimentName, ArmNeeds>();

  constructor(options: BenchOptions, ports: BenchPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#ids = selectIds(options.selection);
    this.#startedAt = ports.resumed?.startedAt ?? ports.host.now();
    this.#startSeconds = ports.host.monotonicSeconds();
  }

  async describe(): Promise<void> {
    const { host, journal, say } = this.#ports;
    say("describing the host");
    const tools = await probeTools(host, this.#options.cacheFolder);
    const versions = Object.fromEntries(tools.map(({ name, version }) => [name, version]));
    const description = await describeHost(host, versions);
    const options = { ...description, ...this.#options, journal };
    const places = new Places({ ...options, host, tools, say });
    this.#described = { host: description, places };
    const collected = selectIds(this.#options.collectedSelection);
    this.#probes = probesOf(collected, description);
    this.#needs = needsOf(collected, description);
    // A wrong --target, --destructive or --passthrough is told before anything is measured.
    if (this.#needs.has("storage")) await describeSubject(host, this.#options);
    await places.passthrough();
    this.#soFar();
  }

  async runProbe(name: ProbeName): Promise<void> {
    if (!this.#probes.includes(name)) return;
    await this.#guarded(name, async () => {
      const earlier = this.#ports.earlierProbe(name);
      const isWhole = earlier?.observations.every(({ absence }) => absence === null) ?? false;
      this.#probed.set(name, earlier !== null && isWhole ? earlier : await this.#collect(name));
    });
  }

  async runExperiment(name: ExperimentName): Promise<void> {
    const needs = this.#needs.get(name);
    if (needs === undefined) return;
    await this.#guarded(name, async () => {
      const { mostBlocks, destructive } = this.#options;
      const plan = await PREPARE[name](this.#places, { needs, mostBlocks, destructive });
      const earlier = this.#ports.earlierSamples(name);
      try {
        this.#experiments.set(name, await collectPaired(plan, this.#context(plan, name), earlier));
      } finally {
        await this.#cleanUp(async () => await plan.atEnd?.());
      }
    });
  }

  /** Ends everything that the checks opened. */
  async close(): Promise<void> {
    await this.#places.close((cleanup) => this.#cleanUp(cleanup));
  }

  finish(): BenchOutcome {
    const result = this.#result(this.#ports.host.now());
    return {
      result,
      hostRestored: this.#notRestored.length === 0,
      sound: this.#defects.length === 0,
    };
  }

  get #places(): Places {
    if (this.#described === null) throw new TypeError("bench: the host was not described");
    return this.#described.places;
  }

  /** Runs a check: what keeps it from being made becomes its absence, and the run goes on. */
  async #guarded(name: string, check: () => Promise<void>): Promise<void> {
    try {
      if (this.#isOver()) throw new Problem({ action: name, condition: this.#overBecause() });
      await check();
    } catch (error) {
      this.#absent[name] = this.#absence(this.#problemOf(name, error));
    }
    this.#soFar();
  }

  /** A defect in one check must not lose what the others measure: it is told, and the run goes on. */
  #problemOf(action: string, error: unknown): Problem {
    if (error instanceof Problem) return error;
    // Commands that were cut short may have printed anything.
    if (!this.#isOver()) {
      this.#defects.push(action);
      this.#ports.defect(action, error);
    }
    const condition = "cellproof itself failed; please report this";
    return new Problem({ action, condition, seen: String(error) });
  }

  async #collect(name: ProbeName): Promise<Probe> {
    const { host, say, keepReading } = this.#ports;
    say(`${name}: observing`);
    const startedAt = host.now().toISOString();
    const start = host.monotonicSeconds();
    const { observations, readings } = await COLLECTORS[name](this.#places);
    // What was cut short must not be taken for what was seen.
    if (this.#isOver()) throw new Problem({ action: name, condition: this.#overBecause() });
    for (const [file, reading] of Object.entries(readings)) keepReading(name, file, reading);
    return { name, startedAt, durationSeconds: host.monotonicSeconds() - start, observations };
  }

  async #cleanUp(cleanup: () => Promise<void>): Promise<void> {
    try {
      await cleanup();
    } catch (error) {
      this.#notRestored.push(this.#problemOf("put the host back", error).message);
    }
  }

  #context(plan: PairedPlan, name: ExperimentName): PairedContext {
    const { host, progress, keepSample } = this.#ports;
    const end = this.#endOf(name);
    const remainingSeconds = () => end === null ? null : end - host.monotonicSeconds();
    return {
      seed: this.#options.seed,
      thresholds: this.#options.stoppingThresholds,
      remainingSeconds,
      overBecause: () => this.#overBecause(),
      load: async () => parseLoad(await host.readText("/proc/loadavg")),
      keep: (sample) => keepSample(plan.name, sample),
      progress: (step) => progress(step, this.#remainingSeconds()),
      blockDone: (experiment) => {
        this.#experiments.set(name, experiment);
        this.#soFar();
      },
    };
  }

  /** The clock's reading at which an experiment that starts now must end; null without a budget. */
  #endOf(name: ExperimentName): number | null {
    const remaining = this.#remainingSeconds();
    if (remaining === null) return null;
    const isLast = EXPERIMENTS.filter((other) => this.#needs.has(other)).at(-1) === name;
    return this.#ports.host.monotonicSeconds() + remaining * (isLast ? 1 : BUDGET_SHARES[name]);
  }

  #remainingSeconds(): number | null {
    const { budgetSeconds } = this.#options;
    if (budgetSeconds === null) return null;
    const elapsed = this.#ports.host.monotonicSeconds() - this.#startSeconds;
    return budgetSeconds * (1 - RESERVED_SHARE) - elapsed;
  }

  #isOver(): boolean {
    const remaining = this.#remainingSeconds();
    return this.#ports.interrupted() || (remaining !== null && remaining <= 0);
  }

  #overBecause(): string {
    return this.#ports.interrupted() ? "interrupted" : "budget";
  }

  #absence(problem: Problem): Absence {
    if (this.#isOver()) {
      const because = this.#ports.interrupted()
        ? "the run was interrupted before this was measured"
        : "the run's budget ended before this was measured";
      return { verdict: "inconclusive", because, lacks: null };
    }
    const because = problem.message;
    return problem instanceof MissingTool
      ? { verdict: "untested", because, lacks: problem.lacks }
      : { verdict: "error", because, lacks: null };
  }

  #soFar(): void {
    this.#ports.soFar(() => this.#result(null));
  }

  #result(endedAt: Date | null): Result {
    if (this.#described === null) throw new TypeError("bench: the host was not described");
    const { host } = this.#described;
    const { thresholds, version, seed, selection, budgetSeconds, baseline } = this.#options;
    const thisPartSeconds = this.#ports.host.monotonicSeconds() - this.#startSeconds;
    const probes = [...this.#probed.values()];
    const experiments = [...this.#experiments.values()];
    const evidence = { host, probes, experiments, absent: this.#absent, baseline };
    const claims = judgeClaims(this.#ids, evidenceOf(evidence, thresholds));
    return {
      schema: SCHEMA_VERSION,
      host,
      run: {
        version,
        startedAt: this.#startedAt.toISOString(),
        endedAt: endedAt?.toISOString() ?? null,
        durationSeconds: (this.#ports.resumed?.durationSeconds ?? 0) + thisPartSeconds,
        seed,
        selection,
        budgetSeconds,
        thresholds,
        dryRun: this.#ports.dryRun,
        notes: this.#notes(host),
      },
      baseline,
      probes,
      experiments,
      absent: this.#absent,
      claims,
      contradictions: findContradictions(claims),
      coverage: coverageOf(claims),
    };
  }

  /** One sentence for each reason that keeps arms from standing for their paradigm. */
  #armNotes(): string[] {
    const arms = [...this.#experiments.values()].flatMap((experiment) => experiment.arms);
    const reasons = new Map<string, string[]>();
    for (const { name, missing, broken, degraded } of arms) {
      const reason = missing ?? broken ?? degraded;
      if (reason !== null) reasons.set(reason, [...reasons.get(reason) ?? [], name]);
    }
    return [...reasons].map(([reason, names]) => `${[...new Set(names)].join(", ")}: ${reason}`);
  }

  /** Absences that are inconclusive are those of a run that was over. */
  #budgetNotes(): string[] {
    if (this.#options.budgetSeconds === null || this.#ports.interrupted()) return [];
    const absent = Object.entries(this.#absent);
    const ended = [
      ...absent.filter(([, { verdict }]) => verdict === "inconclusive").map(([name]) => name),
      ...[...this.#experiments.values()].filter(({ stopped }) => stopped === "budget")
        .map(({ name }) => name),
    ];
    if (ended.length === 0) return [];
    return [
      `The budget ended before all was decided: ${ended.join(", ")}. A longer one allows more.`,
    ];
  }

  #notes({ bareMetal, environment }: HostDescription): string[] {
    return [
      ...(bareMetal ? [] : [`What is called native here runs ${environment}.`]),
      ...this.#budgetNotes(),
      ...this.#armNotes(),
      ...findingsOf([...this.#experiments.values()]),
      ...this.#notRestored,
      ...this.#defects.map((what) => `cellproof itself failed (${what}); please report this.`),
      ...(this.#ports.interrupted() ? [INTERRUPTED_NOTE] : []),
    ];
  }
}

function parseLoad(loadavg: string | null): number | null {
  const first = Number(loadavg?.split(" ")[0] ?? NaN);
  return Number.isFinite(first) ? first : null;
}
