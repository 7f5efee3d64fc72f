/**
 * A result made ready for a history, before anybody has to wait for the file.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { Problem } from "../../problem.ts";
import { endOf } from "../../suites/cut_short.ts";
import { type MachineIdentity, machineOf } from "../../suites/machine_identity.ts";
import type { Result } from "../../suites/result.ts";
import { saidTwice } from "../../suites/said_twice.ts";

/** A result and what identifies it. */
export interface Parcel extends RunIdentity {
  readonly result: Result;
  /** ISO 8601, UTC; null where the run did not come to its end by itself, and may yet. */
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

/** Clocks may differ by a time zone; what is further ahead was never the time. */
export const MOST_AHEAD_MS = 86_400_000;

/**
 * Makes a result ready; `text` is what `result` was read from.
 *
 * @throws {Problem} where it does not tell when its run started or ended, is of a run that starts more
 *   than a day after `now`, or says a thing twice
 */
export function parcelOf(text: string, result: Result, now: Date): Parcel {
  const { endedAt } = result.run;
  const ended = endedAt === null ? null : timeOf(endedAt);
  refuseTwice(result);
  const identity = runIdentityOf(result);
  refuseFuture(identity.startedAt, now);
  return {
    ...identity,
    result,
    endedAt: endOf(result.run) === "whole" ? ended : null,
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

function refuseTwice(result: Result): void {
  const twice = saidTwice(result, storable);
  if (twice !== null) throw cannotAdd("a claim or a ratio stands twice in it", twice);
}

/** A night to come would be the newest one for as long as it has not come. */
function refuseFuture(startedAt: string, now: Date): void {
  if (Date.parse(startedAt) <= now.getTime() + MOST_AHEAD_MS) return;
  throw new Problem({
    action: "add the result to the history",
    condition: `its run starts more than a day after now, which is ${now.toISOString()}`,
    seen: startedAt,
    cure:
      "Set the clock of the machine that is wrong; measure again where that was the measured one.",
  });
}

function timeOf(text: string): string {
  const time = normalTime(text);
  if (time === null) throw cannotAdd("it does not tell when its run was", text);
  return time;
}

/** One notation for all, so that the order of the texts is that of the times; null for no time. */
export function normalTime(text: string): string | null {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

function cannotAdd(condition: string, seen: string): Problem {
  return new Problem({ action: "add the result to the history", condition, seen });
}
