/**
 * What the hosts of a fleet tell together: refuted claims, disagreements within a make, outliers.
 *
 * @module
 */
import type { Disagreement, FleetResult, Outlier } from "../../suites/fleet/fleet_result.ts";
import { VERDICTS } from "../../suites/result.ts";
import { html, type Markup } from "../html/html.ts";
import { intervalPair, type Scale, scaleOf } from "../html/interval_pair.ts";
import { both, label } from "../html/labels.ts";
import { verdictSymbol, verdictWord } from "../html/verdict.ts";
import { claimsWith } from "../judged.ts";
import { decidedInWords } from "../sentences.ts";
import { intervalInWords, ratioInWords } from "../units.ts";
import { countVerdicts } from "../verdicts.ts";
import type { FleetLimits } from "./fleet_display.ts";
import { noOutlierSaid } from "./fleet_words.ts";
import {
  claimName,
  firstOf,
  framedTable,
  HOST_WORDS,
  hostCounts,
  namesOf,
  PART_TITLES,
} from "./page_parts.ts";

const WORDS = {
  claims: { en: "The claims, over all judged hosts", zh: "全部已判定主机上的论断" },
  together: {
    en: "Hosts of one make take these claims differently: something else differs between them.",
    zh: "同一型号的主机对下列论断判定不同：它们之间另有差异。",
  },
  confirmedOn: { en: "Confirmed on", zh: "证实于" },
  refutedOn: { en: "Refuted on", zh: "证伪于" },
  differs: { en: "What differs", zh: "差异" },
  nothing: { en: "Nothing that the results tell of.", zh: "结果中未见差异。" },
  unlike: {
    en:
      "Hosts whose ratio to native is unlike those of the other hosts of their make. The square is " +
      "the median of the others, its line the range that one of them may have.",
    zh: "与原生之比不同于同型号其他主机的主机。方块为其他主机的中位数，横线为其中一台可能的范围。",
  },
  series: { en: "What was measured", zh: "测量项" },
  others: { en: "The others", zh: "其他主机" },
} as const;

/** The counts of the fleet's verdicts, and what is refuted; null where no claim is judged. */
export function claimsSection(fleet: FleetResult): Markup | null {
  if (fleet.claims.length === 0) return null;
  const counts = countVerdicts(fleet.claims);
  const tiles = VERDICTS.map((verdict) =>
    html`
      <li
        class="${verdict}"><span class="count">${counts[verdict]}</span><span>${verdictSymbol(
          verdict,
        )} <b>${verdictWord(verdict)}</b></span></li>
    `
  );
  return html`<section id="claims"><h2>${both(WORDS.claims)}</h2>
<p class="summary">${both(decidedInWords(fleet.coverage))}</p><ul class="tiles">${tiles}</ul>${
    refutedPart(fleet)
  }</section>`;
}

function refutedPart(fleet: FleetResult): Markup {
  const refuted = claimsWith(fleet, "refuted");
  const items = refuted.map(({ claim, verdict }) =>
    html`<li>${verdictSymbol("refuted")}<div>${claimName(claim.id)}<br>${
      verdict === null ? null : html`${verdict.because} ${hostCounts(verdict.counts)}`
    }</div></li>`
  );
  return html`<h2 id="refuted">${label("refuted")} (${refuted.length})</h2>${
    refuted.length === 0
      ? html`<p class="muted">${label("noneRefuted")}</p>`
      : html`<ul class="findings">${items}</ul>`
  }`;
}

/** Claims that hosts of one make take differently; null where there are none. */
export function disagreementsSection(
  { disagreements }: FleetResult,
  { mostRows }: FleetLimits,
): Markup | null {
  if (disagreements.length === 0) return null;
  const { shown, rest } = firstOf(disagreements, mostRows);
  return html`
    <section id="disagreements">
      <h2>${both(PART_TITLES.disagreements)} (${disagreements.length})</h2>
      <p class="muted">${both(WORDS.together)}</p>
      ${framedTable(
        "sides-table",
        [
          label("claim"),
          html`${verdictSymbol("confirmed")} ${both(WORDS.confirmedOn)}`,
          html`${verdictSymbol("refuted")} ${both(WORDS.refutedOn)}`,
          both(WORDS.differs),
        ],
        shown.map(disagreementRow),
      )}${rest}
    </section>
  `;
}

function disagreementRow({ id, modelName, confirmed, refuted, differ }: Disagreement): Markup {
  const what = differ.length === 0
    ? html`<span class="muted">${both(WORDS.nothing)}</span>`
    : html`<ul>${differ.map((one) => html`<li>${one}</li>`)}</ul>`;
  const [yes, no] = [confirmed, refuted].map((names) =>
    html`<td><b>${names.length}</b> ${namesOf(names)}</td>`
  );
  return html`
    <tr>
      <th scope="row">${claimName(id)}<p class="muted">${modelName}</p></th>
      ${yes ?? null}${no ?? null}
      <td>${what}</td>
    </tr>
  `;
}

/** Hosts that are unlike the others of their make, or why none was looked for; null where none is. */
export function outliersSection(
  fleet: FleetResult,
  { mostRows }: FleetLimits,
): Markup | null {
  const { outliers } = fleet;
  if (outliers.length === 0) {
    const silence = noOutlierSaid(fleet);
    return silence === null ? null : html`
      <section id="outliers">
        <h2>${both(PART_TITLES.outliers)}</h2>
        <p class="muted">${both(silence)}</p>
      </section>
    `;
  }
  const { shown, rest } = firstOf(outliers, mostRows);
  const scale = scaleOf(shown.flatMap((one) => [one, othersOf(one)]));
  return html`
    <section id="outliers">
      <h2>${both(PART_TITLES.outliers)} (${outliers.length})</h2>
      <p class="muted">${both(WORDS.unlike)}</p>
      ${framedTable(
        "outliers",
        [
          both(HOST_WORDS.host),
          both(WORDS.series),
          label("ratio"),
          both(WORDS.others),
          label("interval"),
        ],
        shown.map((one) => outlierRow(one, scale)),
      )}${rest}
    </section>
  `;
}

function othersOf({ others: { median, low, high } }: Outlier) {
  return { ratio: median, low, high };
}

function outlierRow(outlier: Outlier, scale: Scale): Markup {
  const { host, experiment, workload, arm, ratio, others, because, modelName } = outlier;
  const names = [host, `${others.count} others`] as const;
  return html`
    <tr>
      <th scope="row"><code>${host}</code><p class="muted">${modelName}</p></th>
      <td>${experiment}, ${workload}, ${arm}<p class="muted">${because}</p></td>
      <td class="figure"><b>${ratioInWords(ratio)}</b><br>${intervalInWords(outlier)}</td>
      <td class="figure">${others.count}: ${ratioInWords(others.median)}<br>${intervalInWords(
        others,
      )}</td>
      <td>${intervalPair(outlier, othersOf(outlier), { scale, names })}</td>
    </tr>
  `;
}
