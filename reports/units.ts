/**
 * Quantities in words. Figures are scaled here, when printing, and nowhere else.
 *
 * @module
 */
import type { Workload } from "../suites/result.ts";

/** A unit to print in: `value / factor` is the figure before `label`. */
export interface PrintUnit {
  readonly factor: number;
  readonly label: string;
}

const PRINT_UNITS: Readonly<Record<Workload["unit"], readonly PrintUnit[]>> = {
  "B/s": [
    { factor: 1e9, label: "GB/s" },
    { factor: 1e6, label: "MB/s" },
    { factor: 1e3, label: "kB/s" },
    { factor: 1, label: "B/s" },
  ],
  "1/s": [
    { factor: 1e12, label: "T/s" },
    { factor: 1e9, label: "G/s" },
    { factor: 1e6, label: "M/s" },
    { factor: 1e3, label: "k/s" },
    { factor: 1, label: "1/s" },
  ],
  "s": [
    { factor: 1, label: "s" },
    { factor: 1e-3, label: "ms" },
    { factor: 1e-6, label: "µs" },
    { factor: 1e-9, label: "ns" },
  ],
};

/** The unit in which `largest`, a quantity in base units, has one to three digits before the point. */
export function printUnit(unit: Workload["unit"], largest: number): PrintUnit {
  const units = PRINT_UNITS[unit];
  return units.find(({ factor }) => largest >= factor) ?? units.at(-1) ??
    { factor: 1, label: unit };
}

/** A quantity with its unit: `"1.25 GB/s"`. */
export function quantity(value: number, unit: Workload["unit"]): string {
  const { factor, label } = printUnit(unit, Math.abs(value));
  return `${digits(value / factor)} ${label}`;
}

/** A ratio: `"0.954"`. */
export function ratioInWords(ratio: number): string {
  return ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(ratio < 0.1 ? 4 : 3);
}

/** A ratio's parts, as far as they are known. */
export interface RatioParts {
  readonly ratio?: number | null;
  readonly low?: number | null;
  readonly high?: number | null;
  readonly n?: number | null;
}

/** An interval: `"0.941 to 0.968"`; an unknown bound reads `"?"`, and without both it is empty. */
export function intervalInWords(parts: RatioParts): string {
  const bounds = [parts.low ?? null, parts.high ?? null];
  if (bounds.every((bound) => bound === null)) return "";
  return bounds.map((bound) => bound === null ? "?" : ratioInWords(bound)).join(" to ");
}

/** A ratio with interval and n: `"0.954 (0.941 to 0.968, n = 12)"`; empty when there is none. */
export function ratioWithInterval(parts: RatioParts): string {
  const [ratio, n] = [parts.ratio ?? null, parts.n ?? null];
  if (ratio === null) return "";
  const inside = [intervalInWords(parts), n === null ? "" : `n = ${n}`].filter((text) =>
    text !== ""
  );
  return inside.length === 0
    ? ratioInWords(ratio)
    : `${ratioInWords(ratio)} (${inside.join(", ")})`;
}

/** A duration: `"4 min 12 s"`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${digits(seconds)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${rest} s` : `${rest} s`;
}

/** A time to the minute: `"2025-11-22 23:56 UTC"`; text that is no time stays as it is. */
export function minuteInUtc(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  return `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Memory in binary gigabytes: `"23.4 GiB"`. */
export function gibibytes(bytes: number): string {
  return `${digits(bytes / 2 ** 30)} GiB`;
}

function digits(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.01) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

/** A number of things: `"1 night"`, `"2 nights"`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
