/**
 * `feed.xml`: the changes, and the hosts that came in, as an Atom feed (RFC 4287).
 *
 * @module
 */
import { displayText } from "../display.ts";
import { escapeHtml } from "../html/html.ts";
import type { Bilingual } from "../sentences.ts";
import { eventInWords, sureness } from "./event_words.ts";
import { type HostEvent, nameOf, type RunName } from "./events.ts";
import type { SiteHost } from "./host_summary.ts";
import { hostFolder } from "./names.ts";

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
  readonly run: RunName;
}

/** The feed as XML; `time` is that of the newest run, ISO 8601. */
export function feedXml(hosts: readonly SiteHost[]): string {
  const entries = hosts.flatMap((host) => [
    arrivalOf(host),
    ...host.summary.events.map((event) => entryOf(event, host)),
  ]).sort((one, other) => compareTexts(other.run.startedAt, one.run.startedAt))
    .slice(0, MOST_ENTRIES);
  const updated = hosts.map(({ machine }) => machine.lastRun).sort(compareTexts).at(-1) ??
    "1970-01-01T00:00:00.000Z";
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

function arrivalOf({ machine }: SiteHost): Entry {
  const { key, hostname, environment, cpuModel, predecessor, firstRun } = machine;
  const name = displayText(hostname, 80);
  return {
    id: `${TAG}:host/${key}`,
    title: predecessor === null
      ? { en: `${name}: a new host`, zh: `${name}：新主机` }
      : { en: `${name}: its hardware changed`, zh: `${name}：硬件已更换` },
    lines: [displayText(`${environment} · ${cpuModel}`, 200)],
    run: { machine: key, startedAt: firstRun, dryRun: null },
  };
}

function entryOf(event: HostEvent, { machine }: SiteHost): Entry {
  const name = displayText(machine.hostname, 80);
  const { en, zh } = eventInWords(event);
  const sure = sureness(event);
  return {
    id: idOf(event),
    title: { en: `${name}: ${en}`, zh: `${name}：${zh}` },
    lines: [
      `${sure.en}. ${sure.zh}。`,
      ...event.configuration.map((change) => displayText(change, 200)),
    ],
    run: nameOf(event.run),
  };
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

function entryXml({ id, title, lines, run }: Entry): string {
  const content = [title.zh, ...lines].map((line) => `<p>${escapeHtml(line)}</p>`).join("");
  return `<entry><id>${escapeHtml(id)}</id><title>${escapeHtml(title.en)}</title>
<updated>${run.startedAt}</updated>
<link rel="alternate" type="text/html" href="${hostFolder(run.machine)}/index.html#changes"/>
<content type="html">${escapeHtml(content)}</content></entry>
`;
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
