/**
 * `deno task bench`: the main job.
 *
 * @module
 */
import { Problem, UsageProblem } from "../problem.ts";
import { ProgressLines } from "../reports/progress.ts";
import { ResultFolder } from "../reports/result_folder.ts";
import { terminalSummary } from "../reports/terminal.ts";
import { writeReports } from "../reports/write.ts";
import { parseAddresses } from "../runners/vfio/plan.ts";
import { bench, type BenchOptions, type BenchPorts } from "../suites/bench.ts";
import { EXIT, exitStatus } from "../suites/exit_status.ts";
import { selectIds } from "../suites/needs.ts";
import { NO_PASSTHROUGH, type PassthroughRequest } from "../suites/passthrough/allowance.ts";
import { baselineOf } from "../suites/baseline.ts";
import type { Baseline, Result, Thresholds } from "../suites/result.ts";
import { type Collection, onInterrupt, type OpenedHost, openHost } from "./bench_host.ts";
import {
  ANY_NUMBER,
  type Args,
  type Command,
  countOption,
  DEFAULT_THRESHOLDS,
  durationOption,
  textOption,
  textsOption,
  thresholdOption,
} from "./command.ts";
import { readStored } from "./stored_result.ts";
import { CACHE_FOLDER, JOURNAL_FOLDER, projectPath, VERSION } from "./project.ts";

const DEFAULT_MOST_BLOCKS = 60;
const LARGEST_SEED = 2 ** 31;

export const command: Command = {
  usage: `deno task bench [ID ...] [OPTION ...]
  Runs everything that this host can answer. An id or its prefix selects: 11.3, 11.3/latency.
    --setup                 first install what is missing, after saying what that is
    --dry-run[=FIXTURE]     replay a recorded host; executes nothing
    --out DIR               where the result goes, or the run to resume (results/TIME-HOST)
    --budget 10m            a bound on the wall-clock time after set-up (90s, 10m or 1h)
    --blocks N              at most so many blocks in an experiment (${DEFAULT_MOST_BLOCKS})
    --threshold high=0.95,medium=0.5
                            lower ends of the bands, as ratios to native
    --target DIR            a folder on the disk to measure (cellproof's own)
    --destructive DEVICE    measure this blank device instead; it is overwritten
    --passthrough PCI       give this PCI device to guests by VFIO, and take it back (repeatable)
    --allow-no-reset        also where the device cannot be reset between its users
    --cuda-samples DIR      where the CUDA samples and nvbandwidth are (PATH, CUDA's own folders)
    --mig                   make MIG instances where none are, and remove them afterwards
    --baseline RESULT       in a guest that has a GPU: the same GPU's result on bare metal
    --image NAME            a container image of your own that holds fio
    --seed N                seed of every random order
    --record DIR            record what the host answers as a fixture
    --json                  print the result as JSON`,
  boolean: ["setup", "json", "allow-no-reset", "mig"],
  string: [
    "dry-run",
    "out",
    "budget",
    "blocks",
    "threshold",
    "target",
    "destructive",
    "passthrough",
    "cuda-samples",
    "baseline",
    "image",
    "seed",
    "record",
  ],
  collect: ["passthrough"],
  positionals: ANY_NUMBER,
  async run(args) {
    const request = readRequest(args);
    if (request.dryRun !== null) await giveUpPermissions();
    return await runOn({ ...request, baseline: await baselineOption(args) });
  },
};

/** The command line of a run, read. */
export interface BenchRequest {
  readonly selection: readonly string[];
  readonly thresholds: Thresholds;
  readonly budgetSeconds: number | null;
  readonly mostBlocks: number;
  readonly seed: number | null;
  readonly target: string;
  readonly destructive: string | null;
  readonly passthrough: PassthroughRequest;
  /** Whether the host is the lab, and not this machine. */
  readonly lab: boolean;
  readonly cudaSamples: string | null;
  readonly mig: boolean;
  readonly baseline: Baseline | null;
  readonly image: string | null;
  readonly out: string | null;
  readonly record: string | null;
  /** Name or folder of the fixture to replay; null for a live run. */
  readonly dryRun: string | null;
  readonly setup: boolean;
  readonly json: boolean;
}

const DEFAULT_FIXTURE = "debian12-kvm-guest";

/**
 * Reads the command line of a run; options that a command does not take are as if they were not given.
 *
 * @throws {UsageProblem} where options exclude each other, or a value is none
 */
export function readRequest(args: Args): BenchRequest {
  selectIds(args._);
  const request: BenchRequest = {
    selection: args._,
    thresholds: args["threshold"] === undefined
      ? DEFAULT_THRESHOLDS
      : thresholdOption(args, "threshold"),
    budgetSeconds: durationOption(args, "budget") ?? null,
    mostBlocks: countOption(args, "blocks") ?? DEFAULT_MOST_BLOCKS,
    seed: countOption(args, "seed", 0) ?? null,
    target: textOption(args, "target") ?? CACHE_FOLDER,
    destructive: textOption(args, "destructive") ?? null,
    passthrough: {
      ...NO_PASSTHROUGH,
      devices: passthroughOption(args),
      allowNoReset: args["allow-no-reset"] === true,
    },
    lab: false,
    cudaSamples: textOption(args, "cuda-samples") ?? null,
    mig: args["mig"] === true,
    baseline: null,
    image: textOption(args, "image") ?? null,
    out: textOption(args, "out") ?? null,
    record: textOption(args, "record") ?? null,
    dryRun: args["dry-run"] === "" ? DEFAULT_FIXTURE : textOption(args, "dry-run") ?? null,
    setup: args["setup"] === true,
    json: args["json"] === true,
  };
  const clash = clashOf(request) ?? ignoredOption(args, request);
  if (clash === null) return request;
  throw new UsageProblem({ action: "start the run", condition: clash });
}

/** The devices to give away, as they were given; that they can be, only the host tells. */
function passthroughOption(args: Args): string[] {
  const devices = textsOption(args, "passthrough");
  if (devices.length > 0) parseAddresses(devices);
  return devices;
}

/** The result that `--baseline` names; null for none. */
async function baselineOption(args: Args): Promise<Baseline | null> {
  const path = textOption(args, "baseline");
  return path === undefined ? null : baselineOf((await readStored(path)).result, path);
}

/** What a recording has fixed cannot be chosen again. */
function ignoredOption(args: Args, { dryRun }: BenchRequest): string | null {
  const fixed = ["seed", "blocks", "target", "image", "budget", "cuda-samples"];
  const given = fixed.find((name) => args[name] !== undefined);
  if (dryRun === null || given === undefined) return null;
  return `a dry run collects as the recorded run did, so it cannot take --${given}`;
}

/** Options that exclude each other. */
function clashOf(request: BenchRequest): string | null {
  const { dryRun, setup, record, destructive, budgetSeconds, image, passthrough, mig } = request;
  if (image?.startsWith("-")) return "the name of an image cannot begin with a dash";
  if (dryRun !== null && setup) return "a dry run executes nothing, so it cannot --setup";
  if (dryRun !== null && record !== null) return "a dry run cannot --record";
  if (dryRun !== null && mig) return "a dry run has no GPU to divide";
  if (dryRun !== null && passthrough.devices.length > 0) {
    return "a dry run has no device to give away";
  }
  if (passthrough.allowNoReset && passthrough.devices.length === 0) {
    return "--allow-no-reset is about a device that --passthrough names, and none is";
  }
  if (dryRun !== null && destructive !== null) return "a dry run has no device to overwrite";
  if (record !== null && budgetSeconds !== null) {
    return "a recording must end by itself: bound it with --blocks, not with --budget";
  }
  return null;
}

/** From here on nothing can be executed, reached over the network or loaded as native code. */
async function giveUpPermissions(): Promise<void> {
  for (const name of ["run", "net", "ffi"] as const) {
    const { state } = await Deno.permissions.revoke({ name });
    if (state === "granted") {
      throw new Problem({ action: "start a dry run", condition: `the permission ${name} stays` });
    }
  }
}

/** Runs the main job and returns its exit status. */
export async function runOn(request: BenchRequest): Promise<number> {
  const progress = new ProgressLines();
  if (request.setup && !await setUp(request, (text) => progress.say(text))) return EXIT.interrupted;
  const fresh = request.dryRun !== null;
  const given = request.out === null ? null : await ResultFolder.open(request.out, { fresh });
  const say = (text: string) => progress.say(text);
  const opened = await openHost(request, { seed: seedOf(request, given), say });
  try {
    const out = given ?? await ResultFolder.open(defaultFolder(opened), { fresh });
    out.assertCollectedBy(wayOf(opened.collection));
    const ports = portsOf({ opened, out, progress });
    const { result, hostRestored, sound } = await bench(optionsOf(request, opened), ports);
    out.save(result);
    const [page = null] = await writeReports(out.path, result);
    progress.end();
    console.log(request.json ? JSON.stringify(result) : terminalSummary(result, page));
    const restored = await opened.close() && hostRestored;
    return statusOf(result, { restored, sound, interrupted: opened.interrupted() });
  } catch (error) {
    // A host that is not as it was matters more than why.
    if (await opened.close()) throw error;
    console.error(error instanceof Problem ? error.message : error);
    return EXIT.hostNotRestored;
  } finally {
    progress.end();
    await opened.close();
  }
}

/** The exit status of a run that came to its end: a host that is not as it was comes first. */
export function statusOf(
  { claims }: Pick<Result, "claims">,
  { restored, sound, interrupted }: {
    readonly restored: boolean;
    /** False where cellproof itself failed. */
    readonly sound: boolean;
    readonly interrupted: boolean;
  },
): number {
  if (!restored) return EXIT.hostNotRestored;
  if (interrupted) return EXIT.interrupted;
  return sound ? exitStatus(claims, { hostRestored: true }) : EXIT.harnessFailed;
}

/** Installs what is missing; false where the user interrupted it. */
async function setUp(
  { cudaSamples }: BenchRequest,
  say: (text: string) => void,
): Promise<boolean> {
  const { liveHost } = await import("../runners/seam/live.ts");
  const { describePlan, planSetup, runSetup } = await import("../runners/setup/setup.ts");
  const interruption = new AbortController();
  const stopListening = onInterrupt(() => interruption.abort());
  const host = await liveHost({ signal: interruption.signal, journalFolder: JOURNAL_FOLDER });
  try {
    const plan = await planSetup(host, CACHE_FOLDER, cudaSamples);
    if (!interruption.signal.aborted) say(describePlan(plan));
    if (!interruption.signal.aborted) await runSetup(host, plan, say);
    return !interruption.signal.aborted;
  } finally {
    stopListening();
    await host.close();
  }
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
  return {
    host,
    dryRun,
    journal,
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
