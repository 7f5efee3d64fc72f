/** Made-up nights, and folders for histories of them, for tests. @module */
import type { ClaimVerdict, Experiment, Ratio, Result, Verdict } from "../../../suites/result.ts";
import { sampleResult } from "../../testing/sample_result.ts";
import { History } from "../history.ts";
import type { Addition } from "../stored.ts";

/** What a night differs in. */
export interface NightChanges {
  readonly host?: Partial<Result["host"]>;
  readonly run?: Partial<Result["run"]>;
  readonly verdicts?: Readonly<Record<string, Verdict>>;
  readonly ratios?: readonly Ratio[];
}

const SAMPLE = sampleResult();

const DAY_MS = 86_400_000;

/** A measured run of ten minutes in the night of that number, unless changed: two claims, one ratio. */
export function sampleNight(night: number, changes: NightChanges = {}): Result {
  const start = Date.UTC(2026, 0, 1, 3) + night * DAY_MS;
  const times = { startedAt: iso(start), endedAt: iso(start + 600_000), durationSeconds: 600 };
  const { verdicts = { "11.3/latency/vm": "confirmed", "03.2.2/fact/sysfs-procfs": "untested" } } =
    changes;
  return {
    ...SAMPLE,
    host: { ...SAMPLE.host, ...changes.host },
    run: { ...SAMPLE.run, ...times, dryRun: null, ...changes.run },
    ...{ probes: [], absent: {}, contradictions: [], coverage: { matrices: [], missing: [] } },
    experiments: [experimentOf(changes.ratios ?? [sampleRatio()])],
    claims: Object.entries(verdicts).map(claimOf),
  };
}

/** A ratio of a guest on a workload that reads, unless changed. */
export function sampleRatio(changes: Partial<Ratio> = {}): Ratio {
  const figures = { n: 12, ratio: 0.97, low: 0.96, high: 0.98, blocks: [] };
  return { workload: "rand-read", arm: "vm-virtio", ...figures, ...changes };
}

/** Adds it as `bench` would have written it, in its own night. */
export function addResult(
  history: History,
  result: Result,
  confirms: number | null = null,
): Addition {
  const now = new Date(result.run.startedAt);
  return history.add(textOf(result), result, { confirms, now });
}

/** As `bench` writes it. */
export function textOf(result: Result): string {
  return `${JSON.stringify(result, null, 1)}\n`;
}

/** Runs `test` with a folder of its own. */
export async function withFolder(test: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs `test` with a new history. */
export function withHistory(test: (history: History) => Promise<void> | void): Promise<void> {
  return withFolder(async (folder) => {
    using history = History.open(`${folder}/history.sqlite`, { create: true });
    await test(history);
  });
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function experimentOf(ratios: readonly Ratio[]): Experiment {
  const arms = { reference: "native", control: "native-again", workloads: [], arms: [] };
  return { name: "storage", title: "Storage", ...arms, samples: [], ratios, stopped: "decided" };
}

/** Claims of matrices are decided by ratios here, and facts are not. */
function claimOf([id, verdict]: [string, Verdict]): ClaimVerdict {
  const claim = { id, verdict, because: "It was made up.", reading: "Literally.", evidence: [] };
  return id.includes("/fact/") ? claim : { ...claim, ratio: 0.97, low: 0.96, high: 0.98, n: 12 };
}
