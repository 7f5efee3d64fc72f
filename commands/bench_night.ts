/**
 * A night's work: set-up where it is asked for, the run, and, where a history tells that something is not
 * as it was, a second run that confirms it or does not.
 *
 * @module
 */
import { agreementLines } from "../reports/terminal.ts";
import { writeReports } from "../reports/write.ts";
import { seriesOfClaim } from "../suites/claim_series.ts";
import { EXIT } from "../suites/exit_status.ts";
import { type ClaimVerdict, isDecided, type Result } from "../suites/result.ts";
import { fewestBlocks } from "../suites/statistics/comparison.ts";
import type { BenchRequest } from "./bench.ts";
import { onInterrupt } from "./bench_host.ts";
import { type EndedRun, runBench, statusOf } from "./bench_run.ts";
import { agreementWith } from "./expectations.ts";
import { CACHE_FOLDER, JOURNAL_FOLDER } from "./project.ts";

/** Where the second run's result lies in the first one's folder. */
const AGAIN_FOLDER = "again";

/** Does what was asked for, and returns the exit status. */
export async function benchNight(request: BenchRequest): Promise<number> {
  if (request.setup && !await setUp(request)) return EXIT.interrupted;
  return request.history === null
    ? await runAlone(request)
    : await runWithHistory(request, request.history);
}

async function runAlone(request: BenchRequest): Promise<number> {
  const run = await runBench(request);
  return run === null ? EXIT.hostNotRestored : statusOf(run);
}

async function runWithHistory(request: BenchRequest, path: string): Promise<number> {
  // Other runs have no use for a database, which takes a while to load.
  const { assertUsable, keep, suspectsOf } = await import("./night_history.ts");
  assertUsable(path);
  const first = await runBench(request);
  if (first === null) return EXIT.hostNotRestored;
  if (!isWhole(first)) return statusOf(first);
  const run = keep(path, first, null);
  const suspects = request.confirm ? suspectsOf(path, run) : [];
  if (suspects.length === 0) return statusOf(first);
  const what = suspects.join(", ");
  tell(request, [`Measuring again what is not as on the nights before: ${what}`, ""]);
  const second = await runBench(againRequest(request, { first, suspects }));
  if (second === null) return EXIT.hostNotRestored;
  if (!isWhole(second)) return statusOf(second);
  keep(path, second, run.id);
  return await settle(request, first, second);
}

/** Only what was measured to its end, on a host that stays as it is, counts as a night. */
function isWhole({ restored, sound, interrupted }: EndedRun): boolean {
  return restored && sound && !interrupted;
}

function againRequest(
  request: BenchRequest,
  { first, suspects }: { readonly first: EndedRun; readonly suspects: readonly string[] },
): BenchRequest {
  return {
    ...request,
    selection: suspects,
    out: `${first.folder}/${AGAIN_FOLDER}`,
    // Another order, as on another night.
    seed: null,
    // Expectations are held against both runs together.
    expectations: null,
  };
}

/** Holds both runs together to the expectations. */
async function settle(request: BenchRequest, first: EndedRun, second: EndedRun): Promise<number> {
  const claims = settledClaims(first.result, second.result);
  const agreement = agreementWith(request.expectations, { ...first.result, claims });
  tell(request, settledLines(first.result, second.result));
  if (agreement !== null) {
    tell(request, ["", "Expectations, both runs together:", ...agreementLines(agreement)]);
    await writeReports(first.folder, first.result, agreement);
  }
  return statusOf({ ...first, result: { claims }, agreement });
}

/** Standard output is for the results where they are for machines. */
function tell({ json }: BenchRequest, lines: readonly string[]): void {
  (json ? console.error : console.log)(lines.join("\n"));
}

/**
 * The claims of the first run, those that were measured again as both runs together have them. Figures
 * differ from run to run, so the second ones count; what was observed refuted once is a counterexample,
 * whatever was seen afterwards, and a run that measured nothing takes nothing back.
 */
export function settledClaims(first: Result, second: Result): ClaimVerdict[] {
  const again = new Map(second.claims.map((claim) => [claim.id, claim]));
  return first.claims.map((claim) => {
    const later = again.get(claim.id);
    const stays = later === undefined || isCounterexample(claim) || !isMeasuredAgain(claim, later);
    return stays ? claim : later;
  });
}

/** What a verdict is made of: a part, or a claim that has none. */
type Judged = Pick<ClaimVerdict, "verdict" | "n">;

/** Whether the later verdict is a decision, or has figures of all that the claim's rests on. */
function isMeasuredAgain(claim: ClaimVerdict, later: ClaimVerdict): boolean {
  if (later.verdict !== "inconclusive") return isDecided(later.verdict);
  const figures = new Map(judgedIn(later).map((part) => [part.name, part]));
  return judgedIn(claim).filter(({ verdict }) => verdict === claim.verdict)
    .every(({ name }) => hasFigures(figures.get(name)));
}

function judgedIn({ id, verdict, n, parts = [] }: ClaimVerdict): (Judged & { name: string })[] {
  return parts.length > 0 ? [...parts] : [{ name: id, verdict, ...(n === undefined ? {} : { n }) }];
}

/** Fewer blocks than an interval takes say nothing. */
function hasFigures(part: Judged | undefined): boolean {
  return part !== undefined && (isDecided(part.verdict) || (part.n ?? 0) >= fewestBlocks());
}

/** Whether something observed refutes a claim, and not figures alone. */
function isCounterexample({ id, verdict, parts = [] }: ClaimVerdict): boolean {
  if (verdict !== "refuted") return false;
  const refuted = parts.filter((part) => part.verdict === "refuted");
  return refuted.length === 0
    ? seriesOfClaim(id).length === 0
    : refuted.some(({ ratio }) => ratio === undefined);
}

function settledLines(first: Result, second: Result): string[] {
  const before = new Map(first.claims.map(({ id, verdict }) => [id, verdict]));
  return second.claims.map(({ id, verdict }) => `  ${id}: ${before.get(id)}, then ${verdict}`);
}

/** Installs what is missing; false where the user interrupted it. */
async function setUp({ cudaSamples }: BenchRequest): Promise<boolean> {
  const { ProgressLines } = await import("../reports/progress.ts");
  const { liveHost } = await import("../runners/seam/live.ts");
  const { describePlan, planSetup, runSetup } = await import("../runners/setup/setup.ts");
  const progress = new ProgressLines();
  const say = (text: string) => progress.say(text);
  const interruption = new AbortController();
  const stopListening = onInterrupt(() => interruption.abort());
  const host = await liveHost({ signal: interruption.signal, journalFolder: JOURNAL_FOLDER });
  try {
    const plan = await planSetup(host, CACHE_FOLDER, cudaSamples);
    if (!interruption.signal.aborted) say(describePlan(plan));
    if (!interruption.signal.aborted) await runSetup(host, plan, say);
    return !interruption.signal.aborted;
  } finally {
    progress.end();
    stopListening();
    await host.close();
  }
}
