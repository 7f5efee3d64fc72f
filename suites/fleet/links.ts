/**
 * What the jobs that measured links left in a fleet's folder.
 *
 * @module
 */
import {
  LINK_FILES,
  LINK_RUNS,
  type LinkEnd,
  LINKS_FOLDER,
  type RunEnd,
} from "../../runners/fleet/link_job.ts";
import type { Host } from "../../runners/host.ts";
import { isObject } from "../../runners/json_values.ts";
import { parseWriteBandwidth, writeBandwidthArgv } from "../../runners/perftest.ts";
import { isNodeName } from "./fleet_member.ts";
import type { HostLink } from "./fleet_result.ts";
import { isNameablePort, type LinkPair } from "./link_pairs.ts";

/** What perftest calls the link of a port that is InfiniBand and not Ethernet. */
const INFINIBAND = "IB";
const LONGEST_FAILURE = 400;
/** What `srun` says of a client that fails, before or after the client's own last words. */
const OF_SRUN = /^srun: .*\n/gm;

/** The text of {@linkcode LINK_FILES} `pair`, which stands there before the job is submitted. */
export function pairText(pair: LinkPair): string {
  return `${JSON.stringify(pair)}\n`;
}

/** Reads that text; null for anything else. */
export function parsePair(text: string | null): LinkPair | null {
  const { from, to, bytesPerSecond } = fieldsOf(text);
  const [one, other] = [endOf(from), endOf(to)];
  const isRate = bytesPerSecond === null ||
    typeof bytesPerSecond === "number" && bytesPerSecond > 0;
  return one === null || other === null || !isRate
    ? null
    : { from: one, to: other, bytesPerSecond };
}

/** The links of a fleet that were to be measured, by their folders' names; none where none were. */
export async function readLinks(host: Host, fleetFolder: string): Promise<HostLink[]> {
  const folder = `${fleetFolder}/${LINKS_FOLDER}`;
  const links: HostLink[] = [];
  for (const name of await host.readFolder(folder) ?? []) {
    const link = await readLink(host, `${folder}/${name}`);
    if (link !== null) links.push(link);
  }
  return links;
}

async function readLink(host: Host, folder: string): Promise<HostLink | null> {
  const pair = parsePair(await host.readText(`${folder}/${LINK_FILES.pair}`));
  if (pair === null) return null;
  const { from, to, bytesPerSecond: portBytesPerSecond } = pair;
  const runs: RunOutcome[] = [];
  for (let run = 1; run <= LINK_RUNS; run++) runs.push(await readRun(host, folder, run));
  const figures = runs.flatMap(({ bytesPerSecond }) => bytesPerSecond ?? []);
  return {
    from: from.node,
    to: to.node,
    port: `${from.port.device} port ${from.port.port}`,
    portBytesPerSecond,
    bytesPerSecond: figures,
    failure: figures.length > 0 ? null : await failureOf(host, folder, runs),
    argv: [...writeBandwidthArgv(from.port), to.node],
  };
}

/** A figure, or why there is none; both null for a run that did not end. */
interface RunOutcome {
  readonly bytesPerSecond: number | null;
  readonly failure: string | null;
}

async function readRun(host: Host, folder: string, run: number): Promise<RunOutcome> {
  const end = parseRunEnd(await host.readText(`${folder}/${LINK_FILES.end(run)}`));
  if (end === null) return { bytesPerSecond: null, failure: null };
  const printed = await host.readText(`${folder}/${LINK_FILES.client(run)}`) ?? "";
  const read = parseWriteBandwidth(printed.replace(OF_SRUN, "") || printed);
  if ("failure" in read) return { bytesPerSecond: null, failure: statusAnd(end, read.failure) };
  if (end.client !== 0) {
    return { bytesPerSecond: null, failure: statusAnd(end, "it printed a table") };
  }
  return read.linkType === null || read.linkType === INFINIBAND
    ? { bytesPerSecond: read.bytesPerSecond, failure: null }
    : {
      bytesPerSecond: null,
      failure: `the port is linked by ${read.linkType}, not by InfiniBand`,
    };
}

function statusAnd({ client }: RunEnd, said: string): string {
  return client === 0 ? said : `ib_write_bw ended with status ${client}: ${said}`;
}

async function failureOf(host: Host, folder: string, runs: readonly RunOutcome[]): Promise<string> {
  const [first] = runs.flatMap(({ failure }) => failure ?? []);
  const told = (await host.readText(`${folder}/${LINK_FILES.failure}`))?.trim() ?? "";
  return (told || first || "its job did not come to its end").slice(0, LONGEST_FAILURE);
}

function parseRunEnd(text: string | null): RunEnd | null {
  const { client, server } = fieldsOf(text);
  return Number.isInteger(client) && Number.isInteger(server)
    ? { client: Number(client), server: Number(server) }
    : null;
}

function endOf(value: unknown): LinkEnd | null {
  const { node, port } = isObject(value) ? { ...value } as Record<string, unknown> : {};
  const { device, port: number } = isObject(port) ? { ...port } as Record<string, unknown> : {};
  if (typeof node !== "string" || typeof device !== "string" || typeof number !== "string") {
    return null;
  }
  return isNodeName(node) && isNameablePort({ adapter: device, port: number })
    ? { node, port: { device, port: number } }
    : null;
}

function fieldsOf(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return isObject(value) ? { ...value } : {};
  } catch {
    return {};
  }
}
