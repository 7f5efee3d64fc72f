/**
 * The document as data: 14 matrices with 227 cells, and 32 facts from its prose.
 *
 * @module
 */
import { parse } from "@std/csv";
import cellsText from "./cells.csv" with { type: "text" };
import factsText from "./facts.csv" with { type: "text" };

/** A claim in the document's own words and in English. */
interface Claim {
  /** Stable id: `matrix/row/column`, or `section/fact/name`. */
  readonly id: string;
  readonly claimZh: string;
  readonly claimEn: string;
}

/** One cell of a matrix. */
export interface Cell extends Claim {
  readonly kind: "cell";
  /** The matrix's section number, e.g. `11.3`. */
  readonly matrix: string;
  readonly matrixZh: string;
  readonly matrixEn: string;
  readonly rowZh: string;
  readonly rowEn: string;
  readonly columnZh: string;
  readonly columnEn: string;
}

/** One claim from the prose. */
export interface Fact extends Claim {
  readonly kind: "fact";
  readonly section: string;
}

/** The cells in the document's order. */
export const CELLS: readonly Cell[] = parse(cellsText, { skipFirstRow: true }).map((row) => ({
  kind: "cell",
  id: field(row, "id"),
  matrix: field(row, "matrix"),
  matrixZh: field(row, "matrix_zh"),
  matrixEn: field(row, "matrix_en"),
  rowZh: field(row, "row_zh"),
  rowEn: field(row, "row_en"),
  columnZh: field(row, "column_zh"),
  columnEn: field(row, "column_en"),
  claimZh: field(row, "claim_zh"),
  claimEn: field(row, "claim_en"),
}));

/** The facts in the document's order. */
export const FACTS: readonly Fact[] = parse(factsText, { skipFirstRow: true }).map((row) => ({
  kind: "fact",
  id: field(row, "id"),
  section: field(row, "section"),
  claimZh: field(row, "claim_zh"),
  claimEn: field(row, "claim_en"),
}));

/** Every claim: cells first, then facts. */
export const CLAIMS: readonly (Cell | Fact)[] = [...CELLS, ...FACTS];

const BY_ID = new Map(CLAIMS.map((claim) => [claim.id, claim]));

/** The claim of an id; null for one that the document does not have. */
export function claimOf(id: string): Cell | Fact | null {
  return BY_ID.get(id) ?? null;
}

/** The row of a claim, which its rule is often shared over: `11.3/latency`. */
export function rowOf(id: string): string {
  return id.slice(0, id.lastIndexOf("/"));
}

/** Whether `selector` is the id, or one of its prefixes at a slash or a dot. */
export function selects(selector: string, id: string): boolean {
  if (!id.startsWith(selector)) return false;
  return id.length === selector.length || "/.".includes(id.charAt(selector.length));
}

function field(row: Readonly<Record<string, string>>, name: string): string {
  const value = row[name];
  if (value === undefined) throw new TypeError(`claims: a row lacks the column "${name}"`);
  return value;
}
