/**
 * What tells one NVMe device from another: ids, serial number, and what its disks begin with.
 *
 * @module
 */
import { givenFunction, HASH_OF_NOTHING, type InsideView } from "./inside_guest.ts";
import type { OutsideView } from "./outside.ts";

/** All that a device shows, nothing of which is missing. */
export interface Identity {
  /** "1b36:0010". */
  readonly ids: string;
  readonly serial: string;
  /** SHA-256 of the beginning of each disk, in no order that means anything. */
  readonly hashes: readonly string[];
}

/** How the host knows the device; null where it misses a part. */
export function identityOutside({ ids, serials, hashes }: OutsideView): Identity | null {
  const [serial, ...others] = serials;
  return others.length > 0 ? null : identityOf({ ids, serial, hashes: Object.values(hashes) });
}

/** How the guest knows the device that it was given; null where it misses a part. */
export function identityInside(inside: InsideView): Identity | null {
  const given = givenFunction(inside);
  if (given === null) return null;
  const { ids, serial } = given;
  return identityOf({ ids, serial, hashes: inside.namespaces.map(({ hash }) => hash) });
}

/** Whether two that are known are the same. */
export function isSame(
  one: Identity | null | undefined,
  other: Identity | null | undefined,
): boolean {
  return one?.ids === other?.ids && one?.serial === other?.serial &&
    one?.hashes.join() === other?.hashes.join() && Boolean(one) && Boolean(other);
}

export function identityInWords(identity: Identity | null | undefined): string {
  if (!identity) return "no whole device";
  const { ids, serial, hashes } = identity;
  return `${ids}, serial ${serial}, data ${hashes.map((hash) => hash.slice(0, 8)).join(" and ")}`;
}

/** Whether a text is the hash of something that was read. */
export function isHash(text: string | null | undefined): text is string {
  return /^[0-9a-f]{64}$/.test(text ?? "") && text !== HASH_OF_NOTHING;
}

function identityOf(
  { ids, serial, hashes }: {
    readonly ids: string;
    readonly serial: string | null | undefined;
    readonly hashes: readonly (string | null)[];
  },
): Identity | null {
  const known = hashes.filter(isHash).sort();
  const isWhole = ids !== "" && Boolean(serial) && hashes.length > 0;
  return isWhole && known.length === hashes.length && serial
    ? { ids, serial, hashes: known }
    : null;
}
