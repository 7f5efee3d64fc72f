/**
 * A fleet's folder with a harness in which a script stands in for Deno, and nodes that run it.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { CommandRequest, CommandResult, Host, Session } from "../../host.ts";
import { runStep } from "../../run_step.ts";
import { liveHost } from "../../seam/live.ts";
import { HARNESS_FILE, NODE_FILES, nodeFolder } from "../fleet_folder.ts";
import { cleanArguments, NONCE_FILE, runArguments } from "../node_job.ts";
import { type NodeReports, readNodeReports } from "../node_reports.ts";

const SCRIPT = new URL("../node.sh", import.meta.url).pathname;
const STAND_IN = new URL("stand_in_deno.sh", import.meta.url).pathname;
const NODE_SECONDS = 30;
const POLL_MILLISECONDS = 20;
const MOST_POLLS = 500;

/** Packs `$1` as Deno and as much as makes the archive larger than a small disk, into `$2`. */
const PACK = `set -e
cd -- "$2"
cp -- "$1" deno
chmod +x deno
head -c 65536 /dev/urandom >main.ts
tar -czf "$3" deno main.ts
rm deno main.ts`;

/** How a node is called, beside the usual. */
export interface NodeCall {
  readonly node?: string;
  readonly nonce?: string;
  readonly sha256?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What stands before the script on its command line. */
  readonly prefix?: readonly string[];
}

export class StandInFleet {
  readonly host: Host;
  /** Holds all that follows. */
  readonly base: string;
  readonly folder: string;
  /** Where nodes unpack. */
  readonly tmp: string;
  readonly nonce = "n0nce";
  readonly sha256: string;

  private constructor(host: Host, base: string, sha256: string) {
    this.host = host;
    this.base = base;
    this.folder = `${base}/fleet`;
    this.tmp = `${base}/tmp`;
    this.sha256 = sha256;
  }

  /** Makes one in a folder that the host removes when it is closed. */
  static async make(host: Host): Promise<StandInFleet> {
    const base = await host.temporaryFolder();
    const folders = ["fleet", "tmp", "home"].map((name) => `${base}/${name}`);
    const archive = `${base}/fleet/${HARNESS_FILE}`;
    await step(host, ["mkdir", ...folders]);
    await step(host, ["bash", "-c", PACK, "pack", STAND_IN, base, archive]);
    const sum = await step(host, ["sha256sum", archive]);
    const fleet = new StandInFleet(host, base, sum.slice(0, 64));
    await host.writeText(`${fleet.folder}/${NONCE_FILE}`, `${fleet.nonce}\n`);
    return fleet;
  }

  /** Runs a node's job with these arguments of `bench`. */
  async run(bench: readonly string[], call: NodeCall = {}): Promise<CommandResult> {
    return await this.host.run(this.#request(this.#runArguments(bench, call), call));
  }

  /** Starts a node's job. */
  async launch(bench: readonly string[], call: NodeCall = {}): Promise<Session> {
    return await this.host.start(this.#request(this.#runArguments(bench, call), call));
  }

  /** Starts a node's job, and comes back when its run has begun. */
  async start(bench: readonly string[]): Promise<Session> {
    const session = await this.launch(bench);
    await until(async () => await this.result("arguments") !== null);
    return session;
  }

  /** Cleans up after a node's job. */
  async clean(left: string, call: NodeCall = {}): Promise<CommandResult> {
    const { nonce = this.nonce } = call;
    const args = cleanArguments({ folder: this.folder, nonce }, left);
    return await this.host.run(this.#request(args, call));
  }

  async reports(node = "n1"): Promise<NodeReports> {
    return await readNodeReports(this.host, this.folder, node);
  }

  /** A file of the run's result. */
  async result(name: string, node = "n1"): Promise<string | null> {
    const folder = `${this.folder}/${nodeFolder(node)}/${NODE_FILES.result}`;
    return await this.host.readText(`${folder}/${name}`);
  }

  /** The processes that have anything of the fleet on their command lines. */
  async processes(): Promise<string[]> {
    const argv = ["pgrep", "-f", "--", this.base] as const;
    const { stdout } = await this.host.run({ argv, timeoutSeconds: NODE_SECONDS });
    return stdout.split("\n").filter((line) => line !== "");
  }

  #runArguments(bench: readonly string[], call: NodeCall): string[] {
    const { nonce = this.nonce, sha256 = this.sha256 } = call;
    return runArguments({ folder: this.folder, nonce }, { sha256, bench });
  }

  #request(args: readonly string[], { node = "n1", env, prefix = [] }: NodeCall): CommandRequest {
    const [program = "bash", ...rest] = [...prefix, "bash", SCRIPT, ...args];
    const home = { HOME: `${this.base}/home`, CELLPROOF_TMP: this.tmp };
    return {
      argv: [program, ...rest],
      env: { ...home, SLURMD_NODENAME: node, SLURM_JOB_ID: "4711", ...env },
      timeoutSeconds: NODE_SECONDS,
    };
  }
}

/** The prefix of a node that first does what a shell says, with mounts that it alone sees; `$0` is a path. */
export function inOwnMounts(script: string, path: string): readonly string[] {
  const apart = ["unshare", "--user", "--map-current-user", "--keep-caps", "--mount"];
  return [...apart, "bash", "-c", script, path];
}

/** A folder of programs, each a text that a shell runs. */
export async function folderOfPrograms(
  { base }: StandInFleet,
  programs: Readonly<Record<string, string>>,
): Promise<string> {
  const bin = `${base}/bin`;
  await Deno.mkdir(bin);
  for (const [name, text] of Object.entries(programs)) {
    await Deno.writeTextFile(`${bin}/${name}`, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
  return bin;
}

/** A folder as a node's job has one. */
export async function makeFolder(path: string, nonce: string, mode = 0o700): Promise<void> {
  await Deno.mkdir(path);
  await Deno.chmod(path, mode);
  await Deno.writeTextFile(`${path}/fleet`, `${nonce}\n`);
}

/** A test over a fleet, on a host that is closed afterwards. */
export function testFleet(name: string, body: (fleet: StandInFleet) => Promise<void>): void {
  Deno.test(name, async () => {
    const host = await liveHost();
    try {
      await body(await StandInFleet.make(host));
    } finally {
      await host.close();
    }
  });
}

/** Nothing of a run is left on its node. */
export async function assertNothingLeft(fleet: StandInFleet): Promise<void> {
  const home = await fleet.host.readFolder(`${fleet.base}/home`);
  const tmp = await fleet.host.readFolder(fleet.tmp);
  assertEquals([home, tmp, await fleet.processes()], [[], [], []]);
}

/** Waits until something is so. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < MOST_POLLS; i++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
  throw new Error("what a test waited for did not come");
}

function step(host: Host, argv: readonly [string, ...string[]]): Promise<string> {
  const [action, cure] = ["make a fleet for a test", "Look at what it says."];
  return runStep(host, { action, argv, timeoutSeconds: NODE_SECONDS, cure });
}
