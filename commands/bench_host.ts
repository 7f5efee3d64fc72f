/**
 * Opens the host that a run is about: this machine, this machine recorded, or a fixture.
 *
 * @module
 */
import { Problem } from "../problem.ts";
import type { FixtureInfo } from "../runners/seam/fixture.ts";
import type { Host } from "../runners/host.ts";
import { isText, isTextOrNull } from "../runners/json_values.ts";
import { type ChangeLog, memoryLog } from "../runners/settings/change.ts";
import type { BenchOptions } from "../suites/bench.ts";
import type { DryRun } from "../suites/result.ts";
import type { BenchRequest } from "./bench.ts";
import { DEFAULT_THRESHOLDS } from "./command.ts";
import { JOURNAL_FOLDER, projectPath, VERSION } from "./project.ts";

/** The options that decide what is asked of the host: a replay must ask the same. */
export type Collection = Pick<
  BenchOptions,
  | "seed"
  | "mostBlocks"
  | "stoppingThresholds"
  | "target"
  | "destructive"
  | "image"
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
  /** Ends all that the run started; false when something could not be put back. */
  close(): Promise<boolean>;
}

/** Opens the fixture that `request` names, or else this machine. */
export async function openHost(request: BenchRequest, seed: number): Promise<OpenedHost> {
  return request.dryRun === null
    ? await openLive(request, seed)
    : await openFixture(request.dryRun);
}

async function openLive(request: BenchRequest, seed: number): Promise<OpenedHost> {
  const { liveHost } = await import("../runners/seam/live.ts");
  const { Journal } = await import("../runners/seam/journal.ts");
  const { mostBlocks, thresholds, target, destructive, image, budgetSeconds } = request;
  const collection = {
    seed,
    mostBlocks,
    stoppingThresholds: thresholds,
    target,
    destructive,
    image,
    collectedSelection: request.selection,
  };
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
    close: async () => {
      stopListening();
      return await closed(host);
    },
  };
}

async function record(live: Host, folder: string, collection: Collection): Promise<Host> {
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
    collection: collectionOf(fixture, folder),
    journal: memoryLog(),
    interrupted: () => false,
    close: () => Promise.resolve(true),
  };
}

function collectionOf({ options }: FixtureInfo, folder: string): Collection {
  const { seed, mostBlocks, target, destructive, image } = options;
  if (
    typeof seed === "number" && typeof mostBlocks === "number" && typeof target === "string" &&
    isTextOrNull(destructive) && isTextOrNull(image)
  ) {
    const stoppingThresholds = thresholdsOf(options["stoppingThresholds"]);
    const collectedSelection = textsOf(options["collectedSelection"]);
    return { seed, mostBlocks, stoppingThresholds, target, destructive, image, collectedSelection };
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

/** What a recording was made for; older ones were made for everything. */
function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(isText) : [];
}

async function closed(host: Host): Promise<boolean> {
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
