/**
 * What is wrong with hosts and results, each with its cure.
 *
 * @module
 */
import { FAULTS, type FleetFault } from "../../suites/fleet/fleet_result.ts";
import { html, type Markup } from "../html/html.ts";
import { both } from "../html/labels.ts";
import type { FleetLimits } from "./fleet_display.ts";
import { FAULT_TITLES } from "./fleet_words.ts";
import { firstOf, type HostLogs, logsOf, namesOf, PART_TITLES } from "./page_parts.ts";
import { type FaultGroup, faultGroups } from "./tallies.ts";

const NONE = {
  en: "Nothing was found wrong with any host.",
  zh: "未发现任何主机有问题。",
} as const;
const CURE = { en: "Cure:", zh: "处理：" } as const;

/** What the section is made from besides the faults. */
export interface FaultsPlace {
  readonly limits: FleetLimits;
  readonly logs: HostLogs;
}

/** The faults by kind, dead and unavailable nodes first; they are cut to be shown here. */
export function faultsSection(faults: readonly FleetFault[], place: FaultsPlace): Markup {
  const byKind = Map.groupBy(faults, ({ kind }) => kind);
  const kinds = FAULTS.flatMap((kind) => {
    const group = byKind.get(kind);
    return group === undefined ? [] : [kindCard(group, place)];
  });
  return html`<section id="faults"><h2>${both(PART_TITLES.faults)}</h2>${
    kinds.length === 0
      ? html`<p class="muted">${both(NONE)}</p>`
      : html`<ul class="faults">${kinds}</ul>`
  }</section>`;
}

function kindCard(faults: readonly FleetFault[], place: FaultsPlace): Markup | null {
  const [first] = faults;
  if (first === undefined) return null;
  const hosts = new Set(faults.map(({ host }) => host));
  const { shown, rest } = firstOf(
    faultGroups(faults, place.limits.longestText),
    place.limits.mostRows,
  );
  return html`
    <li>
      <h3>${both(FAULT_TITLES[first.kind])} <span class="number">(${hosts.size})</span></h3>
      ${shown.map((group) => groupPart(group, place))}${rest}
    </li>
  `;
}

function groupPart({ hosts, because, cure }: FaultGroup, { limits, logs }: FaultsPlace): Markup {
  return html`
    <p>${namesOf(hosts)} ${because}${cure === null
      ? null
      : html`<br><span class="lead">${both(CURE)}</span> ${cure}`}</p>
    ${logsOf(hosts, { logs, most: limits.mostRows })}
  `;
}
