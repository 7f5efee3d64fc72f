/**
 * `deno task bench`: the main job.
 *
 * @module
 */
import { Problem, UsageProblem } from "../problem.ts";
import { parseAddresses } from "../runners/vfio/plan.ts";
import { selectIds } from "../suites/needs.ts";
import { NO_PASSTHROUGH, type PassthroughRequest } from "../suites/passthrough/allowance.ts";
import { baselineOf } from "../suites/baseline.ts";
import type { Expectations } from "../suites/expectations.ts";
import type { Baseline, Thresholds } from "../suites/result.ts";
import { benchNight } from "./bench_night.ts";
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
import { expectationsOption } from "./expectations.ts";
import { assertFixture, FLEET_OPTIONS, fleetCommand } from "./fleet/order.ts";
import { refuseUnwritable, wordOnSamples } from "./named_folders.ts";
import { CACHE_FOLDER, HISTORY_FILE } from "./project.ts";
import { readStored } from "./stored_result.ts";

const DEFAULT_MOST_BLOCKS = 60;

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
    --history FILE          keep the result in this history (deno task history)
    --confirm               measure again what is not as on the nights before, and keep both
                            (in results/history.sqlite without --history)
    --expect FILE           hold the run to the verdicts in this file (deno task expect)
    --image NAME            a container image of your own that holds fio
    --seed N                seed of every random order
    --record DIR            record what the host answers as a fixture
    --json                  print the result as JSON
  Many hosts, from the login node of a cluster; options of a run are given to each node's, where %N
  stands for the node's name (--baseline /shared/metal/%N/result.json):
    --on slurm              measure each node of a partition, alone on its node, and merge
    --partition NAME        that one (the default partition)
    --nodes n[1-3]          these nodes alone (all of the partition)
    --gres gpu:8            what each node's job asks for
    --wait 2h               how long a node may be busy with other jobs (as long as it takes)
    --budget 10m            of each node's run; its job's time limit is five minutes more
    --out DIR               the fleet's folder, which every node must see under the same path and
                            nobody else may write to. The same command goes on with a fleet whose
                            coordinator was killed; the folder of one that has ended is refused
    --history FILE          keep the fleet and the results of all its hosts in this history`,
  boolean: ["setup", "json", "allow-no-reset", "mig", "confirm"],
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
    "history",
    "expect",
    "image",
    "seed",
    "record",
    ...FLEET_OPTIONS,
  ],
  collect: ["passthrough"],
  positionals: ANY_NUMBER,
  async run(args) {
    const fleet = fleetCommand(args);
    const request = readRequest(args);
    if (fleet !== null) {
      await assertFixture(request.dryRun);
      // Other runs have no use for all that a fleet takes.
      const { benchFleet } = await import("./fleet/bench_fleet.ts");
      return await benchFleet(fleet);
    }
    lookAtFolders(args);
    if (request.dryRun !== null) await giveUpPermissions();
    const expectations = await expectationsOption(args, request);
    return await benchNight({ ...request, expectations, baseline: await baselineOption(args) });
  },
};

/**
 * Looks at the folders that a user names, before anything is measured.
 *
 * @throws {UsageProblem}
 */
function lookAtFolders(args: Args): void {
  const target = textOption(args, "target");
  if (target !== undefined) refuseUnwritable(target);
  const word = wordOnSamples(textOption(args, "cuda-samples") ?? null);
  if (word !== null) console.error(word);
}

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
  /** The history that the result is kept in; null for none. */
  readonly history: string | null;
  /** Whether what is not as on the nights before is measured again. */
  readonly confirm: boolean;
  /** What the run is held to; null for nothing. */
  readonly expectations: Expectations | null;
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
    history: textOption(args, "history") ?? (args["confirm"] === true ? HISTORY_FILE : null),
    confirm: args["confirm"] === true,
    expectations: null,
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
  const { history, confirm } = request;
  if (dryRun !== null && history !== null) {
    return "a dry run is no night of its own: add its result by deno task history add --dry-runs";
  }
  if (record !== null && confirm) return "a recording is of one run, so it cannot --confirm";
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
