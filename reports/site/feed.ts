/**
 * `feed.xml`: the changes, the hosts that came in, and fleets with hosts that failed, as an Atom feed (RFC 4287).
 *
 * @module
 */
import { HOST_STATES } from "../../suites/fleet/fleet_result.ts";
import { displayText } from "../display.ts";
import { STATE_FACES } from "../fleet/fleet_words.ts";
import { hostNames } from "../fleet/name_ranges.ts";
import { escapeHtml } from "../html/html.ts";
import type { Bilingual } from "../sentences.ts";
import { counted } from "../units.ts";
import { eventInWords, sureness } from "./event_words.ts";
import type { HostEvent } from "./events.ts";
import type { SiteHost } from "./host_summary.ts";
import { fleetFile, hostFolder } from "./names.ts";
import { originInWords } from "./origins.ts";
import type { SiteFleet, SiteFleetHost } from "./site_fleets.ts";

/** Readers fetch a feed often: the newest entries will do. */
const MOST_ENTRIES = 60;

/**
 * Ids are tag: URIs (RFC 4151) of what an entry is about, so that they stay the same however often, and
 * wherever, the site is built. The authority is a name that nobody can own (RFC 6761).
 */
const TAG = "tag:cellproof.invalid,2026";

interface Entry {
  readonly id: string;
  readonly title: Bilingual;
  /** Whole sentences, one a line. */
  readonly lines: readonly string[];
  /** ISO 8601, UTC. */
  readonly time: string;
  /** From the site's folder. */
  readonly path: string;
}

/** The feed as XML; its time is that of the newest run or fleet. */
export function feedXml(hosts: readonly SiteHost[], fleets: readonly SiteFleet[]): string {
  const entries = [
    ...fleets.flatMap(failuresIn),
    ...hosts.flatMap((host) => [
      arrivalOf(host),
      ...host.summary.events.map((event) => entryOf(event, host)),
    ]),
  ].sort((one, other) => compareTexts(other.time, one.time)).slice(0, MOST_ENTRIES);
  const times = [
    ...hosts.map(({ machine }) => machine.lastRun),
    ...entries.map(({ time }) => time),
  ];
  const updated = times.sort(compareTexts).at(-1) ?? "1970-01-01T00:00:00.000Z";
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${TAG}:site/${firstKey(hosts)}</id>
<title>cellproof</title>
<subtitle>Hosts, night by night: what changed</subtitle>
<updated>${updated}</updated>
<author><name>cellproof</name></author>
<link rel="self" type="application/atom+xml" href="feed.xml"/>
<link rel="alternate" type="text/html" href="index.html"/>
${entries.map(entryXml).join("")}</feed>
`;
}

/** That of the host that came in first: a history only grows. */
function firstKey(hosts: readonly SiteHost[]): string {
  return hosts.map(({ machine }) => machine)
    .sort((one, other) => compareTexts(one.firstRun + one.key, other.firstRun + other.key))[0]
    ?.key ?? "empty";
}

function arrivalOf({ machine, summary }: SiteHost): Entry {
  const { key, environment, cpuModel, predecessor, firstRun } = machine;
  const name = nameOfHost(machine, summary.newest);
  return {
    id: `${TAG}:host/${key}`,
    title: predecessor === null
      ? { en: `${name}: a new host`, zh: `${name}：新主机` }
      : { en: `${name}: its hardware changed`, zh: `${name}：硬件已更换` },
    lines: [displayText(`${environment} · ${cpuModel}`, 200)],
    ...{ time: firstRun, path: changesOf(key) },
  };
}

function entryOf(event: HostEvent, { machine, summary }: SiteHost): Entry {
  const { dryRun } = event.run;
  const synthetic = dryRun !== null && (summary.newest?.synthetic ?? false);
  const name = nameOfHost(machine, { dryRun, synthetic });
  const { en, zh } = eventInWords(event);
  const sure = sureness(event);
  return {
    id: idOf(event),
    title: { en: `${name}: ${en}`, zh: `${name}：${zh}` },
    lines: [
      `${sure.en}. ${sure.zh}。`,
      ...event.configuration.map((change) => displayText(change, 200)),
    ],
    ...{ time: event.run.startedAt, path: changesOf(event.run.machine) },
  };
}

/** With a mark where what is told of it was no measurement. */
function nameOfHost(
  { hostname }: SiteHost["machine"],
  run: Parameters<typeof originInWords>[0],
): string {
  const origin = originInWords(run);
  return `${displayText(hostname, 80)}${origin === null ? "" : ` (${origin.en})`}`;
}

function changesOf(machine: string): string {
  return `${hostFolder(machine)}/index.html#changes`;
}

/** One entry, however many hosts failed; none while the fleet goes on, and where every host told. */
function failuresIn({ fleet, hosts }: SiteFleet): Entry[] {
  const { id, request, startedAt, endedAt } = fleet;
  const failed = hosts.filter(({ state }) => STATE_FACES[state].kind === "missing");
  if (failed.length === 0 || (request !== null && endedAt === null)) return [];
  const where = request === null ? "" : ` ${displayText(request.partition, 80)}`;
  const [some, all, day] = [failed.length, hosts.length, startedAt.slice(0, 10)];
  return [{
    id: `${TAG}:fleet/${encodeURIComponent(id.toWellFormed())}`,
    title: {
      en: `Fleet${where} of ${day}: ${some} of ${counted(all, "host")} gave no whole result`,
      zh: `${day} 的机群${where}：${all} 台主机中 ${some} 台没有完整结果`,
    },
    lines: HOST_STATES.flatMap((state) => {
      const group = failed.filter((host) => host.state === state);
      return group.length === 0 ? [] : [`${STATE_FACES[state].en}: ${namesIn(group)}`];
    }),
    ...{ time: endedAt ?? startedAt, path: fleetFile(id, "html") },
  }];
}

function namesIn(hosts: readonly SiteFleetHost[]): string {
  const { text, unnamed } = hostNames(hosts.map(({ name }) => displayText(name, 60)));
  return unnamed === 0 ? text : `${text} and ${unnamed} more`;
}

/** Names are percent-encoded: an id must be a URI, whatever a host called its experiments. */
function idOf(event: HostEvent): string {
  const { machine, startedAt, dryRun } = event.run;
  const of = event.kind === "flip" ? [event.claim] : [event.experiment, event.workload, event.arm];
  return [
    `${TAG}:host`,
    machine,
    startedAt,
    ...(dryRun === null ? [] : [dryRun]),
    event.kind,
    ...of,
  ]
    .map((part, index) => index === 0 ? part : encodeURIComponent(part.toWellFormed()))
    .join("/");
}

function entryXml({ id, title, lines, time, path }: Entry): string {
  const content = [title.zh, ...lines].map((line) => `<p>${escapeHtml(line)}</p>`).join("");
  return `<entry><id>${escapeHtml(id)}</id><title>${escapeHtml(title.en)}</title>
<updated>${time}</updated>
<link rel="alternate" type="text/html" href="${path}"/>
<content type="html">${escapeHtml(content)}</content></entry>
`;
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
