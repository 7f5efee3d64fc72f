/**
 * That a history keeps dry runs only where that is asked for.
 *
 * @module
 */
import { Problem } from "../problem.ts";

/**
 * Refuses what replays a recorded host; `seen` says what it replays.
 *
 * @throws {Problem} always
 */
export function refuseDryRun(what: "result" | "fleet", seen: string): never {
  const [of, that, it] = what === "result"
    ? ["a dry run", "that replays is no night of its own", "it"]
    : ["dry runs", "these replay are no nights of their own", "they"];
  throw new Problem({
    action: `add the ${what} to the history`,
    condition: `it is of ${of}, and what ${that}`,
    seen,
    cure: `Say --dry-runs where ${it} shall be kept all the same.`,
  });
}
