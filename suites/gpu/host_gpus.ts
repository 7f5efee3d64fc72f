/**
 * How many GPUs a host has, and what joins them (02.1.2).
 *
 * @module
 */
import type { GpuTopology } from "../../runners/gpu/gpu_topology.ts";
import { count, few, open, type Reading } from "../topology/reading.ts";
import { type GpuReading, lostOne, working } from "./gpu_reading.ts";

const MOST_GPUS_OF_A_HOST = 8;

/** "the host has one GPU" */
export function oneGpu(reading: GpuReading): Reading {
  const { length } = reading.gpus.log.gpus;
  if (length > 1) return open(`This host has ${length} GPUs, so it is no single-GPU host`);
  return lostOne(reading) ?? { value: true, seen: `The host has one GPU, ${names(reading)}` };
}

/** "the host has 2 to 8 GPUs" */
export function twoToEightGpus(reading: GpuReading): Reading {
  const { length } = reading.gpus.log.gpus;
  if (length < 2) return open("This host has one GPU", "gpus");
  return lostOne(reading) ?? {
    value: length <= MOST_GPUS_OF_A_HOST,
    seen: `The host has ${length} GPUs: ${names(reading)}`,
  };
}

/** "the GPU has no other GPU beside it" */
export function noGpuPeer(reading: GpuReading): Reading {
  const { topology } = reading.gpus;
  if (reading.gpus.log.gpus.length > 1) return oneGpu(reading);
  if (topology === null) return open("nvidia-smi topo -m told nothing", "gpu");
  const peers = gpusOf(topology).slice(1);
  return {
    value: peers.length === 0,
    seen: peers.length === 0
      ? "The topology shows no other GPU"
      : `The topology shows ${peers.join(", ")} beside the GPU`,
  };
}

/** "GPUs of the host are joined by NVLink" */
export function nvlinkPeers(reading: GpuReading): Reading {
  const { topology, log } = reading.gpus;
  if (log.gpus.length < 2) return open("This host has one GPU", "gpus");
  if (topology === null) return open("nvidia-smi topo -m told nothing", "gpus");
  const pairs = pairsOf(topology);
  if (pairs.some(({ kind }) => kind === "unknown")) {
    return open("The topology joins GPUs in a way that is not known here", "gpus");
  }
  const joined = pairs.filter(({ kind }) => kind === "nvlink");
  const ways = [...new Set(pairs.map(({ text }) => text))];
  return {
    value: joined.length > 0,
    seen: `Of ${count(pairs.length, "pair")} of GPUs, ${joined.length} are joined by NVLink ` +
      `(${ways.join(", ")})`,
  };
}

/** "an InfiniBand port beside the GPUs is active" */
export function infinibandActive({ host: { infiniband } }: GpuReading): Reading {
  const ports = infiniband.filter(({ linkLayer }) => linkLayer === "InfiniBand");
  if (ports.length === 0) {
    return open("No InfiniBand adapter is here, so nothing shows a cluster's link", "infiniband");
  }
  const active = ports.filter((port) => port.active).map(({ name }) => name);
  if (active.length === 0) {
    return open(`No port of ${few(ports.map(({ name }) => name))} is active`);
  }
  return { value: true, seen: `InfiniBand is active at ${few(active)}` };
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
      const way = topology.connections[from]?.[to] ?? { kind: "unknown", text: "?" } as const;
      const text = way.kind === "nvlink" ? `NV${way.links}` : way.kind;
      return { kind: way.kind, text };
    })
  );
}
