/**
 * Containers without Docker: the same programs on the same root as in Docker's tools image, run by runc
 * or crun.
 *
 * @module
 */
import type { CommandRequest, CommandResult, Host, Session } from "../host.ts";
import type { Payload } from "../payload.ts";
import { MissingTool, shorten } from "../../problem.ts";
import { fillToolsRoot } from "../tools_root.ts";
import { readDeviceNodes } from "./device_nodes.ts";
import { ociConfig } from "./oci_bundle.ts";
import { ociFailure, parseRunningPid, parseRuntimeVersion } from "./oci_output.ts";
import { cgroupPath, removeOciContainer, removeOciContainers, stateFolder } from "./oci_sweep.ts";

/** The runtimes that can be used, the best known first. */
const PROGRAMS = ["runc", "crun"] as const;
export type OciProgram = typeof PROGRAMS[number];

export interface OciRequest {
  /** Follows `cellproof-` in the container's id; unique among those that run at one time. */
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  /** Device nodes of the host that the container may read, write and make nodes of. */
  readonly devices?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
}

/** A container that runs; its session is the standard input and output of its first process. */
export interface OciSession extends Session {
  /** The host's id of its first process; null where it does not run (yet). */
  hostPid(): Promise<number | null>;
  /** Removes the container, and tells how the runtime ended. */
  stop(graceSeconds?: number): Promise<CommandResult>;
}

interface RuntimeAbout {
  readonly program: OciProgram;
  /** Such as "1.1.5+ds1"; "unknown" where it does not say. */
  readonly version: string;
  /** What was tried before it and failed, a clause each. */
  readonly notes: readonly string[];
}

/** A runtime that works here, and the root that its containers have. */
export interface OciContainers extends RuntimeAbout {
  /** The command that runs a request, once its bundle is written. */
  argv(request: Pick<OciRequest, "name">): [string, ...string[]];
  /**
   * Runs one command in a container of its own, without network. Whatever happens, nothing of the
   * container is left.
   *
   * @throws {Problem} where a device is missing
   */
  run(request: OciRequest): Promise<CommandResult>;
  /** Starts a container that lives until it is stopped, at most for its `timeoutSeconds`. */
  start(request: OciRequest): Promise<OciSession>;
  /** Ends every container that is left. */
  close(): Promise<void>;
}

export interface OciOptions {
  readonly payload: Payload;
  /** An existing temporary folder. */
  readonly folder: string;
  /** The runtimes to try, in this order; all that are known when absent. */
  readonly programs?: readonly OciProgram[];
}

/**
 * Makes the root, and takes the first runtime that runs a container here.
 *
 * @throws {MissingTool} where none does, or busybox is missing
 */
export async function openOciContainers(host: Host, options: OciOptions): Promise<OciContainers> {
  const folder = await host.temporaryFolder(options.folder);
  const action = "make the root of a container";
  await fillToolsRoot(host, { root: rootOf(folder), payload: options.payload, action });
  const notes: string[] = [];
  for (const program of options.programs ?? PROGRAMS) {
    const asked = await host.run({ argv: [program, "--version"], timeoutSeconds: 10 });
    if (asked.ended === "not-found") continue;
    const version = parseRuntimeVersion(asked.stdout);
    const containers = new RuntimeContainers(host, folder, { program, version, notes: [...notes] });
    const tried = await containers.run({ name: "here", argv: ["true"], timeoutSeconds: 30 });
    if (tried.ended === "exited" && tried.status === 0) return containers;
    notes.push(
      `${program} ran no container: ${shorten(ociFailure(tried) ?? (tried.stderr || tried.ended))}`,
    );
  }
  throw unavailable(notes);
}

class RuntimeContainers implements OciContainers {
  readonly program: OciProgram;
  readonly version: string;
  readonly notes: readonly string[];
  readonly #host: Host;
  readonly #folder: string;

  constructor(host: Host, folder: string, about: RuntimeAbout) {
    this.#host = host;
    this.#folder = folder;
    this.program = about.program;
    this.version = about.version;
    this.notes = about.notes;
  }

  argv({ name }: Pick<OciRequest, "name">): [string, ...string[]] {
    return [...this.#runtime(), "run", "--bundle", this.#bundle(name), containerId(name)];
  }

  async run(request: OciRequest): Promise<CommandResult> {
    const result = await this.#host.run(await this.#prepared(request));
    if (result.ended !== "exited" || result.status !== 0) await this.#remove(request.name);
    return result;
  }

  async start(request: OciRequest): Promise<OciSession> {
    const session = await this.#host.start(await this.#prepared(request));
    return {
      send: (line) => session.send(line),
      receive: (seconds) => session.receive(seconds),
      hostPid: () => this.#hostPid(request.name),
      stop: async (graceSeconds = 5) => {
        await this.#remove(request.name);
        return await session.stop(graceSeconds);
      },
    };
  }

  async close(): Promise<void> {
    await removeOciContainers(this.#host, this.#folder);
  }

  async #prepared(request: OciRequest): Promise<CommandRequest> {
    const { name, argv, env = {} } = request;
    const config = ociConfig({
      name: containerId(name),
      root: rootOf(this.#folder),
      cgroup: cgroupPath(this.#folder, name),
      argv,
      env,
      devices: await readDeviceNodes(this.#host, request.devices ?? []),
    });
    await this.#host.writeText(`${this.#bundle(name)}/config.json`, config);
    return { argv: this.argv(request), timeoutSeconds: request.timeoutSeconds };
  }

  async #hostPid(name: string): Promise<number | null> {
    const argv = [...this.#runtime(), "state", containerId(name)] as const;
    const { stdout } = await this.#host.run({ argv, timeoutSeconds: 10 });
    return parseRunningPid(stdout);
  }

  async #remove(name: string): Promise<void> {
    const { program } = this;
    await removeOciContainer(this.#host, { program, folder: this.#folder, name });
  }

  #runtime(): [string, ...string[]] {
    return [this.program, "--log-format=json", "--root", stateFolder(this.#folder)];
  }

  #bundle(name: string): string {
    return `${this.#folder}/bundles/${name}`;
  }
}

function rootOf(folder: string): string {
  return `${folder}/root`;
}

function containerId(name: string): string {
  return `cellproof-${name}`;
}

function unavailable(notes: readonly string[]): MissingTool {
  const seen = notes.length === 0 ? {} : { seen: notes.join("; ") };
  return new MissingTool({
    action: "run containers without Docker",
    condition: notes.length === 0
      ? `there is neither ${PROGRAMS.join(" nor ")}`
      : "no runtime runs a container here",
    ...seen,
    cure: "Start Docker, or install runc and run as root on a host whose control groups " +
      "can be written.",
  }, "docker");
}
