/**
 * The claims side by side with their verdicts, in the document's order.
 *
 * @module
 */
import { type Cell, CELLS, CLAIMS, type Fact, FACTS } from "../suites/claims/claims.ts";
import type { ClaimVerdict, Verdict } from "../suites/result.ts";

/** A claim and its verdict; null when the run was not asked for it, or ended before it. */
export interface Judged<C extends Cell | Fact = Cell | Fact, V extends Named = ClaimVerdict> {
  readonly claim: C;
  readonly verdict: V | null;
}

/** A verdict of one host, or of a fleet. */
type Named = Pick<ClaimVerdict, "id" | "verdict">;

/** What has such verdicts. */
interface Claims<V extends Named> {
  readonly claims: readonly V[];
}

/** One of the document's 14 matrices. */
export interface Matrix<V extends Named = ClaimVerdict> {
  readonly id: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly columns: readonly Heading[];
  readonly rows: readonly MatrixRow<V>[];
}

/** The head of a row or column in both languages. */
export interface Heading {
  readonly zh: string;
  readonly en: string;
}

/** A row of a matrix, its cells in the order of the columns. */
export interface MatrixRow<V extends Named = ClaimVerdict> {
  readonly heading: Heading;
  readonly cells: readonly Judged<Cell, V>[];
}

/** The 14 matrices exactly as the document has them. */
export function matrices<V extends Named>(judged: Claims<V>): Matrix<V>[] {
  const verdicts = verdictsById(judged);
  return [...Map.groupBy(CELLS, ({ matrix }) => matrix)].map(([id, cells]) => ({
    id,
    titleZh: cells[0]?.matrixZh ?? "",
    titleEn: cells[0]?.matrixEn ?? "",
    columns: [...Map.groupBy(cells, ({ columnZh }) => columnZh).values()]
      .map(([cell]) => ({ zh: cell?.columnZh ?? "", en: cell?.columnEn ?? "" })),
    rows: [...Map.groupBy(cells, ({ rowZh }) => rowZh).values()].map((row) => ({
      heading: { zh: row[0]?.rowZh ?? "", en: row[0]?.rowEn ?? "" },
      cells: row.map((claim) => ({ claim, verdict: verdicts.get(claim.id) ?? null })),
    })),
  }));
}

/** The 32 facts. */
export function judgedFacts<V extends Named>(judged: Claims<V>): Judged<Fact, V>[] {
  const verdicts = verdictsById(judged);
  return FACTS.map((claim) => ({ claim, verdict: verdicts.get(claim.id) ?? null }));
}

/** The claims with this verdict, in the document's order. */
export function claimsWith<V extends Named>(
  judged: Claims<V>,
  verdict: Verdict,
): Judged<Cell | Fact, V>[] {
  const verdicts = verdictsById(judged);
  return CLAIMS.map((claim) => ({ claim, verdict: verdicts.get(claim.id) ?? null }))
    .filter((one) => one.verdict?.verdict === verdict);
}

/** A line of the coverage by name: `"11.3 Performance comparison"`, `"Facts"`. */
export function matrixName(matrix: string): string {
  const title = CELLS.find((cell) => cell.matrix === matrix)?.matrixEn;
  return title === undefined ? capital(matrix) : `${matrix} ${title}`;
}

/** What a claim is about: `"IO performance, Containers"`. */
export function subject(claim: Cell | Fact): string {
  return claim.kind === "fact" ? `Section ${claim.section}` : `${claim.rowEn}, ${claim.columnEn}`;
}

function verdictsById<V extends Named>({ claims }: Claims<V>): ReadonlyMap<string, V> {
  return new Map(claims.map((claim) => [claim.id, claim]));
}

/** A word that begins a line. */
export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
