/**
 * Why a PCI function must not be given to a guest, and what the user can do about it.
 *
 * @module
 */

/** The kinds, most important first. */
const KINDS = [
  "host",
  "identity",
  "root",
  "storage",
  "network",
  "opened",
  "display",
  "virtual-functions",
  "override",
  "group",
  "reset",
] as const;

export interface Objection {
  readonly kind: typeof KINDS[number];
  /** A clause with its own subject and the value seen: "0000:65:00.0 has no reset method". */
  readonly reason: string;
  /** Sentences. */
  readonly cure: string;
}

/** All reasons, and all cures, each once and the most important first. */
export function sumUp(objections: readonly Objection[]): { condition: string; cure: string } {
  const ordered = objections.toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
  return {
    condition: [...new Set(ordered.map(({ reason }) => reason))].join("; "),
    cure: [...new Set(ordered.map(({ cure }) => cure))].join(" "),
  };
}

/** The first few of a list in words: "a, b and 3 more". */
export function few(names: readonly string[], most = 4): string {
  const shown = names.slice(0, most).join(", ");
  return names.length <= most ? shown : `${shown} and ${names.length - most} more`;
}
