/**
 * How many GPUs a host has, and what joins them (02.1.2).
 *
 * @module
 */
import { connectionBetween, type GpuTopology } from "../../runners/gpu/gpu_topology.ts";
import { count, few, type Open, open, type Reading } from "../topology/reading.ts";
import { type GpuReading, hiddenOne, lostOne, working } from "./gpu_reading.ts";

const MOST_GPUS_OF_A_HOST = 8;

/** "the host has one GPU" */
export function oneGpu(reading: GpuReading): Reading {
  const { length } = reading.gpus.log.gpus;
  if (length > 1) return open(`This host has ${length} GPUs, so it is no single-GPU host`);
  return notAll(reading) ?? { value: true, seen: `The host has one GPU, ${names(reading)}` };
}

/** "the host has 2 to 8 GPUs" */
export function twoToEightGpus(reading: GpuReading): Reading {
  const { length } = reading.gpus.log.gpus;
  return notAll(reading) ?? alone(reading) ?? {
    value: length <= MOST_GPUS_OF_A_HOST,
    seen: `The host has ${length} GPUs: ${names(reading)}`,
  };
}

/** "the GPU has no other GPU beside it" */
export function noGpuPeer(reading: GpuReading): Reading {
  const one = oneGpu(reading);
  if (one.value === null) return one;
  const topology = matrixOf(reading);
  if ("value" in topology) return topology;
  return { value: true, seen: "The topology shows no other GPU" };
}

/** "GPUs of the host are joined by NVLink" */
export function nvlinkPeers(reading: GpuReading): Reading {
  const topology = matrixOf(reading);
  if ("value" in topology) return alone(reading) ?? topology;
  const pairs = pairsOf(topology);
  const joined = pairs.filter(({ kind }) => kind === "nvlink");
  const ways = [...new Set(pairs.map(({ text }) => text))];
  const seen = `Of ${count(pairs.length, "pair")} of GPUs, ${joined.length} ${
    joined.length === 1 ? "is" : "are"
  } joined by NVLink (${ways.join(", ")})`;
  if (joined.length > 0) return { value: true, seen };
  return notAll(reading) ?? alone(reading) ?? unclear(reading, pairs) ?? { value: false, seen };
}

/** "an InfiniBand port beside the GPUs is active" */
export function infinibandActive(reading: GpuReading): Reading {
  const ports = reading.host.infiniband.filter(({ linkLayer }) => linkLayer === "InfiniBand");
  if (ports.length === 0) {
    return open("No InfiniBand adapter is here, so nothing shows a cluster's link", "infiniband");
  }
  const active = ports.filter((port) => port.active).map(({ name }) => name);
  if (active.length === 0) {
    return open(`No port of ${few(ports.map(({ name }) => name))} is active`);
  }
  const { topology } = reading.gpus;
  if (topology === null) return untold(reading);
  const adapters = Object.values(topology.nicNames);
  const beside = active.filter((name) => adapters.includes(name.split("/")[0] ?? name));
  return beside.length === 0
    ? open(`The topology shows none of ${few(active)} beside the GPUs`)
    : { value: true, seen: `InfiniBand is active beside the GPUs at ${few(beside)}` };
}

/** Where there may be more GPUs than those that answer, nothing is said of their number. */
function notAll(reading: GpuReading): Open | null {
  const none = reading.gpus.log.gpus.length === 0 ? open("No GPU is told of", "gpu") : null;
  return lostOne(reading) ?? hiddenOne(reading) ?? none;
}

function alone({ gpus }: GpuReading): Open | null {
  return gpus.log.gpus.length < 2 ? open("This host has one GPU", "gpus") : null;
}

/** The matrix, where it is of the GPUs that the log tells of. */
function matrixOf(reading: GpuReading): GpuTopology | Open {
  const { topology, log } = reading.gpus;
  if (topology === null) return untold(reading);
  const shown = gpusOf(topology).length;
  return shown === log.gpus.length ? topology : {
    ...open(`nvidia-smi topo -m shows ${count(shown, "GPU")}, the log ${log.gpus.length}`),
    inDoubt: true,
  };
}

function untold({ gpus: { problems } }: GpuReading): Open {
  const why = problems.find((problem) => problem.includes("topo"));
  return open(`nvidia-smi topo -m told nothing${why === undefined ? "" : `: ${why}`}`);
}

/** Why a matrix without NVLinks does not show that there are none; null where it does. */
function unclear(
  { gpus }: GpuReading,
  pairs: readonly { readonly kind: string }[],
): Open | null {
  if (pairs.some(({ kind }) => kind === "unknown")) {
    return open("The topology joins GPUs in a way that is not known here");
  }
  return gpus.log.gpus.some(({ mig }) => mig.current === true)
    ? open("A GPU in MIG mode has no peers, so its NVLinks may not show")
    : null;
}

function names({ gpus }: GpuReading): string {
  return few(working(gpus).map(({ name, busId }) => `${name ?? "a GPU"} at ${busId ?? "?"}`));
}

function gpusOf({ devices }: GpuTopology): string[] {
  return devices.filter(({ kind }) => kind === "gpu").map(({ name }) => name);
}

/** Each pair of GPUs once, with what joins it. */
function pairsOf(topology: GpuTopology) {
  const gpus = gpusOf(topology);
  return gpus.flatMap((from, index) =>
    gpus.slice(index + 1).map((to) => {
      const way = connectionBetween(topology, from, to) ?? { kind: "unknown" } as const;
      return { kind: way.kind, text: way.kind === "nvlink" ? `NV${way.links}` : way.kind };
    })
  );
}
