/**
 * `deno task fleet-manifest`: a fleet for Kubernetes, as a folder with the manifest and what the pods run.
 *
 * @module
 */
import { resolve } from "node:path";
import { UsageProblem } from "../problem.ts";
import { isThere, makeFolder, writeFile } from "../reports/json.ts";
import { counted } from "../reports/units.ts";
import { HARNESS_FILE, nodeFolder } from "../runners/fleet/fleet_folder.ts";
import { NONCE_FILE } from "../runners/fleet/node_job.ts";
import { packHarness } from "../runners/fleet/harness.ts";
import { COPYING_POD_FILE, copyingPod } from "../runners/kubernetes/copying_pod.ts";
import { fleetJobs, type KubernetesFleet, POD_SCRIPT } from "../runners/kubernetes/manifest.ts";
import { MANIFEST_FILE, manifestText, podText } from "../runners/kubernetes/manifest_text.ts";
import { type NameKind, nameOf } from "../runners/kubernetes/names.ts";
import { liveHost } from "../runners/seam/live.ts";
import { EXIT } from "../suites/exit_status.ts";
import {
  ANY_NUMBER,
  type Args,
  type Command,
  countOption,
  durationOption,
  textOption,
} from "./command.ts";
import { fleetSteps } from "./fleet/steps.ts";
import { podArguments } from "./fleet/pod_arguments.ts";
import { CACHE_FOLDER, projectPath } from "./project.ts";

const DEFAULT_GPU_RESOURCE = "nvidia.com/gpu";
const DEFAULT_BUDGET_SECONDS = 45 * 60;
const DEFAULT_WAIT_SECONDS = 3600;

/** A colon ends the name of a pod; the others choose files. No comment of the manifest has two lines. */
const NOT_FOR_KUBECTL = /[:*?[\\\p{Cc}]/u;

/** What a pod runs, and where it lies here. */
const SCRIPTS = { "node.sh": "runners/fleet/node.sh", [POD_SCRIPT]: "runners/kubernetes/pod.sh" };

export const command: Command = {
  usage: `deno task fleet-manifest --nodes NODE,... --gpus N --image IMAGE --claim CLAIM
                           [OPTION ...] [-- ARGUMENT ...]
  Writes a folder for a fleet on Kubernetes: ${MANIFEST_FILE}, with a job for each node, and what the pods
  run. It starts nothing. The arguments are those of bench, with paths as a pod sees them.
    --nodes NODE,...        the nodes to measure, as kubectl get nodes --output name tells them
    --gpus N                how many GPUs a node has, all of which its pod asks for; 0 for none
    --image IMAGE           the image of the pods: bash, and the tools that bench measures with
    --claim CLAIM           a persistent volume claim that all nodes can write to (ReadWriteMany)
    --namespace NAME        the namespace of the jobs and of the claim
    --gpu-resource NAME     what the device plugin calls a GPU (${DEFAULT_GPU_RESOURCE})
    --budget DURATION       a bound on the time of each node's run (45m)
    --wait DURATION         how long a node may take until its run begins (1h)
    --privileged            give the pods all devices and rights of their node
    --out DIR               the folder to write (results/NAME)`,
  boolean: ["privileged"],
  string: [
    "nodes",
    "gpus",
    "image",
    "claim",
    "namespace",
    "gpu-resource",
    "budget",
    "wait",
    "out",
  ],
  positionals: ANY_NUMBER,
  async run(args) {
    const order = await readOrder(args);
    const folder = outFolder(args, order);
    const fleet = await inNewFolder(folder, async () => {
      const packed = { ...order, harness: await packInto(folder) };
      await writeFleet(packed, folder);
      return packed;
    });
    console.log(`Wrote ${folder}: ${counted(fleet.nodes.length, "job")} in ${MANIFEST_FILE}.`);
    console.log(fleetSteps(fleet, folder).join("\n"));
    return EXIT.ok;
  },
};

type Order = Omit<KubernetesFleet, "harness">;

/**
 * Reads the command line.
 *
 * @throws {UsageProblem} for what is missing, or what Kubernetes or `bench` would not take
 */
export async function readOrder(args: Args): Promise<Order> {
  const budgetSeconds = durationOption(args, "budget") ?? DEFAULT_BUDGET_SECONDS;
  return {
    name: `cellproof-${crypto.randomUUID().slice(0, 8)}`,
    nodes: nodesOption(args),
    image: nameOption(args, "image", "image"),
    claim: nameOption(args, "claim", "subdomain"),
    namespace: args["namespace"] === undefined ? null : nameOption(args, "namespace", "label"),
    gpus: countOption(args, "gpus", 0) ?? missing("gpus"),
    gpuResource: args["gpu-resource"] === undefined
      ? DEFAULT_GPU_RESOURCE
      : nameOption(args, "gpu-resource", "resource"),
    privileged: args["privileged"] === true,
    budgetSeconds,
    waitSeconds: durationOption(args, "wait") ?? DEFAULT_WAIT_SECONDS,
    arguments: await podArguments(args._, budgetSeconds),
  };
}

/**
 * The folder to write, from the root, so that commands with it work anywhere.
 *
 * @throws {UsageProblem} where it is there already, or `kubectl cp` would take it for something else
 */
export function outFolder(args: Args, { name }: Pick<Order, "name">): string {
  const folder = resolve(textOption(args, "out") ?? projectPath(`results/${name}`));
  const cure = "Name another one with --out.";
  if (isThere(folder)) throw usage(`${folder} is there already`, cure);
  if (!NOT_FOR_KUBECTL.test(folder)) return folder;
  throw usage(`kubectl cp cannot copy ${JSON.stringify(folder)}, for its colon or the like`, cure);
}

/**
 * Makes a folder and lets it be filled; nothing of it is left where that fails, so that the same command
 * can be given again.
 *
 * @throws {Problem} where the folder cannot be made, and what `fill` throws
 */
export async function inNewFolder<T>(folder: string, fill: () => Promise<T>): Promise<T> {
  makeFolder(folder);
  try {
    return await fill();
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    throw error;
  }
}

/** Names as a user types them, or as kubectl prints them: a line each, with their kind. */
function nodesOption(args: Args): string[] {
  const words = required(args, "nodes").split(/[\s,]+/).filter((word) => word !== "");
  const nodes = words.map((word) => nameOf("subdomain", "nodes", word.replace(/^node\//, "")));
  const twice = nodes.find((node, index) => nodes.indexOf(node) !== index);
  if (twice !== undefined) throw usage(`the node ${twice} is named twice`, "Name it once.");
  return nodes.length > 0 ? nodes : missing("nodes");
}

function nameOption(args: Args, option: string, kind: NameKind): string {
  return nameOf(kind, option, required(args, option));
}

function required(args: Args, option: string): string {
  return textOption(args, option) ?? missing(option);
}

/**
 * Writes a fleet beside its harness. The manifest comes last: one that is there has all that it needs.
 *
 * @throws {Problem} where Kubernetes would not take it, or the disk is full
 */
export async function writeFleet(fleet: KubernetesFleet, folder: string): Promise<void> {
  const manifest = await manifestText(fleetJobs(fleet), fleetSteps(fleet, folder));
  const pod = await podText(copyingPod(fleet));
  for (const [name, source] of Object.entries(SCRIPTS)) {
    Deno.copyFileSync(projectPath(source), `${folder}/${name}`);
  }
  // So that a merge knows who was asked: an empty one is of a node that left nothing.
  for (const node of fleet.nodes) makeFolder(`${folder}/${nodeFolder(node)}`);
  writeFile(`${folder}/${NONCE_FILE}`, `${fleet.name}\n`);
  writeFile(`${folder}/${COPYING_POD_FILE}`, pod);
  writeFile(`${folder}/${MANIFEST_FILE}`, manifest);
}

/** Returns the SHA-256 of the harness. */
async function packInto(folder: string): Promise<string> {
  const host = await liveHost();
  try {
    const { sha256 } = await packHarness(host, {
      project: projectPath("."),
      deno: Deno.execPath(),
      out: `${folder}/${HARNESS_FILE}`,
      cache: CACHE_FOLDER,
    });
    return sha256;
  } finally {
    await host.close();
  }
}

function missing(option: string): never {
  throw usage(`--${option} is missing`, "Try: deno task fleet-manifest --help");
}

function usage(condition: string, cure?: string): UsageProblem {
  const action = "write the manifest of a fleet";
  return new UsageProblem({ action, condition, ...(cure === undefined ? {} : { cure }) });
}
