/**
 * A result made ready for a history, before anybody has to wait for the file.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { Problem } from "../../problem.ts";
import { type MachineIdentity, machineOf } from "../../suites/machine_identity.ts";
import type { Result } from "../../suites/result.ts";

/** A result and what identifies it. */
export interface Parcel extends RunIdentity {
  readonly result: Result;
  /** ISO 8601, UTC. */
  readonly endedAt: string | null;
  /** SHA-256 of the text. */
  readonly digest: Uint8Array;
  readonly gzip: Uint8Array;
}

/** What two results of one run have in common, whenever they were written. */
export interface RunIdentity {
  readonly machine: MachineIdentity;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Name of the fixture; null for a run that measured. A replay has its original's times. */
  readonly dryRun: string | null;
}

/**
 * Makes a result ready; `text` is what `result` was read from.
 *
 * @throws {Problem} where it does not tell when its run started or ended, or says a thing twice
 */
export function parcelOf(text: string, result: Result): Parcel {
  const { endedAt } = result.run;
  refuseTwice(namesIn(result));
  return {
    ...runIdentityOf(result),
    result,
    endedAt: endedAt === null ? null : timeOf(endedAt),
    digest: createHash("sha256").update(text).digest(),
    gzip: gzipSync(text),
  };
}

/** @throws {Problem} where it does not tell when its run started */
export function runIdentityOf({ host, run }: Result): RunIdentity {
  return {
    machine: machineOf(host),
    startedAt: timeOf(run.startedAt),
    dryRun: run.dryRun === null ? null : storable(run.dryRun.fixture),
  };
}

/** A text as SQLite gives it back: without lone halves of pairs, and without an end in its middle. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}

/** What a result says one thing of each: its claims, and the ratios of its experiments. */
function namesIn({ claims, experiments }: Result): string[] {
  const ratios = experiments.flatMap(({ name, ratios }) =>
    ratios.map(({ workload, arm }) => JSON.stringify([name, workload, arm].map(storable)))
  );
  return [...claims.map(({ id }) => storable(id)), ...ratios];
}

function refuseTwice(names: readonly string[]): void {
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) throw cannotAdd("a claim or a ratio stands twice in it", twice);
}

/** One notation for all, so that the order of the texts is that of the times. */
function timeOf(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw cannotAdd("it does not tell when its run was", text);
  return time.toISOString();
}

function cannotAdd(condition: string, seen: string): Problem {
  return new Problem({ action: "add the result to the history", condition, seen });
}
