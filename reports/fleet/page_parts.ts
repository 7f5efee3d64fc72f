/**
 * Parts that several sections of a fleet's page have.
 *
 * @module
 */
import { claimOf } from "../../suites/claims/claims.ts";
import { type Verdict, VERDICTS } from "../../suites/result.ts";
import { html, type Markup, type Part } from "../html/html.ts";
import { both } from "../html/labels.ts";
import { claimLink } from "../html/overview.ts";
import { verdictMark } from "../html/verdict.ts";
import type { VerdictCounts } from "../html/verdict_bar.ts";
import { hostNames } from "./name_ranges.ts";

/** The sections that the bar leads to. */
export const PART_TITLES = {
  faults: { en: "What is wrong", zh: "问题" },
  hosts: { en: "Hosts", zh: "主机" },
  refuted: { en: "Refuted", zh: "证伪的论断" },
  disagreements: { en: "Disagreements", zh: "判定不一" },
  outliers: { en: "Outliers", zh: "离群主机" },
  links: { en: "Links", zh: "主机间链路" },
  matrices: { en: "Matrices", zh: "矩阵" },
} as const;

/** Heads of the tables of hosts. */
export const HOST_WORDS = {
  host: { en: "Host", zh: "主机" },
  state: { en: "State", zh: "状态" },
  make: { en: "Make", zh: "型号" },
  log: { en: "log", zh: "日志" },
  makes: { en: "Makes", zh: "型号" },
  kernel: { en: "Kernel", zh: "内核" },
  verdicts: { en: "Its verdicts", zh: "各判定数" },
  silent: { en: "Without a readable result", zh: "没有可读结果的主机" },
  told: { en: "With a result", zh: "有结果的主机" },
} as const;

/** Hosts by their names, many of them as ranges. */
export function namesOf(names: readonly string[]): Markup {
  const { text, unnamed } = hostNames(names);
  return html`<code class="names">${text}</code>${moreOf(unnamed)}`;
}

/** Where what the runs of hosts printed lies, by the hosts' names on the page. */
export type HostLogs = ReadonlyMap<string, string>;

/** With more logs than these, they are folded. */
const MOST_OPEN_LOGS = 8;

/** The logs of those of the hosts that have one; null where none has. */
export function logsOf(
  names: readonly string[],
  { logs, most }: { readonly logs: HostLogs; readonly most: number },
): Markup | null {
  const found = names.flatMap((name) => {
    const href = logs.get(name);
    return href === undefined ? [] : [{ name, href }];
  });
  if (found.length === 0) return null;
  const title = both({ en: found.length === 1 ? "Log:" : "Logs:", zh: "日志：" });
  const links = found.slice(0, most).map(({ name, href }) =>
    html`
      <a href="${href}">${name}</a>
    `
  );
  const all = html`${links}${moreOf(found.length - most)}`;
  return found.length <= MOST_OPEN_LOGS
    ? html`<p><span class="lead">${title}</span>${all}</p>`
    : html`<details class="fold"><summary>${title} ${found.length}</summary>${all}</details>`;
}

function moreOf(more: number): Markup | null {
  return more <= 0 ? null : html`
    ${both({ en: `and ${more} more`, zh: `及另外 ${more} 台` })}
  `;
}

/** A claim as a link to its cell; its id alone where the document has it no more. */
export function claimName(id: string): Markup {
  const claim = claimOf(id);
  return claim === null ? html`<code>${id}</code>` : claimLink({ claim });
}

/** How many hosts say what: each verdict by its sign, those of none left out. */
export function hostCounts(counts: VerdictCounts): Markup {
  const present = VERDICTS.filter((verdict) => counts[verdict] > 0);
  return html`<span class="says">${present.map((verdict) => hostCount(verdict, counts))}</span>`;
}

function hostCount(verdict: Verdict, counts: VerdictCounts): Markup {
  return html`
    <span>${verdictMark(verdict)} ${counts[verdict]}</span>
  `;
}

/** The first rows of a list, and how many others `fleet.json` has. */
export function firstOf<T>(
  list: readonly T[],
  most: number,
): { readonly shown: readonly T[]; readonly rest: Markup | null } {
  const more = list.length - most;
  return {
    shown: list.slice(0, most),
    rest: more <= 0 ? null : html`
      <p class="muted">${both({
        en: `and ${more} more, which ${more === 1 ? "is" : "are"} in fleet.json.`,
        zh: `另有 ${more} 项，见 fleet.json。`,
      })}</p>
    `,
  };
}

/** A table in a frame that scrolls where the window is narrow. */
export function framedTable(kind: string, heads: readonly Part[], rows: readonly Markup[]): Markup {
  return html`
    <div class="wide">
      <table class="${kind}">
        <thead>
          <tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </div>
  `;
}
