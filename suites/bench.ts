/**
 * The main job: describe the host, run the experiments that the selected claims need, and judge them.
 *
 * @module
 */
import type { Host } from "../runners/host.ts";
import { MissingTool, Problem } from "../problem.ts";
import { probeTools, type ToolReport } from "../runners/tools.ts";
import type { ArmNeeds, Cleanup } from "./arms.ts";
import { findContradictions } from "./contradictions.ts";
import { describeHost } from "./host_description.ts";
import { judgeClaims } from "./judge.ts";
import { type ExperimentName, EXPERIMENTS, needsOf, selectIds } from "./needs.ts";
import { collectPaired, type PairedPlan, type PairedStep } from "./paired.ts";
import {
  type Absence,
  type DryRun,
  type Experiment,
  type HostDescription,
  type Result,
  type Sample,
  SCHEMA_VERSION,
  type Thresholds,
} from "./result.ts";
import { prepareSandboxStorage } from "./sandbox_storage.ts";
import { prepareStorage } from "./storage.ts";
import { describeSubject } from "./storage_subject.ts";

/** What the user asked for. */
export interface BenchOptions {
  /** Version of cellproof. */
  readonly version: string;
  /** Ids or prefixes; empty for all. */
  readonly selection: readonly string[];
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
  readonly cacheFolder: string;
}

/** Where the run's pieces come from and go to. */
export interface BenchPorts {
  readonly host: Host;
  readonly dryRun: DryRun | null;
  /** Samples that an interrupted run of the same options left. */
  earlierSamples(experiment: string): readonly Sample[];
  keepSample(experiment: string, sample: Sample): void;
  /** Takes the result so far, should it want it; a result is judged anew each time it is made. */
  soFar(makeResult: () => Result): void;
  say(text: string): void;
  progress(step: PairedStep, remainingSeconds: number | null): void;
  /** True once the user interrupted the run. */
  interrupted(): boolean;
}

/** What each experiment may take of the time that is left when it starts. */
const BUDGET_SHARES: Readonly<Record<ExperimentName, number>> = {
  "sandbox-storage": 0.25,
  "storage": 1,
};

/** Time kept back for ending tools, judging and reports, as a share of the budget. */
const RESERVED_SHARE = 0.05;

/** What a run gave. */
export interface BenchOutcome {
  readonly result: Result;
  /** False when something that an experiment started could not be ended. */
  readonly hostRestored: boolean;
}

/** Runs the main job; the result is complete, whatever happened to the experiments. */
export async function bench(options: BenchOptions, ports: BenchPorts): Promise<BenchOutcome> {
  const run = new BenchRun(options, ports);
  await run.describe();
  for (const name of EXPERIMENTS) await run.runExperiment(name);
  return run.finish();
}

class BenchRun {
  readonly #options: BenchOptions;
  readonly #ports: BenchPorts;
  readonly #ids: readonly string[];
  readonly #startedAt: Date;
  readonly #startSeconds: number;
  readonly #experiments = new Map<string, Experiment>();
  readonly #absent: Record<string, Absence> = {};
  readonly #notRestored: string[] = [];
  #tools: readonly ToolReport[] = [];
  #host: HostDescription | null = null;
  #needs = new Map<ExperimentName, ArmNeeds>();

  constructor(options: BenchOptions, ports: BenchPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#ids = selectIds(options.selection);
    this.#startedAt = ports.host.now();
    this.#startSeconds = ports.host.monotonicSeconds();
  }

  async describe(): Promise<void> {
    const { host, say } = this.#ports;
    say("describing the host");
    this.#tools = await probeTools(host, this.#options.cacheFolder);
    const versions = Object.fromEntries(this.#tools.map(({ name, version }) => [name, version]));
    this.#host = await describeHost(host, versions);
    this.#needs = needsOf(this.#ids, this.#host);
    // A wrong --target or --destructive is told before anything is measured.
    if (this.#needs.has("storage")) await describeSubject(host, this.#options);
    this.#soFar();
  }

  async runExperiment(name: ExperimentName): Promise<void> {
    const needs = this.#needs.get(name);
    if (needs === undefined) return;
    const cleanups: Cleanup[] = [];
    try {
      const plan = await this.#prepare(name, needs, cleanups);
      const earlier = this.#ports.earlierSamples(name);
      this.#experiments.set(name, await collectPaired(plan, this.#context(plan, name), earlier));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#absent[name] = this.#absence(error);
    } finally {
      for (const cleanup of cleanups.reverse()) await this.#cleanUp(cleanup);
    }
    this.#soFar();
  }

  finish(): BenchOutcome {
    const result = this.#result(this.#ports.host.now());
    return { result, hostRestored: this.#notRestored.length === 0 };
  }

  async #cleanUp(cleanup: Cleanup): Promise<void> {
    try {
      await cleanup();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#notRestored.push(error.message);
    }
  }

  async #prepare(
    name: ExperimentName,
    needs: ArmNeeds,
    cleanups: Cleanup[],
  ): Promise<PairedPlan> {
    const { host, say } = this.#ports;
    const common = { ...this.#options, needs, say: (text: string) => say(text) };
    if (name === "sandbox-storage") {
      const wasmtimePath = this.#pathOf("wasmtime");
      return await prepareSandboxStorage(host, { ...common, wasmtimePath });
    }
    const fioPath = this.#pathOf("fio");
    if (fioPath === null) throw this.#missing("fio");
    return await prepareStorage(host, { ...common, fioPath, cleanups });
  }

  #context(plan: PairedPlan, name: ExperimentName): Parameters<typeof collectPaired>[1] {
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
      roundDone: (experiment) => {
        this.#experiments.set(name, experiment);
        this.#soFar();
      },
    };
  }

  /** The clock's reading at which an experiment that starts now must end; null without a budget. */
  #endOf(name: ExperimentName): number | null {
    const remaining = this.#remainingSeconds();
    if (remaining === null) return null;
    const last = this.#needs.has("storage") ? BUDGET_SHARES[name] : 1;
    return this.#ports.host.monotonicSeconds() + remaining * last;
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
      return { verdict: "inconclusive", because: `not measured (${this.#overBecause()})` };
    }
    const verdict = problem instanceof MissingTool ? "untested" : "error";
    return { verdict, because: problem.message };
  }

  #pathOf(tool: string): string | null {
    const report = this.#tools.find(({ name }) => name === tool);
    return report === undefined || report.tooOld ? null : report.path;
  }

  #missing(tool: string): MissingTool {
    const report = this.#tools.find(({ name }) => name === tool);
    return new MissingTool({
      action: `use ${tool}`,
      condition: report?.tooOld
        ? `version ${report.version} is older than ${report.minimum}`
        : "it is missing or does not start",
      cure: `${report?.cure ?? ""} Or run: deno task bench --setup`.trim(),
    });
  }

  #soFar(): void {
    this.#ports.soFar(() => this.#result(null));
  }

  #result(endedAt: Date | null): Result {
    if (this.#host === null) throw new TypeError("bench: the host was not described");
    const { thresholds, version, seed, selection, budgetSeconds } = this.#options;
    const experiments = [...this.#experiments.values()];
    const { bareMetal, environment } = this.#host;
    const evidence = { experiments, bareMetal, environment, thresholds, absent: this.#absent };
    const claims = judgeClaims(this.#ids, evidence);
    return {
      schema: SCHEMA_VERSION,
      host: this.#host,
      run: {
        version,
        startedAt: this.#startedAt.toISOString(),
        endedAt: endedAt?.toISOString() ?? null,
        durationSeconds: this.#ports.host.monotonicSeconds() - this.#startSeconds,
        seed,
        selection,
        budgetSeconds,
        thresholds,
        dryRun: this.#ports.dryRun,
        notes: this.#notes(),
      },
      experiments,
      absent: this.#absent,
      claims,
      contradictions: findContradictions(claims),
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
    return [...reasons].map(([reason, names]) => `${names.join(", ")}: ${reason}`);
  }

  #notes(): string[] {
    const environment = this.#host?.environment ?? "";
    return [
      ...(this.#host?.bareMetal ? [] : [`What is called native here runs ${environment}.`]),
      ...this.#armNotes(),
      ...this.#notRestored,
      ...(this.#ports.interrupted() ? ["The run was interrupted."] : []),
    ];
  }
}

function parseLoad(loadavg: string | null): number | null {
  const first = Number(loadavg?.split(" ")[0] ?? NaN);
  return Number.isFinite(first) ? first : null;
}
