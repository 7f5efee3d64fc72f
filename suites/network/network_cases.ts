/**
 * The network experiment as tables: what is run (workloads) and where (arms).
 *
 * @module
 */
import { implausibleIperf3, iperf3Arguments, parseIperf3 } from "../../runners/network/iperf3.ts";
import type { NicModel } from "../../runners/guest/guest_devices.ts";
import {
  implausiblePing,
  meanTurnSeconds,
  parsePing,
  pingArguments,
} from "../../runners/network/ping.ts";
import type { Workload } from "../result.ts";

/** What one run gave: the figure that is compared, further ones, and why they cannot be right. */
export interface NetworkFigures {
  readonly value: number;
  readonly details: Readonly<Record<string, number>>;
  readonly doubt: string | null;
  /** True where the program prints its figures so coarsely that honest runs agree. */
  readonly coarse?: boolean;
}

/** A workload, and the program that runs it. */
export interface NetworkWorkload extends Workload {
  readonly program: "iperf3" | "ping";
  /** The exit statuses with which it prints figures. */
  readonly statuses: readonly number[];
  readonly argumentsTo: (address: string) => readonly string[];
  /** Reads what the program printed within `wallSeconds`. */
  readonly figuresOf: (stdout: string, wallSeconds: number) => NetworkFigures;
}

const STREAM_SECONDS = 1;
/** Enough turns for a mean to a part in hundreds, and a bound for slow networks. */
const TURNS = { count: 20_000, mostSeconds: 2 };

export const NETWORK_WORKLOADS: readonly NetworkWorkload[] = [
  {
    name: "throughput",
    title: "one TCP stream, as received",
    unit: "B/s",
    better: "larger",
    program: "iperf3",
    statuses: [0],
    argumentsTo: (address) => iperf3Arguments({ address, seconds: STREAM_SECONDS }),
    figuresOf: throughputOf,
  },
  {
    name: "round-trip",
    title: "round trip, from one small packet to the next",
    unit: "s",
    better: "smaller",
    program: "ping",
    // 1 where the time was over before the count was reached (ping(8), "-w").
    statuses: [0, 1],
    argumentsTo: (address) => pingArguments({ address, ...TURNS }),
    figuresOf: roundTripOf,
  },
];

interface NetworkArmCase {
  readonly name: string;
  readonly title: string;
  readonly place: "veth" | "loopback" | "container" | "guest";
  readonly model?: NicModel;
}

/** Where the client runs. The server runs on the host's side of the same network device. */
export const NETWORK_ARMS = [
  { name: "native", title: "natively, over a pair of veth devices", place: "veth" },
  { name: "native-again", title: "natively again (A/A control)", place: "veth" },
  { name: "loopback", title: "natively, over loopback", place: "loopback" },
  { name: "container", title: "Docker container, over its bridge", place: "container" },
  { name: "vm-virtio", title: "QEMU guest, virtio-net", place: "guest", model: "virtio-net" },
  { name: "vm-e1000", title: "QEMU guest, emulated e1000", place: "guest", model: "e1000" },
] as const satisfies readonly NetworkArmCase[];
export type NetworkArm = typeof NETWORK_ARMS[number];

/** The driver by which a guest must see each model. */
export const NIC_DRIVERS: Readonly<Record<NicModel, string>> = {
  "virtio-net": "virtio_net",
  "e1000": "e1000",
};

/** The workload of this name. */
export function networkWorkload(name: string): NetworkWorkload {
  const found = NETWORK_WORKLOADS.find((workload) => workload.name === name);
  if (found === undefined) throw new TypeError(`network: no workload is called "${name}"`);
  return found;
}

function throughputOf(stdout: string, wallSeconds: number): NetworkFigures {
  const record = parseIperf3(stdout);
  const { sentBytes, receivedBytes, seconds, bytesPerSecond, retransmits } = record;
  const request = { address: "", seconds: STREAM_SECONDS };
  return {
    value: bytesPerSecond,
    details: {
      sentBytes,
      receivedBytes,
      seconds,
      ...(retransmits === null ? {} : { retransmits }),
    },
    doubt: implausibleIperf3(record, request, wallSeconds),
  };
}

function roundTripOf(stdout: string, wallSeconds: number): NetworkFigures {
  const record = parsePing(stdout);
  const { transmitted, received, elapsedSeconds, deviationSeconds } = record;
  const { minSeconds, meanSeconds, maxSeconds } = record;
  return {
    value: meanTurnSeconds(record),
    details: {
      transmitted,
      received,
      ...(elapsedSeconds === null ? {} : { elapsedSeconds }),
      minSeconds,
      meanSeconds,
      maxSeconds,
      ...(deviationSeconds === null ? {} : { deviationSeconds }),
    },
    doubt: implausiblePing(record, { address: "", ...TURNS }, wallSeconds),
    coarse: true,
  };
}
