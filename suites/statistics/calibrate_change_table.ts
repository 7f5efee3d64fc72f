/**
 * The calibration of change detection as aligned plain text.
 *
 * @module
 */
import {
  type ChangeRow,
  type ChangeShares,
  QUIET,
  SOON_NIGHTS,
  STEP_DEVIATION,
} from "./calibrate_change.ts";

interface Column {
  readonly name: string;
  readonly cell: (shares: ChangeShares) => string;
}

const SHARE = ({ alarmed }: ChangeShares): string => (100 * alarmed).toFixed(1);

const QUIET_COLUMNS: readonly Column[] = [
  { name: "alarm", cell: SHARE },
  { name: "second", cell: ({ secondRuns }) => secondRuns.toFixed(1) },
];

const STEP_COLUMNS: readonly Column[] = [
  { name: "found", cell: SHARE },
  { name: "nights", cell: ({ medianNights }) => medianNights?.toFixed(0) ?? "-" },
];

/** A table of histories without a change, and one of those with a step; shares in per cent. */
export function changeTable(rows: readonly ChangeRow[]): string {
  const [first] = rows;
  if (first === undefined) throw new TypeError("statistics: a calibration without rows");
  const count = `In % of ${first.histories} simulated histories per line`;
  const quiet = rows.filter(({ kind }) => kind === "quiet");
  const steps = rows.filter(({ kind }) => kind === "step");
  return [
    `${count}, ${QUIET.nights} nights without a change, ${100 * QUIET.deviation} % from run to ` +
    'run: those with any alarm; "second": second runs asked for per 100 nights.',
    ...["", ...linesOf(quiet, "noise", QUIET_COLUMNS), ""],
    `${count}, with a step, ${100 * STEP_DEVIATION} % from run to run: those in which it is ` +
    `found within ${SOON_NIGHTS} nights; "nights": median until it is found.`,
    ...["", ...linesOf(steps, "step", STEP_COLUMNS)],
  ].join("\n");
}

function linesOf(rows: readonly ChangeRow[], what: string, columns: readonly Column[]): string[] {
  const rules = rows[0]?.rules ?? [];
  const width = 8 * columns.length + columns.length - 1;
  const names = rules.map(({ rule }) => centred(rule, width));
  const heads = rules.map(() => cells(columns.map(({ name }) => name)));
  return [
    line("", names),
    line(what, heads),
    "-".repeat(20) + `-+-${"-".repeat(width)}`.repeat(rules.length),
    ...rows.map(({ scenario, rules }) =>
      line(scenario, rules.map((shares) => cells(columns.map(({ cell }) => cell(shares)))))
    ),
  ];
}

function line(name: string, parts: readonly string[]): string {
  return [name.padEnd(20), ...parts].join(" | ");
}

function cells(texts: readonly string[]): string {
  return texts.map((text) => text.padStart(8)).join(" ");
}

function centred(text: string, width: number): string {
  return text.padStart(Math.floor((width + text.length) / 2)).padEnd(width);
}
