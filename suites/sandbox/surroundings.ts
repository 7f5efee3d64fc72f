/**
 * Environment and clocks: what a module sees of the process around it.
 *
 * @module
 */
import {
  buildWasiSurroundings,
  isSeenNatively,
  readNativeClock,
  readSurroundings,
  type Surroundings,
} from "../../runners/sandbox/wasi_surroundings.ts";
import { negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import type { Sandbox } from "./sandbox.ts";

const VARIABLE = "CELLPROOF_SEEN_FROM_INSIDE";

interface SurroundingReadings {
  readonly plain: Surroundings;
  /** With the variable given by `--env`. */
  readonly given: Surroundings;
  /** With another one given. */
  readonly other: Surroundings;
  readonly seenNatively: boolean;
  readonly nativeClock: readonly [bigint, bigint, bigint] | null;
}

/** Observes the environment and the clocks. */
export async function observeSurroundings(sandbox: Sandbox): Promise<Observation[]> {
  const { host, wasmtime, folder } = sandbox;
  const module = await buildWasiSurroundings(host, folder);
  const look = (options: string[]) =>
    readSurroundings(host, { wasmtime, module, options }, VARIABLE);
  const plain = await look([]);
  const given = await look(["--env", `${VARIABLE}=given`]);
  const other = await look(["--env", `${VARIABLE}_OTHER=given`]);
  const seenNatively = await isSeenNatively(host, VARIABLE);
  const nativeClock = await readNativeClock(host);
  const readings = { plain, given, other, seenNatively, nativeClock };
  sandbox.keep("sandbox-surroundings.json", withoutBigInts(readings));
  return [environment(readings), clocks(readings)];
}

function environment(readings: SurroundingReadings): Observation {
  const { plain, given, other, seenNatively } = readings;
  return observed("sandbox-view/environment-withheld", {
    value: !plain.seen && plain.variables === 0,
    seen: `With ${VARIABLE} set on Wasmtime's process the module sees ${plain.variables} ` +
      `variables, that one ${plain.seen ? "among them" : "not among them"}.`,
    controls: [
      positive(
        "a native program that is started in the same way sees the variable",
        seenNatively,
        seenNatively ? "seen" : "not seen",
      ),
      positive(
        "the module sees the variable when it is given with --env",
        given.seen,
        `${given.variables} variables`,
      ),
      negative(
        "it does not see the variable when another one is given",
        !other.seen && other.variables > 0,
        `${other.variables} variables`,
      ),
    ],
  });
}

function clocks({ plain, given, nativeClock }: SurroundingReadings): Observation {
  const { hostBefore, realtime, hostAfter, monotonic: [first, second] } = plain;
  return observed("sandbox-view/clocks", {
    value: isBetween(hostBefore, realtime, hostAfter) && first <= second,
    seen: `The module's reading lies ${milliseconds(realtime - hostBefore)} after the host's ` +
      `reading before it, and ${milliseconds(hostAfter - realtime)} before the one after it; two ` +
      `readings of its monotonic clock differ by ${second - first} ns.`,
    controls: [
      positive(
        "a native program's reading lies between two of the host's",
        nativeClock !== null && isBetween(...nativeClock),
        nativeClock === null ? "no reading" : milliseconds(nativeClock[1] - nativeClock[0]),
      ),
      negative(
        "a later reading does not lie between them",
        !isBetween(hostBefore, given.realtime, hostAfter),
        `${milliseconds(given.realtime - hostAfter)} after them`,
      ),
    ],
  });
}

function isBetween(before: bigint, reading: bigint, after: bigint): boolean {
  return before <= reading && reading <= after;
}

function milliseconds(nanoseconds: bigint): string {
  return `${(Number(nanoseconds) / 1e6).toFixed(2)} ms`;
}

function withoutBigInts(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, part) => typeof part === "bigint" ? `${part}` : part),
  );
}
