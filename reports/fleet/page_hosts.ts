/**
 * Every host of a fleet: what became of it, which make it is, and what its result tells.
 *
 * @module
 */
import type { FleetHost, FleetResult } from "../../suites/fleet/fleet_result.ts";
import { chartFigure } from "../html/chart_figure.ts";
import { html, type Markup } from "../html/html.ts";
import { both, label } from "../html/labels.ts";
import type { FleetCharts } from "./fleet_charts.ts";
import type { FleetLimits } from "./fleet_display.ts";
import { gpusInWords, STATE_FACES } from "./fleet_words.ts";
import { type HostRow, hostTables, makeName } from "./page_host_rows.ts";
import { stateSign } from "./page_overview.ts";
import {
  firstOf,
  framedTable,
  HOST_WORDS,
  type HostLogs,
  logsOf,
  namesOf,
  PART_TITLES,
} from "./page_parts.ts";
import { byState, hasTold, type Make, makesOf, spread } from "./tallies.ts";

/** What the section is made from besides the fleet. */
export interface HostsPlace {
  readonly reportOf: (host: FleetHost) => string | null;
  readonly logs: HostLogs;
  /** Whether reports and logs lie outside the page's folder. */
  readonly leadsOutside: boolean;
  readonly charts: FleetCharts;
  readonly limits: FleetLimits;
}

const OUTSIDE = {
  en:
    "The links of the hosts lead to where their results lie, outside this page's folder: a copy of " +
    "that folder lacks them.",
  zh: "主机的链接指向各结果所在的位置，在本页目录之外：仅复制本目录会缺少它们。",
} as const;

/** `shown` is what is shown of `real`, by which a host's report is found. */
export function hostsSection(
  { real, shown }: { readonly real: FleetResult; readonly shown: FleetResult },
  { reportOf, logs, leadsOutside, charts, limits }: HostsPlace,
): Markup {
  const makes = makesOf(shown.hosts.filter(hasTold));
  const rows = shown.hosts.flatMap((host, index): HostRow[] => {
    const source = real.hosts[index];
    if (!hasTold(host) || source === undefined) return [];
    const make = makes.get(host.told.model)?.number ?? 0;
    return [{ host, make, report: reportOf(source), log: logs.get(host.name) ?? null }];
  });
  const { shown: tabled, rest } = firstOf(rows, limits.mostHosts);
  const parts = [
    leadsOutside ? html`<p class="muted">${both(OUTSIDE)}</p>` : null,
    silentHosts(shown.hosts.filter((host) => !hasTold(host)), { limits, logs }),
    tabled.length === 0 ? null : hostTables(tabled),
    rest,
    makesTable([...makes.values()], limits),
    chartFigure(charts.verdictsByHost),
  ];
  return html`<section id="hosts"><h2>${
    both(PART_TITLES.hosts)
  } (${shown.hosts.length})</h2>${parts}</section>`;
}

/** Hosts without a readable result, those of one state and for one reason together. */
function silentHosts(
  hosts: readonly FleetHost[],
  { limits: { mostRows }, logs }: Pick<HostsPlace, "limits" | "logs">,
): Markup | null {
  if (hosts.length === 0) return null;
  const groups = byState(hosts).flatMap(([state, ofState]) =>
    [...Map.groupBy(ofState, ({ because }) => because)].map(([because, group]) => ({
      state,
      because,
      names: group.map(({ name }) => name),
    }))
  );
  const { shown, rest } = firstOf(groups, mostRows);
  const rows = shown.map(({ state, because, names }) =>
    html`
      <tr>
        <th scope="row">${namesOf(names)}${logsOf(names, { logs, most: mostRows })}</th>
        <td>${stateSign(STATE_FACES[state])} ${both(STATE_FACES[state])}</td>
        <td>${because}</td>
      </tr>
    `
  );
  const heads = [both(HOST_WORDS.host), both(HOST_WORDS.state), label("because")];
  return html`<h3 id="silent">${both(HOST_WORDS.silent)} (${hosts.length})</h3>${
    framedTable("silent", heads, rows)
  }${rest}`;
}

/** Each make with its hosts, and how their systems differ. */
function makesTable(makes: readonly Make[], { mostRows }: FleetLimits): Markup | null {
  if (makes.length === 0) return null;
  const { shown, rest } = firstOf(makes, mostRows);
  const heads = [
    both(HOST_WORDS.make),
    both(PART_TITLES.hosts),
    label("gpus"),
    both(HOST_WORDS.kernel),
    label("driver"),
  ];
  return html`<h3>${both(HOST_WORDS.makes)} (${makes.length})</h3>${
    framedTable("makes", heads, shown.map(makeRow))
  }${rest}`;
}

function makeRow({ number, name, hosts }: Make): Markup {
  const told = hosts.map((host) => host.told);
  return html`
    <tr>
      <th scope="row"><b>${makeName(number)}:</b> ${name}</th>
      <td><b>${hosts.length}</b> ${namesOf(hosts.map((host) => host.name))}</td>
      <td>${spreadList(told.map((one) => gpusInWords(one) ?? UNKNOWN))}</td>
      <td>${spreadList(told.map(({ kernel }) => kernel))}</td>
      <td>${spreadList(told.map(({ gpuDriver }) => gpuDriver ?? NO_DRIVER))}</td>
    </tr>
  `;
}

const UNKNOWN = "?";
const NO_DRIVER = "–";

/** Most values of one kind that a make's row lists. */
const MOST_VALUES = 6;

/** Values with how many hosts have each; without the count where all have one. */
function spreadList(values: readonly string[]): Markup {
  const counts = spread(values);
  const items = counts.slice(0, MOST_VALUES).map(([value, count]) =>
    html`<li>${value === "" ? label("none") : value}${
      counts.length === 1 ? null : html`
        <span class="muted">(${count})</span>
      `
    }</li>`
  );
  const more = counts.length - MOST_VALUES;
  return html`<ul class="plain">${items}${more > 0 ? html`<li>+ ${more}</li>` : null}</ul>`;
}
