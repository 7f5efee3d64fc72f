/**
 * All runs of a host in one table, folded by month so that a thousand of them stay quick to open.
 *
 * @module
 */
import { type Verdict, VERDICTS } from "../../suites/result.ts";
import { displayText } from "../display.ts";
import type { StoredRun } from "../history/stored.ts";
import { html, type Markup } from "../html/html.ts";
import { both } from "../html/labels.ts";
import { verdictSymbol, verdictWord } from "../html/verdict.ts";
import type { Bilingual } from "../sentences.ts";
import { duration } from "../units.ts";
import type { Links } from "./links.ts";
import { originMark } from "./origins.ts";
import { nightLink } from "./parts.ts";

interface Shown {
  readonly links: Links;
  /** Starts of the runs in which something changed. */
  readonly changed: ReadonlySet<string>;
}

/** The newest month stands open. */
export function nightsTable(runs: readonly StoredRun[], shown: Shown): Markup {
  const months = [...Map.groupBy(runs.toReversed(), ({ startedAt }) => startedAt.slice(0, 7))];
  return html`${
    months.map(([month, runs], index) => monthFold(month, runs, { ...shown, open: index === 0 }))
  }`;
}

function monthFold(
  month: string,
  runs: readonly StoredRun[],
  { open, ...shown }: Shown & { readonly open: boolean },
): Markup {
  const changes = runs.filter(({ startedAt }) => shown.changed.has(startedAt)).length;
  return html`
    <details class="fold" ${open
      ? html`
        open
      `
      : null}>
      <summary>${month} (${runs.length}${changes === 0 ? null : html`, ▲ ${changes}`})</summary>
      <table class="nights">
        <thead>
          <tr><th scope="col">${both({ en: "Run", zh: "运行" })}</th>${VERDICTS.map(
            head,
          )}<th scope="col">${both({ en: "Took", zh: "历时" })}</th><th scope="col">${both({
            en: "Kernel",
            zh: "内核",
          })}</th><td></td></tr>
        </thead>
        <tbody>${runs.map((run) => row(run, shown))}</tbody>
      </table>
    </details>
  `;
}

function head(verdict: Verdict): Markup {
  return html`<th scope="col">${verdictSymbol(verdict)} ${verdictWord(verdict)}</th>`;
}

function row(run: StoredRun, { links, changed }: Shown): Markup {
  const mark = changed.has(run.startedAt)
    ? html`
      ▲
    `
    : null;
  return html`<tr><td>${nightLink(run, links)}</td>${
    VERDICTS.map((verdict) => html`<td>${run.counts[verdict]}</td>`)
  }<td>${duration(run.durationSeconds)}</td><td>${
    displayText(run.configuration.kernel, 40)
  }</td><td>${mark}${originMark(run)} ${
    remarks(run).map((remark) =>
      html`
        ${both(remark)}
      `
    )
  }</td></tr>`;
}

function remarks({ endedAt, confirms, selection }: StoredRun): Bilingual[] {
  return [
    ...(endedAt === null ? [{ en: "did not end", zh: "未完成" }] : []),
    ...(confirms === null ? [] : [{ en: "repeats the run before", zh: "复核前一次运行" }]),
    ...(selection.length === 0 ? [] : [{ en: "selected claims", zh: "部分论断" }]),
  ];
}
