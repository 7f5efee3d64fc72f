/**
 * Whether the measured GPU maps the memory of another one over NVLink: that of the peer which NVLink
 * joins, and of no pair that the sample may choose itself.
 *
 * @module
 */
import { parseSimpleP2p, type SimpleP2pRecord } from "../../runners/cuda/simple_p2p.ts";
import type { GpuInventory } from "../../runners/gpu/gpu_inventory.ts";
import type { ObservationName } from "../observations.ts";
import type { Places } from "../places.ts";
import { lacking, negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import { runSample, type SamplesPlace } from "./cuda_samples.ts";
import { gpuInventory, usable } from "./gpu_place.ts";
import { type Peer, peerOf } from "./peer.ts";

/** "a GPU maps and reads the memory of another one over NVLink" */
export async function peersMapped(
  name: ObservationName,
  place: SamplesPlace,
  places: Places,
): Promise<Observation> {
  const { subject } = place;
  const inventory = await gpuInventory(places);
  const whole = usable(inventory).filter(({ isWhole }) => isWhole);
  if (whole.length < 2) return lacking(name, "this host has no second GPU that is whole", "gpus");
  const peer = await peerOf(places, subject);
  // Where it reaches none, the sample tells whether any two reach each other.
  const tried = peer === null ? whole : [subject, peer.subject];
  const gpus = tried.map(({ granted }) => granted);
  const both = parseSimpleP2p(await runSample(place, "simpleP2P", { gpus }));
  const open = undecided(both, peer, inventory);
  if (open !== null) return lacking(name, open, "gpus");
  const one = parseSimpleP2p(await runSample(place, "simpleP2P"));
  return observed(name, {
    value: isMapped(both) && peer?.joinedBy === "nvlink",
    seen: `${pairInWords(place, peer, whole.length)}, reading each other's memory ${said(both)}`,
    controls: [
      positive("CUDA tells whether each reaches the other", both.peers.length > 0, said(both)),
      positive(
        "no other pair was tried than the one that was given",
        peer === null || both.outcome === "waived" || isFirstTwo(both.between),
        both.outcome === "tested" ? both.between.join(" and ") : both.because,
      ),
      negative("with one GPU there is nothing to be read", one.outcome === "waived", said(one)),
    ],
  });
}

/** Why what the sample said tells nothing of NVLink; null where it does. */
function undecided(
  record: SimpleP2pRecord,
  peer: Peer | null,
  { topology }: GpuInventory,
): string | null {
  if (record.outcome === "waived" || peer?.joinedBy === "nvlink") return null;
  if (peer === null) return "the GPU that is measured reaches none of those that reach each other";
  if (peer.joinedBy === null) return "the driver does not tell what joins the GPUs";
  const joins = Object.values(topology?.connections ?? {}).flatMap((row) => Object.values(row));
  return joins.some(({ kind }) => kind === "nvlink")
    ? "NVLink joins GPUs here, and none that the measured one reaches"
    : null;
}

const isMapped = (record: SimpleP2pRecord) => record.outcome === "tested" && record.passed;

const isFirstTwo = (pair: readonly number[]) => pair.toSorted().join() === "0,1";

function said(record: SimpleP2pRecord): string {
  return record.outcome === "tested" ? (record.passed ? "passed" : "failed") : record.because;
}

const JOINED = {
  nvlink: ", which NVLink joins",
  pcie: ", which PCIe alone joins",
  unknown: "",
};

function pairInWords({ subject }: SamplesPlace, peer: Peer | null, count: number): string {
  if (peer === null) return `between any two of ${count} GPUs`;
  return `between ${subject.uuid} and ${peer.subject.uuid}${JOINED[peer.joinedBy ?? "unknown"]}`;
}
