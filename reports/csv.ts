/**
 * `result.csv`: one line a claim, for spreadsheets.
 *
 * @module
 */
import { stringify } from "@std/csv";
import { CLAIMS } from "../suites/claims/claims.ts";
import { lackedBy, lineOf } from "../suites/coverage.ts";
import type { ClaimVerdict, Result } from "../suites/result.ts";

const COLUMNS = [
  "id",
  "matrix",
  "verdict",
  "ratio",
  "low",
  "high",
  "n",
  "because",
  "lacks",
  "claim_zh",
  "claim_en",
  "dry_run",
] as const;

/** Begins a table: spreadsheets read UTF-8 only where a byte-order mark says so. */
export const BYTE_ORDER_MARK = "\ufeff";

/** The claims of a result as RFC 4180 text. */
export function resultCsv(result: Result): string {
  const texts = new Map(CLAIMS.map((claim) => [claim.id, claim]));
  const dryRun = inert(result.run.dryRun?.fixture ?? "");
  const rows = result.claims.map((claim) => ({
    ...row(claim, texts.get(claim.id)),
    dry_run: dryRun,
  }));
  return BYTE_ORDER_MARK + stringify(rows, { columns: COLUMNS });
}

function row(
  claim: ClaimVerdict,
  texts: { readonly claimZh: string; readonly claimEn: string } | undefined,
): Record<Exclude<typeof COLUMNS[number], "dry_run">, string | number> {
  return {
    id: inert(claim.id),
    matrix: inert(lineOf(claim.id)),
    verdict: claim.verdict,
    ratio: claim.ratio ?? "",
    low: claim.low ?? "",
    high: claim.high ?? "",
    n: claim.n ?? "",
    because: inert(claim.because),
    lacks: inert([...lackedBy(claim)].filter((one) => one !== null).join("; ")),
    claim_zh: inert(texts?.claimZh ?? ""),
    claim_en: inert(texts?.claimEn ?? ""),
  };
}

/**
 * A text that no spreadsheet takes for a formula: an apostrophe before what starts one
 * (OWASP, "CSV Injection"), full-width forms included.
 */
export function inert(text: string): string {
  return /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(text) ? `'${text}` : text;
}
