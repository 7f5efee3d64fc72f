/**
 * A real Slurm for tests: a controller and some nodes, all on this machine, from Slurm's own programs
 * (Debian: slurmctld, slurmd, slurm-client). It needs no root, no systemd and no munge.
 *
 * @module
 */
import { changedHost } from "../../testing/changed_host.ts";
import {
  type ClusterOptions,
  deviceFiles,
  gresConfiguration,
  nodeNames,
  slurmConfiguration,
} from "./cluster_configuration.ts";
import type { CommandRequest, Host, Session } from "../../host.ts";
import { liveHost } from "../../seam/live.ts";
import { Problem } from "../../../problem.ts";
import script from "./cluster.sh" with { type: "text" };

export { DRAINED_PARTITION, TEST_PARTITION } from "./cluster_configuration.ts";

const READY_SECONDS = 180;
const LIFE_SECONDS = 3600;
const END_SECONDS = 10;
const ANSWER_SECONDS = 60;

/** A cluster that runs until it is disposed of, or this process ends in whatever way. */
export class TestCluster implements AsyncDisposable {
  readonly name: string;
  /** Where its configuration, its state and its logs lie. */
  readonly folder: string;
  /** What Slurm's commands need in their environment. */
  readonly env: Readonly<Record<string, string>>;
  /** This machine, with {@linkcode env} in the environment of every command. */
  readonly host: Host;
  readonly #live: Host;
  readonly #session: Session;

  /**
   * @throws {Problem} where Slurm's programs are missing or the nodes do not become ready
   */
  static async start(options: ClusterOptions = {}): Promise<TestCluster> {
    const host = await liveHost();
    try {
      return await startOn(host, options, (parts) => new TestCluster(parts));
    } catch (error) {
      await host.close();
      throw error;
    }
  }

  private constructor({ host, name, folder, session }: ClusterParts) {
    this.name = name;
    this.folder = folder;
    this.env = { SLURM_CONF: `${folder}/slurm.conf` };
    this.#live = host;
    this.#session = session;
    const within = (request: CommandRequest) => ({
      ...request,
      env: { ...this.env, ...request.env },
    });
    this.host = changedHost(host, {
      run: (request) => host.run(within(request)),
      start: (request) => host.start(within(request)),
    });
  }

  /** Ends a node as a loss of power does, with every process of its jobs. */
  async killNode(name: string): Promise<void> {
    await this.#tell(`kill ${name}`);
  }

  /** Starts a node that was killed; it is ready some moments later. */
  async startNode(name: string): Promise<void> {
    await this.#tell(`start ${name}`);
  }

  /** Lets a node begin no more jobs. */
  async drain(name: string, reason: string): Promise<void> {
    await this.#update(name, "State=DRAIN", `Reason=${reason}`);
  }

  async resume(name: string): Promise<void> {
    await this.#update(name, "State=RESUME");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.stop(END_SECONDS);
    await this.#live.close();
  }

  async #update(node: string, ...what: string[]): Promise<void> {
    const argv = ["scontrol", "update", `NodeName=${node}`, ...what] as const;
    const { status, stderr } = await this.host.run({ argv, timeoutSeconds: ANSWER_SECONDS });
    if (status !== 0) throw new Error(`scontrol: ${stderr}`);
  }

  async #tell(command: string): Promise<void> {
    await this.#session.send(command);
    const answer = await this.#session.receive(ANSWER_SECONDS);
    if (answer !== "ok") throw new Error(`the cluster's supervisor said ${answer}`);
  }
}

interface ClusterParts {
  readonly host: Host;
  readonly name: string;
  readonly folder: string;
  readonly session: Session;
}

async function startOn(
  host: Host,
  options: ClusterOptions,
  make: (parts: ClusterParts) => TestCluster,
): Promise<TestCluster> {
  await requirePrograms(host);
  const folder = await host.temporaryFolder();
  const name = `test${crypto.randomUUID().slice(0, 8)}`;
  const names = nodeNames(options);
  const place = {
    folder,
    name,
    hostname: await printed(host, ["hostname", "-s"]),
    user: await printed(host, ["id", "-un"]),
    ports: freePorts(1 + names.length),
  };
  await host.writeText(`${folder}/slurm.conf`, slurmConfiguration(place, options));
  await host.writeText(`${folder}/gres.conf`, gresConfiguration(place, options));
  for (const file of deviceFiles(options)) await host.writeText(`${folder}/${file}`, "");
  const session = await host.start({
    argv: ["bash", "-c", script, "cellproof-cluster", folder, name, ...names],
    timeoutSeconds: LIFE_SECONDS,
  });
  const answer = await session.receive(READY_SECONDS);
  if (answer === "ready") return make({ host, name, folder, session });
  await session.stop(END_SECONDS);
  throw new Problem({
    action: "start a Slurm for the tests",
    condition: "its nodes did not become ready",
    seen: answer ?? "no answer",
  });
}

async function requirePrograms(host: Host): Promise<void> {
  const search = "PATH=$PATH:/usr/sbin:/sbin; type slurmctld slurmd sinfo scontrol sbatch";
  const argv = ["bash", "-c", search] as const;
  const { status, stderr } = await host.run({ argv, timeoutSeconds: ANSWER_SECONDS });
  if (status === 0) return;
  throw new Problem({
    action: "start a Slurm for the tests",
    condition: "its programs are missing",
    seen: stderr,
    cure: "Run .ci/install (Debian: apt-get install slurmctld slurmd slurm-client).",
  });
}

async function printed(host: Host, argv: CommandRequest["argv"]): Promise<string> {
  return (await host.run({ argv, timeoutSeconds: ANSWER_SECONDS })).stdout.trim();
}

function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ port: 0 }));
  const ports = listeners.map(({ addr }) => addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}
