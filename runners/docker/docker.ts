/**
 * Docker: a daemon (the host's, else a private one), containers that run one command, and the proof
 * that none is left.
 *
 * @module
 */
import { daemonFolders, isSupervised, startDaemon, sweepDaemon } from "./docker_daemon.ts";
import { type DockerNetwork, findNetwork } from "./docker_network.ts";
import type { CommandRequest, CommandResult, Host } from "../host.ts";
import { MissingTool, type Problem, shorten } from "../../problem.ts";
import { type Recovery, wholeRecovery } from "../recovery.ts";
import { atLeast } from "../version.ts";

/** The first version whose `docker run` has `--pull=never`. */
export const DOCKER_MINIMUM_VERSION = "20.10";

/** Carried by everything that cellproof makes: its containers (`run`) and images (`image`). */
export const DOCKER_LABEL = "cellproof";

/** The client with what it needs to reach the daemon: what every command begins with. */
export type DockerCommand = readonly [string, ...string[]];

/** A Docker daemon that answers and runs on this machine. */
export interface Docker extends DockerNetwork {
  readonly command: DockerCommand;
  readonly serverVersion: string;
  /** Whether the daemon was started for this run. */
  readonly ownDaemon: boolean;
  /** Removes a container, running or not, also after a cancel. */
  removeContainer(name: string): Promise<void>;
  /** Removes cellproof's containers and images, and ends a daemon that was started for the run. */
  close(): Promise<void>;
}

/** A file or folder of the host that a container sees. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface ContainerRequest {
  readonly image: string;
  /** Follows `cellproof-` in the container's name; unique among those that run at one time. */
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly mounts: readonly Mount[];
  /**
   * Device nodes of the host that the container may read, write and make nodes of, or qualified names
   * of the Container Device Interface, such as `nvidia.com/gpu=all`.
   */
  readonly devices?: readonly string[];
  /** Device nodes of the host that the container may only read. */
  readonly readOnlyDevices?: readonly string[];
  /** A value of `--gpus`, which needs the NVIDIA Container Toolkit. */
  readonly gpus?: string;
  /** Environment variables of the command. */
  readonly env?: Readonly<Record<string, string>>;
  /** `bridge` is Docker's own bridge, see {@linkcode Docker.networkNamespace}; default `none`. */
  readonly network?: "none" | "bridge";
  /** Values of `--security-opt`, such as `seccomp=unconfined`. */
  readonly securityOptions?: readonly string[];
  /** Without `CAP_`, or `ALL`. */
  readonly dropCapabilities?: readonly string[];
  readonly addCapabilities?: readonly string[];
  /** The container sees the host's processes. */
  readonly hostProcesses?: boolean;
  /** The container's standard input is docker's, so it is open as long as that. */
  readonly interactive?: boolean;
  /** Lets the container read from a disk at most so often a second. */
  readonly deviceReadIops?: { readonly device: string; readonly iops: number };
  readonly timeoutSeconds: number;
}

/**
 * Uses the daemon that runs on this host, else starts a private one below `folder` (root only).
 *
 * @throws {MissingTool} where neither is possible, naming the cure
 */
export async function openDocker(host: Host, folder: string): Promise<Docker> {
  const asked = await host.run(versionRequest(["docker"]));
  if (asked.ended === "not-found") throw unavailable("there is no docker command");
  const running = parseServer(asked.stdout);
  if (running !== null) return await useRunning(host, running);
  await requireDaemonProgram(host, asked);
  const daemon = await startDaemon(host, folder);
  const command: DockerCommand = ["docker", `--host=${daemon.address}`];
  const server = parseServer((await host.run(versionRequest(command))).stdout);
  if (server !== null && atLeast(server.version, DOCKER_MINIMUM_VERSION)) {
    const prefix = daemon.networkNamespace === null
      ? []
      : ["nsenter", `--net=${daemon.networkNamespace}`];
    const docker = await opened(host, command, { version: server.version, prefix });
    return { ...docker, ownDaemon: true, close: daemon.stop };
  }
  await daemon.stop();
  throw tooOld(server?.version ?? "unknown");
}

/**
 * Runs one command in a container of its own, without network, and returns what `docker run` did.
 * Whatever happens, no container of this name is left.
 */
export async function runInContainer(
  host: Host,
  docker: Docker,
  request: ContainerRequest,
): Promise<CommandResult> {
  const argv = containerArguments(docker, request);
  const result = await host.run({ argv, timeoutSeconds: request.timeoutSeconds });
  if (result.ended !== "exited" || result.status !== 0) await docker.removeContainer(request.name);
  return result;
}

/** The whole `docker run` command of a request. */
export function containerArguments(
  docker: Docker,
  request: ContainerRequest,
): [string, ...string[]] {
  const [program, ...args] = request.argv;
  const [client, ...options] = docker.command;
  return [
    client,
    ...options,
    "run",
    "--rm",
    "--pull=never",
    `--network=${request.network ?? "none"}`,
    // Another default (Kata, gVisor) would put a kernel of its own between.
    "--runtime=runc",
    // A daemon that puts an init in front (its setting "init") makes that the container's process.
    "--init=false",
    "--stop-timeout=1",
    `--label=${DOCKER_LABEL}=run`,
    `--name=${containerName(request.name)}`,
    ...request.mounts.map((mount) => `--mount=${mountOption(mount)}`),
    ...Object.entries(request.env ?? {}).map(([name, value]) => `--env=${name}=${value}`),
    ...grants(request),
    ...(request.interactive ? ["--interactive"] : []),
    `--entrypoint=${program}`,
    request.image,
    ...args,
  ];
}

function grants(request: ContainerRequest): string[] {
  const { deviceReadIops: limit } = request;
  const option = (name: string, values: readonly string[] = []) =>
    values.map((value) => `--${name}=${value}`);
  return [
    ...option("device", request.devices),
    ...option("device", request.readOnlyDevices?.map((path) => `${path}:${path}:r`)),
    ...option("gpus", request.gpus === undefined ? [] : [request.gpus]),
    ...option("security-opt", request.securityOptions),
    ...option("cap-drop", request.dropCapabilities),
    ...option("cap-add", request.addCapabilities),
    ...(request.hostProcesses ? ["--pid=host"] : []),
    ...(limit === undefined ? [] : [`--device-read-iops=${limit.device}:${limit.iops}`]),
  ];
}

/** A `--mount` value: fields of one CSV record, so any path can be given. */
export function mountOption({ source, target, readOnly }: Mount): string {
  const fields = ["type=bind", `source=${source}`, `target=${target}`];
  return [...fields, ...(readOnly ? ["readonly"] : [])].map(csvField).join(",");
}

/** Why `docker run` itself failed, when it was not the command in the container; else null. */
export function dockerFailure({ status, stderr }: CommandResult): string | null {
  if (status !== 125 && status !== 126 && status !== 127) return null;
  return `docker could not run it: ${stderr.trim()}`;
}

/**
 * Removes what interrupted runs left: labelled containers and images, and private daemons but those
 * of a run that still goes on.
 */
export async function removeLeftovers(host: Host): Promise<Recovery> {
  const parts: Recovery[] = [];
  if (parseServer((await host.run(versionRequest(["docker"]))).stdout) !== null) {
    parts.push(await removeLabelled(host, ["docker"]));
  }
  for (const folder of daemonFolders(await host.readText("/proc/self/mountinfo") ?? "")) {
    parts.push(await removeDaemon(host, folder));
  }
  await removeControlGroups(host);
  return wholeRecovery(parts);
}

async function removeDaemon(host: Host, folder: string): Promise<Recovery> {
  const isOfLivingRun = await isSupervised(host, folder);
  if (isOfLivingRun === true) return { sentences: [], restored: true };
  const cure = "Run deno task recover as the user of that run, or as root.";
  const sentence = isOfLivingRun === null
    ? `Cannot tell whether the run goes on that has a Docker daemon in ${folder}. ${cure}`
    : await sweepDaemon(host, folder)
    ? null
    : `Cannot end the Docker daemon in ${folder}. ${cure}`;
  return sentence === null
    ? { sentences: [`Ended the Docker daemon in ${folder}.`], restored: true }
    : { sentences: [sentence], restored: false };
}

/**
 * Removes the groups below `$1` where no daemon runs that could still use them, and only empty ones:
 * `rmdir` removes no others. What was just killed needs a moment. The daemon is named in the script's
 * own text, since a word of its command line would be taken for one.
 */
const removeGroups = (daemon: string) => `
for tries in {1..10}; do
  groups=$(ls -d "$1"/{,*/}docker{/*/,} 2>/dev/null)
  [ -n "$groups" ] || break
  if ! grep -qsazxE '(.*/)?${daemon}' /proc/[0-9]*/cmdline; then rmdir $groups 2>/dev/null; fi
  sleep 0.1
done`;

/** Removes the control groups of containers whose daemon was killed: nobody does in its place. */
export async function removeControlGroups(
  host: Host,
  { root = "/sys/fs/cgroup", daemon = "dockerd" } = {},
): Promise<void> {
  const argv = ["bash", "-c", removeGroups(daemon), "cellproof-groups", root] as const;
  await host.run({ argv, timeoutSeconds: 10 });
}

interface Server {
  readonly version: string;
  readonly kernel: string;
}

/** The server's part of `docker version --format '{{json .}}'`; null when no server answered. */
export function parseServer(stdout: string): Server | null {
  try {
    const server: unknown = JSON.parse(stdout)?.Server;
    if (typeof server !== "object" || server === null) return null;
    const { Version: version, KernelVersion: kernel } = server as Record<string, unknown>;
    if (typeof version !== "string" || typeof kernel !== "string") return null;
    return { version, kernel };
  } catch {
    return null;
  }
}

async function useRunning(host: Host, server: Server): Promise<Docker> {
  if (!atLeast(server.version, DOCKER_MINIMUM_VERSION)) throw tooOld(server.version);
  const kernel = (await host.readText("/proc/sys/kernel/osrelease"))?.trim();
  if (kernel !== server.kernel) {
    throw unavailable(
      `its daemon runs under another kernel (${server.kernel}), so not on this host`,
      "Unset DOCKER_HOST or choose the context of this machine's own daemon (docker context use).",
    );
  }
  return await opened(host, ["docker"], { version: server.version, prefix: [] });
}

async function opened(
  host: Host,
  command: DockerCommand,
  { version, prefix }: { readonly version: string; readonly prefix: readonly string[] },
): Promise<Docker> {
  return {
    command,
    serverVersion: version,
    ...await findNetwork(host, command, prefix),
    ownDaemon: false,
    async removeContainer(name: string): Promise<void> {
      const argv = ["rm", "--force", "--volumes", containerName(name)];
      await host.run({ argv: [...command, ...argv], timeoutSeconds: 30, survivesCancel: true });
    },
    async close(): Promise<void> {
      await removeLabelled(host, command);
    },
  };
}

async function requireDaemonProgram(host: Host, asked: CommandResult): Promise<void> {
  const user = await host.run({ argv: ["id", "-u"], timeoutSeconds: 10 });
  if (user.stdout.trim() !== "0") {
    throw /permission denied/i.test(asked.stderr)
      ? unavailable(
        "this user may not talk to its daemon",
        "Run as root, or as a user of the group docker.",
      )
      : unavailable(
        "no daemon answers, and only root can start one",
        "Start it (sudo systemctl start docker), or run as root.",
      );
  }
  const daemon = await host.run({ argv: ["dockerd", "--version"], timeoutSeconds: 10 });
  if (daemon.ended === "not-found") {
    throw unavailable("no daemon answers, and there is no dockerd to start");
  }
}

async function removeLabelled(host: Host, command: DockerCommand): Promise<Recovery> {
  const containers = await list([...command, "ps", "--all", "--quiet"]);
  const images = await list([...command, "images", "--quiet"]);
  return wholeRecovery([
    await remove("container", ["rm", "--force", "--volumes"], containers),
    await remove("image", ["rmi", "--force"], images),
  ]);

  async function remove(what: string, words: string[], ids: string[]): Promise<Recovery> {
    if (ids.length === 0) return wholeRecovery([]);
    const { status, stderr } = await run([...command, ...words, ...ids]);
    return status === 0
      ? { sentences: ids.map((id) => `Removed the ${what} ${id}.`), restored: true }
      : {
        sentences: [`Cannot remove each ${what} of ${ids.join(", ")}: ${shorten(stderr)}`],
        restored: false,
      };
  }
  async function list(argv: [string, ...string[]]): Promise<string[]> {
    const { stdout } = await run([...argv, `--filter=label=${DOCKER_LABEL}`]);
    return [...new Set(stdout.split("\n").filter((line) => /^[0-9a-f]{12,64}$/.test(line)))];
  }
  function run(argv: [string, ...string[]]): Promise<CommandResult> {
    return host.run({ argv, timeoutSeconds: 60, survivesCancel: true });
  }
}

function versionRequest([client, ...options]: DockerCommand): CommandRequest {
  return { argv: [client, ...options, "version", "--format", "{{json .}}"], timeoutSeconds: 10 };
}

/** A container's whole name. */
export function containerName(name: string): string {
  return `cellproof-${name}`;
}

/** As `encoding/csv` of Go reads it, which docker uses. */
function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function tooOld(version: string): Problem {
  return unavailable(
    `its daemon is older than ${DOCKER_MINIMUM_VERSION} (${version})`,
    "Install a newer Docker.",
  );
}

function unavailable(condition: string, cure?: string): Problem {
  const action = "use Docker";
  if (cure !== undefined) return new MissingTool({ action, condition, cure }, "docker");
  const install = "Install Docker (docker.io), or run: deno task bench --setup";
  return new MissingTool({ action, condition, cure: install });
}
