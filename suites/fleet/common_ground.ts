/**
 * What most results have in common: those without it are not judged with them.
 *
 * @module
 */
import type { Thresholds } from "../result.ts";
import type { CommonGround } from "./fleet_result.ts";

/** What wins a tie: what the cellproof that merges would itself have measured by. */
export type OwnGround = Omit<CommonGround, "kind">;

/** In the order in which they win a tie. */
const KINDS = ["live", "dry-run", "synthetic"] as const satisfies readonly CommonGround["kind"][];

const VERSIONS = new Intl.Collator("en", { numeric: true });

/** A result that may say what is common, and a text that all results of its machine share. */
export interface Voter {
  readonly ground: CommonGround;
  readonly machine: string;
}

/** The common ground of whole results: their kind, of these the version, of these the thresholds. */
export function commonGroundOf(voters: readonly Voter[], own: OwnGround): CommonGround | null {
  if (voters.length === 0) return null;
  const kinds = votes(voters, ({ kind }) => kind);
  const kind = winner(kinds, (one, other) => KINDS.indexOf(one) - KINDS.indexOf(other));
  const ofKind = voters.filter(({ ground }) => ground.kind === kind);
  const versions = votes(ofKind, ({ version }) => version);
  const version = winner(versions, ownFirst(own.version, newerFirst));
  const ofVersion = ofKind.filter(({ ground }) => ground.version === version);
  const thresholds = votes(ofVersion, ({ thresholds }) => thresholdsKey(thresholds));
  const key = winner(thresholds, ownFirst(thresholdsKey(own.thresholds), stricterFirst));
  return { version, thresholds: thresholdsOf(key), kind };
}

/** Thresholds as a text, to tell whether two are the same. */
export function thresholdsKey({ high, medium }: Thresholds): string {
  return JSON.stringify([high, medium]);
}

function thresholdsOf(key: string): Thresholds {
  const [high, medium] = JSON.parse(key) as [number, number];
  return { high, medium };
}

/** Of how many machines there is a result of each value: a machine of many nights has one voice. */
function votes<T extends string>(
  voters: readonly Voter[],
  valueOf: (ground: CommonGround) => T,
): [T, number][] {
  const byValue = Map.groupBy(voters, ({ ground }) => valueOf(ground));
  return [...byValue].map(([value, those]) => [
    value,
    new Set(those.map(({ machine }) => machine)).size,
  ]);
}

function winner<T>(counted: [T, number][], compare: (one: T, other: T) => number): T {
  const [first] = counted.sort(([one, few], [other, many]) => many - few || compare(one, other));
  if (first === undefined) throw new RangeError("common ground: there are no results");
  return first[0];
}

function ownFirst(own: string, compare: (one: string, other: string) => number) {
  return (one: string, other: string): number =>
    Number(other === own) - Number(one === own) || compare(one, other);
}

function newerFirst(one: string, other: string): number {
  return VERSIONS.compare(other, one);
}

function stricterFirst(one: string, other: string): number {
  const [strict, lax] = [thresholdsOf(one), thresholdsOf(other)];
  return lax.high - strict.high || lax.medium - strict.medium;
}
