import type { CommandEnd, CommandRequest } from "../host.ts";

/** What ends a run's commands before their own time is over. */
export interface RunBounds {
  /**
   * The reading of {@linkcode Host.monotonicSeconds} at which everything must be over, or null:
   * commands are ended by then, and new ones are answered `cancelled`.
   */
  readonly deadline?: () => number | null;
  /** Ends every command, and answers new ones with `cancelled`. */
  readonly signal?: AbortSignal;
}

/** How long a command may run, and how it ended where that is what ended it. */
export interface TimeLimit {
  readonly limitSeconds: number;
  readonly endedByLimit: CommandEnd;
}

/** The limit of a command that would start at `nowSeconds`; null where it must not start any more. */
export function timeLimit(
  { timeoutSeconds, survivesCancel }: CommandRequest,
  { deadline, signal }: RunBounds,
  nowSeconds: number,
): TimeLimit | null {
  const own = { limitSeconds: timeoutSeconds, endedByLimit: "timed-out" as const };
  if (survivesCancel) return own;
  if (signal?.aborted) return null;
  const left = (deadline?.() ?? Infinity) - nowSeconds;
  if (left <= 0) return null;
  return left < own.limitSeconds ? { limitSeconds: left, endedByLimit: "cancelled" } : own;
}
