/**
 * The links between hosts, and what each carried.
 *
 * @module
 */
import type { HostLink } from "../../suites/fleet/fleet_result.ts";
import { html, type Markup } from "../html/html.ts";
import { both } from "../html/labels.ts";
import { verdictMark } from "../html/verdict.ts";
import { shellCommand } from "../shell_command.ts";
import { quantity } from "../units.ts";
import type { FleetLimits } from "./fleet_display.ts";
import { carriedInWords, failedFirst } from "./fleet_words.ts";
import { firstOf, framedTable, PART_TITLES } from "./page_parts.ts";

const WORDS = {
  link: { en: "Link", zh: "链路" },
  port: { en: "Port", zh: "端口" },
  said: { en: "Said to carry", zh: "标称速率" },
  carried: { en: "Carried", zh: "实测" },
  unknown: { en: "not told", zh: "未知" },
} as const;

/** A row for each link, those without figures first; null where there are none. */
export function linksSection(
  links: readonly HostLink[],
  { mostRows }: FleetLimits,
): Markup | null {
  if (links.length === 0) return null;
  const { shown, rest } = firstOf(failedFirst(links), mostRows);
  const heads = [WORDS.link, WORDS.port, WORDS.said, WORDS.carried].map(both);
  return html`
    <section id="links">
      <h2>${both(PART_TITLES.links)} (${links.length})</h2>
      ${framedTable("links", heads, shown.map(linkRow))}${rest}
    </section>
  `;
}

function linkRow(link: HostLink): Markup {
  const { from, to, port, portBytesPerSecond, argv } = link;
  return html`
    <tr>
      <th scope="row"><code>${from}</code> → <code>${to}</code></th>
      <td>${port}</td>
      <td class="figure">${portBytesPerSecond === null
        ? both(WORDS.unknown)
        : quantity(portBytesPerSecond, "B/s")}</td>
      <td class="figure">${carriedPart(link)}<br><code class="muted">${shellCommand(
        argv,
      )}</code></td>
    </tr>
  `;
}

function carriedPart(link: HostLink): Markup {
  if (link.failure !== null) return html`${verdictMark("error")} ${link.failure}`;
  const carried = carriedInWords(link);
  if (carried === null) return both(WORDS.unknown);
  const runs = link.bytesPerSecond.length;
  return html`<b>${carried}</b> ${
    both({ en: `in ${runs} ${runs === 1 ? "run" : "runs"}`, zh: `（${runs} 次运行）` })
  }`;
}
