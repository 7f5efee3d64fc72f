/**
 * Exit statuses of the command line.
 *
 * @module
 */
import type { ClaimVerdict } from "./result.ts";

export const EXIT = {
  ok: 0,
  usage: 1,
  harnessFailed: 2,
  hostNotRestored: 3,
  refuted: 100,
  undecided: 101,
  /** Ctrl-C, as shells report it. */
  interrupted: 130,
} as const;

/**
 * The exit status of a run: 3 when the host could not be put back, 100 when a claim was refuted, 101
 * when none was but some are open, 0 when every one is confirmed or editorial. A run that judged
 * nothing is a failure of the harness.
 */
export function exitStatus(
  claims: readonly Pick<ClaimVerdict, "verdict">[],
  { hostRestored }: { readonly hostRestored: boolean },
): number {
  if (!hostRestored) return EXIT.hostNotRestored;
  if (claims.length === 0) return EXIT.harnessFailed;
  if (claims.some(({ verdict }) => verdict === "refuted")) return EXIT.refuted;
  const settled = claims.every(({ verdict }) => verdict === "confirmed" || verdict === "editorial");
  return settled ? EXIT.ok : EXIT.undecided;
}
