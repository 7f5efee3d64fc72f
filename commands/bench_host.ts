/**
 * Opens the host that a run is about: this machine, this machine recorded, or a fixture.
 *
 * @module
 */
import { Problem } from "../problem.ts";
import type { FixtureInfo } from "../runners/seam/fixture.ts";
import type { Host } from "../runners/host.ts";
import { LAB_CACHE } from "../runners/lab/lab_machine.ts";
import { isText, isTextOrNull } from "../runners/json_values.ts";
import { type ChangeLog, memoryLog } from "../runners/settings/change.ts";
import type { BenchOptions } from "../suites/bench.ts";
import type { PassthroughRequest } from "../suites/passthrough/allowance.ts";
import type { DryRun } from "../suites/result.ts";
import type { BenchRequest } from "./bench.ts";
import { readBaseline } from "../reports/json.ts";
import { DEFAULT_THRESHOLDS } from "./command.ts";
import { CACHE_FOLDER, JOURNAL_FOLDER, projectPath, VERSION } from "./project.ts";

/** The options that decide what is asked of the host: a replay must ask the same. */
export type Collection = Pick<
  BenchOptions,
  | "seed"
  | "mostBlocks"
  | "stoppingThresholds"
  | "target"
  | "destructive"
  | "image"
  | "passthrough"
  | "cudaSamples"
  | "mig"
  | "baseline"
  | "cacheFolder"
  | "collectedSelection"
>;

export interface OpenedHost {
  readonly host: Host;
  /** The machine's name, for the default result folder. */
  readonly name: string;
  readonly dryRun: DryRun | null;
  readonly collection: Collection;
  /** Where changes of the host's settings are noted before they are made. */
  readonly journal: ChangeLog;
  interrupted(): boolean;
  /** Why the machine is taken to hang, which only an emulated one can outlive; known once closed. */
  lost(): string | null;
  /** Ends all that the run started; false when something could not be put back. */
  close(): Promise<boolean>;
}

/** What a host is opened with, beside the request. */
export interface Opening {
  readonly seed: number;
  /** Tells the user something while the host is opened. */
  readonly say: (text: string) => void;
}

/** Opens the fixture that `request` names, the lab, or else this machine. */
export async function openHost(request: BenchRequest, opening: Opening): Promise<OpenedHost> {
  if (request.dryRun !== null) return await openFixture(request.dryRun);
  if (!request.lab) return await openLive(request, opening.seed);
  const { openLab } = await import("./lab_host.ts");
  return await openLab(request, opening);
}

/** The options of a run that a replay must use again. */
export function collectionOfRequest(request: BenchRequest, seed: number): Collection {
  const { mostBlocks, thresholds, target, destructive, image, passthrough, selection } = request;
  const { cudaSamples, mig, baseline } = request;
  return {
    seed,
    mostBlocks,
    stoppingThresholds: thresholds,
    target,
    destructive,
    image,
    passthrough,
    cudaSamples,
    mig,
    baseline,
    cacheFolder: request.lab ? LAB_CACHE : CACHE_FOLDER,
    collectedSelection: selection,
  };
}

async function openLive(request: BenchRequest, seed: number): Promise<OpenedHost> {
  const { liveHost } = await import("../runners/seam/live.ts");
  const { Journal } = await import("../runners/seam/journal.ts");
  const { budgetSeconds } = request;
  const collection = collectionOfRequest(request, seed);
  const interruption = new AbortController();
  let deadline: number | null = null;
  const journal = Journal.begin(JOURNAL_FOLDER);
  const live = await liveHost({
    deadline: () => deadline,
    signal: interruption.signal,
    journal,
  });
  if (budgetSeconds !== null) deadline = live.monotonicSeconds() + budgetSeconds;
  const host = request.record === null ? live : await record(live, request.record, collection);
  const stopListening = onInterrupt(() => interruption.abort());
  const hostname = await host.readText("/proc/sys/kernel/hostname");
  return {
    host,
    name: hostname?.trim() || "host",
    dryRun: null,
    collection,
    journal,
    interrupted: () => interruption.signal.aborted,
    lost: () => null,
    close: async () => {
      stopListening();
      return await closed(host);
    },
  };
}

/** Records what `live` answers into a folder. */
export async function record(live: Host, folder: string, collection: Collection): Promise<Host> {
  const { recordingHost } = await import("../runners/seam/recording.ts");
  return await recordingHost(live, folder, { version: VERSION, options: { ...collection } });
}

async function openFixture(nameOrFolder: string): Promise<OpenedHost> {
  const { replayHost } = await import("../runners/seam/replay.ts");
  const isName = !nameOrFolder.includes("/");
  const folder = isName ? projectPath(`fixtures/${nameOrFolder}`) : nameOrFolder;
  const { host, fixture } = await replayHost(folder);
  return {
    host,
    name: `dry-run-${nameOrFolder.split("/").filter((part) => part !== "").at(-1)}`,
    dryRun: {
      fixture: nameOrFolder,
      recordedAt: fixture.recordedAt,
      recordedOn: `${fixture.hostname} (Linux ${fixture.kernel})`,
      synthetic: fixture.synthetic,
    },
    collection: await collectionOf(fixture, folder),
    journal: memoryLog(),
    interrupted: () => false,
    lost: () => null,
    close: () => Promise.resolve(true),
  };
}

async function collectionOf({ options }: FixtureInfo, folder: string): Promise<Collection> {
  const { seed, mostBlocks, target, destructive, image, cacheFolder = CACHE_FOLDER } = options;
  if (
    typeof seed === "number" && typeof mostBlocks === "number" && typeof target === "string" &&
    isTextOrNull(destructive) && isTextOrNull(image) && isText(cacheFolder)
  ) {
    const stoppingThresholds = thresholdsOf(options["stoppingThresholds"]);
    const collectedSelection = textsOf(options["collectedSelection"]);
    const passthrough = passthroughOf(options["passthrough"]);
    const { cudaSamples } = options;
    const gpu = {
      cudaSamples: isText(cudaSamples) ? cudaSamples : null,
      mig: options["mig"] === true,
      baseline: await readBaseline(options["baseline"]),
    };
    const chosen = { target, destructive, image, cacheFolder, passthrough, ...gpu };
    return { seed, mostBlocks, stoppingThresholds, ...chosen, collectedSelection };
  }
  throw new Problem({
    action: `replay ${folder}`,
    condition: "its options lack the seed, the most blocks or the target",
    seen: JSON.stringify(options),
    cure: "Record the fixture again with --record.",
  });
}

function thresholdsOf(value: unknown): typeof DEFAULT_THRESHOLDS {
  const { high, medium } = Object(value) as Record<string, unknown>;
  return typeof high === "number" && typeof medium === "number"
    ? { high, medium }
    : DEFAULT_THRESHOLDS;
}

/** What was given away; older recordings gave nothing. */
function passthroughOf(value: unknown): PassthroughRequest {
  const { devices, allowNoReset, groupMates } = Object(value) as Record<string, unknown>;
  return {
    devices: textsOf(devices),
    allowNoReset: allowNoReset === true,
    groupMates: textsOf(groupMates),
  };
}

/** What a recording was made for; older ones were made for everything. */
function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(isText) : [];
}

/** Ends all that was started on a host; false when something could not be put back. */
export async function closed(host: Host): Promise<boolean> {
  try {
    await host.close();
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.error(error.message);
    return false;
  }
}

/** Calls `interrupt` on Ctrl-C and its kin, until what it returns is called. */
export function onInterrupt(interrupt: () => void): () => void {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, interrupt);
  return () => {
    for (const signal of signals) Deno.removeSignalListener(signal, interrupt);
  };
}
