/**
 * A process that adds a night to a history, and has not come to the end of that within a minute, for a
 * test that kills it: the arguments are the history and the night. It tells on standard output when all
 * but the night's ratios are written.
 *
 * @module
 */
import type { Result } from "../../../suites/result.ts";
import { History } from "../history.ts";
import { sampleNight } from "./nights.ts";

const MINUTE_MS = 60_000;

const STOPS = {
  [Symbol.iterator]() {
    console.log("stopped");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, MINUTE_MS);
    throw new Error("Nobody ended it.");
  },
};

/** A night over whose ratios nobody comes to the end. */
function stoppedNight(night: number): Result {
  const { experiments, ...rest } = sampleNight(night);
  const stopped = experiments.map((one) => ({
    ...one,
    ratios: Object.assign([...one.ratios], STOPS),
  }));
  return { ...rest, experiments: stopped };
}

/** A text that cannot be compressed, and is more than SQLite keeps in memory before it writes. */
function largeText(): string {
  const parts = Array.from({ length: 64 }, () => crypto.getRandomValues(new Uint8Array(65_536)));
  return parts.map((bytes) => bytes.toHex()).join("");
}

const [path = "", night = ""] = Deno.args;
using history = History.open(path, { create: false });
const result = stoppedNight(Number(night));
history.add(largeText(), result, { confirms: null, now: new Date(result.run.startedAt) });
