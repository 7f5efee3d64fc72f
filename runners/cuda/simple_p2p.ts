/**
 * simpleP2P: two GPUs that read and write each other's memory, checked on the host.
 *
 * Source: the CUDA samples' `0_Introduction/simpleP2P/simpleP2P.cu`, versions 8 to 13.
 *
 * @module
 */
import {
  type CudaRun,
  positiveOrNull,
  refuseCudaFailure,
  unreadable,
  type Waived,
  waivedBecause,
  wholeLines,
} from "./cuda_run.ts";
import { parsePeerAccess, type PeerAccess } from "./device_query.ts";

/** Two GPUs copied to each other. */
export interface SimpleP2pTested {
  readonly outcome: "tested";
  /** Whether every element was right. */
  readonly passed: boolean;
  readonly peers: readonly PeerAccess[];
  /** The pair that was taken. */
  readonly between: readonly [number, number];
  /** The mean of 100 copies of 64 MiB in turns. */
  readonly bandwidthBytesPerSecond: number;
}

/** There are no two GPUs that can; `peers` tells what CUDA says of each pair. */
export interface SimpleP2pWaived extends Waived {
  readonly peers: readonly PeerAccess[];
}

export type SimpleP2pRecord = SimpleP2pTested | SimpleP2pWaived;

/** The sample divides by 1024 three times for its "GB". */
const GIBIBYTE = 2 ** 30;

/**
 * Reads the output of one run.
 *
 * @throws {MissingTool} where CUDA finds no device
 * @throws {Problem} where CUDA failed, or the output is not whole
 */
export function parseSimpleP2p(run: CudaRun): SimpleP2pRecord {
  refuseCudaFailure("simpleP2P", run);
  const text = wholeLines(run);
  const peers = parsePeerAccess(text);
  const result = /^Test (passed|failed!)$/m.exec(text)?.[1];
  const because = waivedBecause({ ...run, stdout: text });
  if (because !== null && result === undefined) return { outcome: "waived", because, peers };
  const copy = /^cudaMemcpyPeer \/ cudaMemcpy between GPU(\d+) and GPU(\d+): ([\d.]+) ?GB\/s$/m
    .exec(text);
  const bandwidthBytesPerSecond = positiveOrNull(copy?.[3], GIBIBYTE);
  if (copy === null || bandwidthBytesPerSecond === null || result === undefined) {
    throw unreadable("simpleP2P", "it tells no result", run);
  }
  const passed = result === "passed";
  if (passed && run.status !== 0) throw unreadable("simpleP2P", "it passed and failed", run);
  const between = [Number(copy[1]), Number(copy[2])] as const;
  return { outcome: "tested", passed, peers, between, bandwidthBytesPerSecond };
}
