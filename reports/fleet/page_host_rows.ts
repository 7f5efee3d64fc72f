/**
 * Hosts as rows of tables: whole ones in a fleet of some, compact ones in a fleet of very many.
 *
 * @module
 */
import { VERDICTS } from "../../suites/result.ts";
import { html, type Markup } from "../html/html.ts";
import { both, label } from "../html/labels.ts";
import { countsBar, type VerdictCounts } from "../html/verdict_bar.ts";
import { FACES } from "../verdicts.ts";
import { gpusInWords, STATE_FACES } from "./fleet_words.ts";
import { stateSign } from "./page_overview.ts";
import { framedTable, HOST_WORDS, hostCounts } from "./page_parts.ts";
import { countsOf, type ToldHost } from "./tallies.ts";

/** A host with a result. */
export interface HostRow {
  readonly host: ToldHost;
  /** The number of its make. */
  readonly make: number;
  /** Where its own report lies; null for none. */
  readonly report: string | null;
  /** Where what its run printed lies; null for none. */
  readonly log: string | null;
}

/** With more hosts than these, each has a compact row. */
const MOST_WHOLE_ROWS = 200;

/** Rows of one table; the first table stands open. */
const ROWS_OF_A_TABLE = 250;

/** All the rows, in tables that open. */
export function hostTables(rows: readonly HostRow[]): Markup {
  const rowOf = rows.length <= MOST_WHOLE_ROWS ? wholeRow : compactRow;
  const count = Math.ceil(rows.length / ROWS_OF_A_TABLE);
  const tables = Array.from({ length: count }, (_, index) => {
    const part = rows.slice(index * ROWS_OF_A_TABLE, (index + 1) * ROWS_OF_A_TABLE);
    const table = framedTable("fleet-hosts", heads(), part.map(rowOf));
    return index === 0 ? table : folded(part, table);
  });
  return html`<h3 id="told">${both(HOST_WORDS.told)} (${rows.length})</h3>${tables}`;
}

function heads(): Markup[] {
  return [
    both(HOST_WORDS.host),
    both(HOST_WORDS.state),
    both(HOST_WORDS.make),
    label("gpus"),
    both(HOST_WORDS.kernel),
    label("driver"),
    both(HOST_WORDS.verdicts),
  ];
}

function folded(rows: readonly HostRow[], table: Markup): Markup {
  const ends = [rows[0], rows.at(-1)].flatMap((row) => row === undefined ? [] : [row.host.name]);
  return html`
    <details class="fold">
      <summary>${ends.join(" … ")} (${rows.length})</summary>
      ${table}
    </details>
  `;
}

function wholeRow(row: HostRow): Markup {
  const { host } = row;
  const counts = countsOf(host.told);
  const why = host.because === null ? null : html`<p class="muted">${host.because}</p>`;
  return html`
    <tr>
      <th scope="row">${nameOf(row)}<p class="muted">${host.told.environment}</p></th>
      <td>${stateSign(STATE_FACES[host.state])} ${both(STATE_FACES[host.state])}${why}</td>
      ${whatItIs(row)}
      <td>${countsBar(counts)}${hostCounts(counts)}</td>
    </tr>
  `;
}

function compactRow(row: HostRow): Markup {
  const { sign, en, kind } = STATE_FACES[row.host.state];
  return html`<tr><th scope="row">${nameOf(row)}</th><td class="hosts-${kind}">${sign} ${en}</td>${
    whatItIs(row)
  }<td>${shortCounts(countsOf(row.host.told))}</td></tr>`;
}

function whatItIs({ host: { told }, make }: HostRow): Markup {
  return html`
    <td class="make">${makeName(make)}</td>
    <td>${gpuText(told)}</td>
    <td>${told.kernel}</td>
    <td>${told.gpuDriver ?? "–"}</td>
  `;
}

function gpuText(told: ToldHost["told"]): string {
  const text = gpusInWords(told);
  return text === null ? "?" : text === "" ? "–" : text;
}

/** A number alone would be read together with that of the GPUs beside it. */
export function makeName(number: number): Markup {
  return both({ en: `${HOST_WORDS.make.en} ${number}`, zh: `${HOST_WORDS.make.zh} ${number}` });
}

function nameOf({ host: { name }, report, log }: HostRow): Markup {
  const named = report === null ? html`${name}` : html`<a href="${report}">${name}</a>`;
  return log === null ? named : html`${named} <a href="${log}">${both(HOST_WORDS.log)}</a>`;
}

function shortCounts(counts: VerdictCounts): string {
  return VERDICTS.filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `${FACES[verdict].symbol} ${counts[verdict]}`).join("  ");
}
