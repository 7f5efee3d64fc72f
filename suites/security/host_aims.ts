/**
 * What attempts are aimed at on the host: a marker file and process, a device, and addresses that
 * answer. The same attempts, made natively, are their positive control.
 *
 * @module
 */
import { MissingTool, Problem } from "../../problem.ts";
import {
  type AttemptAnswer,
  attemptArguments,
  type AttemptCall,
  buildAttempts,
  type Marker,
  parseAttempts,
  startMarker,
} from "../../runners/security/attempts.ts";
import { parseAddresses } from "../../runners/docker/docker_network.ts";
import type { Host } from "../../runners/host.ts";
import { runStep } from "../../runners/run_step.ts";
import type { Aims, HostDevice } from "./attempts.ts";
import { type Battery, batteryOf, callsOf, hashesOf, type Truth } from "./outcomes.ts";

/** Everything on the host that the attempts of all places share. */
export interface Prepared {
  readonly host: Host;
  /** The program's own folder, and the program in it. */
  readonly folder: string;
  /** An empty folder. */
  readonly workFolder: string;
  readonly program: string;
  readonly marker: Marker;
  /** The folder of the marker file. */
  readonly markerFolder: string;
  readonly device: HostDevice | null;
  /** An address of an interface of the host other than loopback, with the marker's port. */
  readonly otherAddress: string | null;
  /** Loopback, with the marker's port. */
  readonly loopback: string;
  readonly truth: Truth;
}

type Tools = Pick<Prepared, "host" | "program" | "workFolder">;

export const LOOPBACK = "127.0.0.1";
/** The port of tcpmux (RFC 1078), which nobody serves. */
export const CLOSED_PORT = 1;

/** The kernel draws another one for each reading: random(4). */
const DRAWN_ANEW = "/proc/sys/kernel/random/uuid";
const MARKER_FILE = "marker";
const MOST_DEVICES = 8;
/** Drives whose medium moves when they are opened, and memory. */
const NOT_OPENED = /^(sr|fd|ram|zram|md|nbd)/;
/** Disks before loops and the like, which may have no data. */
const DISK = /^(vd|sd|nvme|xvd|mmcblk)/;

/** A folder in memory, in a mount namespace of its own, is where natively files and mounts are made. */
const PRIVATE = `mount -t tmpfs -o mode=700 cellproof "$1" && cd "$1" && shift && exec "$@"`;

/**
 * Prepares the aims; `stop` of the marker ends what was started.
 *
 * @throws {MissingTool} where not run by root, for whom alone every attempt is open natively
 */
export async function prepareAims(host: Host, bootId: string): Promise<Prepared> {
  await requireRoot(host);
  const folder = await host.temporaryFolder();
  const program = await buildAttempts(host, folder);
  const nonce = await drawNonce(host);
  const markerFolder = await host.temporaryFolder();
  await host.writeText(`${markerFolder}/${MARKER_FILE}`, `${nonce}\n`);
  const workFolder = await host.temporaryFolder();
  const device = await findDevice({ host, program, workFolder });
  const other = await hostAddress(host);
  const addresses = [LOOPBACK, ...(other === null ? [] : [other])];
  const marker = await startMarker(host, { program, nonce, addresses, prefix: [] });
  const [loopbackPort = 0, otherPort = 0] = marker.ports;
  return {
    host,
    folder,
    workFolder,
    program,
    marker,
    markerFolder,
    device,
    otherAddress: other === null ? null : `${other}:${otherPort}`,
    loopback: `${LOOPBACK}:${loopbackPort}`,
    truth: { bootId, nonce, hashes: device?.hashes ?? new Set() },
  };
}

/** The aims with what only a place can say: how it names the host's addresses. */
export function aimsAt(
  { markerFolder, marker, device }: Prepared,
  place: Pick<Aims, "addresses" | "closed"> & Partial<Pick<Aims, "ownAttributes">>,
): Aims {
  return {
    file: `${markerFolder}/${MARKER_FILE}`,
    process: marker.process,
    device,
    ownAttributes: [],
    ...place,
  };
}

/** Makes every attempt natively, in private namespaces; `prefix` goes before the command. */
export async function tryNatively(
  tools: Tools,
  aims: Aims,
  prefix: readonly string[] = [],
): Promise<Battery> {
  return batteryOf(await runPrivately(tools, callsOf(aims), prefix), aims);
}

/** A nonce that only the host knows: by chance, so that nothing that is seen inside leads to it. */
async function drawNonce(host: Host): Promise<string> {
  const drawn = (await host.readText(DRAWN_ANEW))?.trim();
  if (drawn !== undefined && /^[0-9a-f-]{36}$/.test(drawn)) return drawn;
  throw new Problem({
    action: "draw a marker by chance",
    condition: `${DRAWN_ANEW} does not give one`,
    seen: drawn ?? "it cannot be read",
  });
}

/** Block devices by name and numbers, from `grep -H . /sys/block/*\/dev`: those to try, disks first. */
export function parseBlockDevices(text: string): { name: string; numbers: string }[] {
  const found = text.split("\n").flatMap((line) => {
    const [, name = "", numbers = ""] = /^\/sys\/block\/([^/]+)\/dev:(\d+:\d+)$/.exec(line) ?? [];
    return name === "" || NOT_OPENED.test(name) ? [] : [{ name, numbers }];
  });
  const disks = found.filter(({ name }) => DISK.test(name));
  return [...disks, ...found.filter(({ name }) => !DISK.test(name))];
}

async function requireRoot(host: Host): Promise<void> {
  const { stdout } = await host.run({ argv: ["id", "-u"], timeoutSeconds: 10 });
  if (stdout.trim() === "0") return;
  throw new MissingTool({
    action: "make the attempts natively, as their control",
    condition: "only root may make them all",
    cure: "Run as root.",
  }, "root");
}

async function hostAddress(host: Host): Promise<string | null> {
  const { stdout } = await host.run({
    argv: ["ip", "-json", "-4", "address", "show", "up"],
    timeoutSeconds: 10,
  });
  return parseAddresses(stdout).find(({ name }) => !/^(lo|docker|br-|veth|virbr)/.test(name))
    ?.address ?? null;
}

async function findDevice(tools: Tools): Promise<HostDevice | null> {
  const listed = await tools.host.run({
    argv: ["bash", "-c", "grep -Hs . /sys/block/*/dev"],
    timeoutSeconds: 10,
  });
  const candidates = parseBlockDevices(listed.stdout).slice(0, MOST_DEVICES);
  const calls = candidates.map(({ name }) => ({
    verb: "read-device" as const,
    argument: `/dev/${name.replaceAll("!", "/")}`,
  }));
  const answers = await runPrivately(tools, calls, []);
  const opened = answers.flatMap((answer, index) => {
    const { name = "", numbers = "" } = candidates[index] ?? {};
    const hashes = new Set(hashesOf(answer));
    const attribute = `/sys/block/${name}/queue/read_ahead_kb`;
    return answer.done ? [{ path: answer.argument, numbers, attribute, hashes }] : [];
  });
  return opened.find(({ hashes }) => hashes.size > 0) ?? opened[0] ?? null;
}

async function runPrivately(
  { host, program, workFolder }: Tools,
  calls: readonly AttemptCall[],
  prefix: readonly string[],
): Promise<AttemptAnswer[]> {
  const words = ["unshare", "--mount", "--propagation", "private", "sh", "-c", PRIVATE];
  const [first = "unshare", ...rest] = [...prefix, ...words];
  const stdout = await runStep(host, {
    action: "make the attempts natively, as their control",
    argv: [first, ...rest, "cellproof-attempts", workFolder, program, ...attemptArguments(calls)],
    timeoutSeconds: 60,
    cure: "Check that root may make mount namespaces here (unshare --mount).",
  });
  return parseAttempts(stdout, calls);
}
