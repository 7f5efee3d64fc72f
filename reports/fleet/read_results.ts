/**
 * Reads many results side by side, and keeps of each no more than merging needs.
 *
 * @module
 */
import type { HostOutcome } from "../../suites/fleet/arrival.ts";
import { withSharedTexts } from "../../suites/fleet/digest.ts";
import { ThreadPool } from "../thread_pool.ts";
import { digestResult, whyUnreadable } from "./digest_result.ts";

/** Fewer results than these are read sooner than a thread has started. */
const FEWEST_FOR_THREADS = 64;

/** What lies under each path, in their order; a result that cannot be read says why, and ends nothing. */
export async function readResults(paths: readonly string[]): Promise<HostOutcome[]> {
  const texts = new Map<string, string>();
  const keep = (outcome: HostOutcome): HostOutcome =>
    outcome.kind === "result"
      ? { ...outcome, digest: withSharedTexts(outcome.digest, texts) }
      : outcome;
  if (paths.length < FEWEST_FOR_THREADS) {
    const outcomes: HostOutcome[] = [];
    for (const path of paths) outcomes.push(keep(await digestResult(path)));
    return outcomes;
  }
  using threads = new ThreadPool<string, HostOutcome>(
    new URL("./digest_worker.ts", import.meta.url),
  );
  return await Promise.all(
    paths.map((path) => threads.ask(path).then(keep, (error) => whyUnreadable(error, path))),
  );
}
