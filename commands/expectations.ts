/**
 * What a run is held to: read before it begins, compared when it has ended.
 *
 * @module
 */
import { UsageProblem } from "../problem.ts";
import { readExpectations } from "../reports/expectations_file.ts";
import { toldOf } from "../reports/agreement.ts";
import { type Agreement, agreementOf, type Expectations } from "../suites/expectations.ts";
import { selectIds } from "../suites/needs.ts";
import type { Result, Thresholds } from "../suites/result.ts";
import { type Args, textOption } from "./command.ts";

/**
 * The expectations that `--expect` names; null for none.
 *
 * @throws {UsageProblem} where they cannot be read, or a run of these claims under these thresholds
 * cannot be held to them
 */
export async function expectationsOption(
  args: Args,
  run: { readonly selection: readonly string[]; readonly thresholds: Thresholds },
): Promise<Expectations | null> {
  const path = textOption(args, "expect");
  if (path === undefined) return null;
  const expectations = await readExpectations(path);
  const misfit = misfitOf(expectations, run);
  if (misfit === null) return expectations;
  throw new UsageProblem({ action: `hold the run to ${path}`, ...misfit });
}

/** Why a run cannot be held to these expectations, and what to do; null where it can. */
function misfitOf(
  { source, claims }: Expectations,
  { selection, thresholds }: {
    readonly selection: readonly string[];
    readonly thresholds: Thresholds;
  },
): { condition: string; seen?: string; cure: string } | null {
  const { high, medium } = source.thresholds;
  if (high !== thresholds.high || medium !== thresholds.medium) {
    return {
      condition: "its verdicts were judged by other thresholds",
      seen: `high=${high},medium=${medium}`,
      cure: `Run with --threshold high=${high},medium=${medium}, or write the file again.`,
    };
  }
  if (selectIds(selection).some((id) => id in claims)) return null;
  return {
    condition: "it expects nothing of the claims that are selected",
    cure: "Select others, or leave --expect out.",
  };
}

/** What a result made of the expectations today; null where there are none. */
export function agreementWith(
  expectations: Expectations | null,
  { claims, run }: Pick<Result, "claims" | "run">,
): Agreement | null {
  if (expectations === null) return null;
  // A dry run began when it was recorded; a waiver ends by the calendar.
  const now = new Date();
  return agreementOf(expectations, { claims, selected: selectIds(run.selection), now });
}

/** Tells on stderr of waivers that have expired, whatever else is printed. */
export function tellExpired(agreement: Agreement | null): void {
  if (agreement === null) return;
  const expired = agreement.waivers.filter(({ daysLeft }) => daysLeft < 0);
  for (const { title, text } of toldOf({ ...agreement, claims: [], waivers: expired })) {
    console.error(`Warning: ${title}. ${text}`);
  }
}
