/**
 * What became of that which killed runs left on the host.
 *
 * @module
 */

export interface Recovery {
  /** What was done, and what could not be. */
  readonly sentences: readonly string[];
  /** Whether the host is as before those runs. */
  readonly restored: boolean;
}

/** Several parts of a recovery as one: the host is as before where each part is. */
export function wholeRecovery(parts: readonly Recovery[]): Recovery {
  return {
    sentences: parts.flatMap(({ sentences }) => sentences),
    restored: parts.every(({ restored }) => restored),
  };
}
