/**
 * Values as nvidia-smi prints them: "40960 MiB", "1410 MHz", "16x", "N/A". What is not understood, or
 * cannot be, is null.
 *
 * @module
 */

/** What stands where a value is not told; the manual puts some in brackets. */
const UNTOLD = new Set([
  "",
  "n/a",
  "none",
  "not supported",
  "not available",
  "not found",
  "function not found",
  "insufficient permissions",
  "requested functionality has been deprecated",
  "unknown",
]);
/** What stands where the GPU gave no answer that makes sense. */
const FAILED = new Set(["unknown error", "err!", "gpu is lost", "gpu requires reset"]);

/** Old drivers write MB for the same unit. */
const BYTES = { "B": 1, "KiB": 2 ** 10, "MiB": 2 ** 20, "MB": 2 ** 20, "GiB": 2 ** 30 };
const HERTZ = { "Hz": 1, "KHz": 1e3, "MHz": 1e6, "GHz": 1e9 };
const WATTS = { "W": 1, "mW": 1e-3 };
/** Beyond what an instrument on a GPU that runs could read. */
const COLDEST_CELSIUS = -60;
const HOTTEST_CELSIUS = 200;

/** The text itself; null where it says that there is none. */
export function told(text: string | null): string | null {
  const word = bare(text);
  return UNTOLD.has(word) || FAILED.has(word) ? null : text?.trim() ?? null;
}

/** The driver's words where they stand in place of a reading that failed, else null. */
export function failure(text: string | null): string | null {
  return FAILED.has(bare(text)) ? text?.trim() ?? null : null;
}

/** A count; null outside `least` to `most`. */
export function count(text: string | null, { least = 0, most = 2 ** 32 - 1 } = {}): number | null {
  const value = /^\d+$/.test(text?.trim() ?? "") ? Number(text) : NaN;
  return value >= least && value <= most ? value : null;
}

/** "16x". */
export function lanes(text: string | null): number | null {
  return count(text?.trim().replace(/x$/, "") ?? null, { least: 1, most: 32 });
}

/** A generation of PCI Express, from 1. */
export function linkGeneration(text: string | null): number | null {
  return count(text, { least: 1, most: 16 });
}

/** "40960 MiB". */
export function bytes(text: string | null): number | null {
  return quantity(text, BYTES);
}

/** "1410 MHz". */
export function hertz(text: string | null): number | null {
  return quantity(text, HERTZ);
}

/** "250.00 W". */
export function watts(text: string | null): number | null {
  return quantity(text, WATTS);
}

/** "37 %" is 0.37. */
export function share(text: string | null): number | null {
  const percent = quantity(text, { "%": 1 });
  return percent === null || percent > 100 ? null : percent / 100;
}

/** "45 C". */
export function celsius(text: string | null): number | null {
  const degrees = /^(-?\d+) C$/.exec(text?.trim() ?? "")?.[1];
  const value = degrees === undefined ? NaN : Number(degrees);
  return value >= COLDEST_CELSIUS && value <= HOTTEST_CELSIUS ? value : null;
}

/** "Enabled" or "Disabled". */
export function enabled(text: string | null): boolean | null {
  return oneOf({ "enabled": true, "disabled": false }, text);
}

/** Looks a word up that is spelled with blanks, hyphens or underscores, in any case. */
export function oneOf<T>(values: Readonly<Record<string, T>>, text: string | null): T | null {
  const word = text?.trim().toLowerCase().replaceAll(/[ _]/g, "-") ?? "";
  return Object.hasOwn(values, word) ? values[word] ?? null : null;
}

/** "00000000:65:00.0" as the kernel writes it, "0000:65:00.0". */
export function pciAddress(text: string | null): string | null {
  const match = /^([\da-f]{4,8}):([\da-f]{2}:[\da-f]{2}\.[0-7])$/i.exec(text?.trim() ?? "");
  const [, domain, rest] = match ?? [];
  if (domain === undefined || rest === undefined) return null;
  return `${parseInt(domain, 16).toString(16).padStart(4, "0")}:${rest.toLowerCase()}`;
}

/** "0x233010DE": the device first, then its vendor. */
export function pciIds(text: string | null): { device: string; vendor: string } | null {
  const [, device, vendor] = /^(?:0x)?([\da-f]{4})([\da-f]{4})$/i.exec(text?.trim() ?? "") ?? [];
  if (device === undefined || vendor === undefined) return null;
  return { device: device.toLowerCase(), vendor: vendor.toLowerCase() };
}

/** A number that is not negative, and its unit, in the base unit. */
function quantity(text: string | null, units: Readonly<Record<string, number>>): number | null {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?) ?(\S+)$/.exec(text?.trim() ?? "") ?? [];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (digits === undefined || factor === undefined) return null;
  const value = Number(digits) * factor;
  return value <= Number.MAX_SAFE_INTEGER ? value : null;
}

function bare(text: string | null): string {
  return text?.trim().replace(/^\[(.*)\]$/, "$1").toLowerCase() ?? "";
}
