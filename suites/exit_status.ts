/**
 * Exit statuses of the command line.
 *
 * @module
 */
import type { Agreement, Outcome } from "./expectations.ts";
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

/** What each outcome of an expectation does to the exit status. */
const STATUS_OF_OUTCOME: Readonly<Record<Outcome, number>> = {
  kept: EXIT.ok,
  flipped: EXIT.refuted,
  lost: EXIT.undecided,
  missing: EXIT.undecided,
  gained: EXIT.ok,
  moved: EXIT.ok,
  waived: EXIT.ok,
  unlisted: EXIT.ok,
};

/**
 * The exit status of a run: 3 when the host could not be put back, 100 when a claim was refuted, 101
 * when none was but some are open, 0 when every one is confirmed or editorial. With expectations: 100
 * when one that was decided flipped, 101 when none did but one is no longer decided or is missing, 0
 * when all that was relied on is as it was. A run that judged nothing is a failure of the harness.
 */
export function exitStatus(
  claims: readonly Pick<ClaimVerdict, "verdict">[],
  { hostRestored, agreement = null }: {
    readonly hostRestored: boolean;
    /** What became of the expectations; null where there are none. */
    readonly agreement?: Agreement | null;
  },
): number {
  if (!hostRestored) return EXIT.hostNotRestored;
  if (claims.length === 0) return EXIT.harnessFailed;
  if (agreement !== null) return statusOfAgreement(agreement);
  if (claims.some(({ verdict }) => verdict === "refuted")) return EXIT.refuted;
  const settled = claims.every(({ verdict }) => verdict === "confirmed" || verdict === "editorial");
  return settled ? EXIT.ok : EXIT.undecided;
}

/** A run that judged nothing of what is expected has not shown that it still holds. */
function statusOfAgreement({ claims }: Agreement): number {
  const expected = claims.filter(({ expected }) => expected !== null);
  if (expected.length === 0) return EXIT.undecided;
  const statuses = expected.map(({ outcome }) => STATUS_OF_OUTCOME[outcome]);
  return [EXIT.refuted, EXIT.undecided].find((status) => statuses.includes(status)) ?? EXIT.ok;
}
