/**
 * Two made-up fleets whose answers are known beforehand: of one every statement is true, of the other
 * none is. Both are asked the same questions as the hosts.
 *
 * @module
 */
import type { FabricDescription, InfinibandDescription } from "../result.ts";
import type { GpuDigest } from "./digest.ts";
import type { FleetMember, FleetReading } from "./fleet_member.ts";
import type { FleetRequest, HostLink } from "./fleet_result.ts";

const PORT: InfinibandDescription = {
  adapter: "mlx9_0",
  port: "1",
  linkLayer: "InfiniBand",
  active: true,
  bitsPerSecond: 200e9,
};
const PORT_BYTES_PER_SECOND = 25e9;

/** A registration as a host with NVSwitch has it, whose NVLinks end within. */
const WITHIN_ONE_HOST: FabricDescription = {
  state: "Completed",
  status: "Success",
  clusterUuid: "00000000-0000-0000-0000-000000000000",
  cliqueId: 0,
};
/** A registration as all hosts of a rack have it, whose NVLinks join them. */
const WITHIN_ONE_RACK: FabricDescription = {
  ...WITHIN_ONE_HOST,
  clusterUuid: "9c000000-0000-4000-8000-000000000001",
  cliqueId: 7,
};

const REQUEST: FleetRequest = {
  id: "control",
  scheduler: "slurm",
  cluster: "control",
  partition: "gpu",
  nodesNotAsked: 2,
  submittedAt: "2026-01-01T00:00:00.000Z",
  endedAt: null,
};

/** Three hosts of eight GPUs, whose link is filled. */
export const ALL_TRUE: FleetReading = {
  hosts: hostsOf(3, 8, WITHIN_ONE_HOST),
  others: [],
  links: [linkWith(0.97)],
  request: REQUEST,
  missing: [],
};

/** 125 hosts of eight GPUs in one NVLink domain, and a link that carries next to nothing. */
export const NONE_TRUE: FleetReading = {
  hosts: hostsOf(125, 8, WITHIN_ONE_RACK),
  others: [],
  links: [linkWith(0.02)],
  request: REQUEST,
  missing: [],
};

function hostsOf(count: number, gpus: number, fabric: FabricDescription): FleetMember[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ name: `control${index}`, hostname: `control${index}`, bootId: `boot${index}` },
    bareMetal: true,
    environment: "bare metal",
    gpus: Array.from({ length: gpus }, (_, gpu) => gpuOf(`${index}/${gpu}`, fabric)),
    infiniband: [PORT],
  }));
}

function gpuOf(uuidHash: string, fabric: FabricDescription): GpuDigest {
  return { name: "NVIDIA X9000", uuidHash, virtualizationMode: "none", lost: null, fabric };
}

function linkWith(share: number): HostLink {
  return {
    from: "control0",
    to: "control1",
    port: "mlx9_0 port 1",
    portBytesPerSecond: PORT_BYTES_PER_SECOND,
    bytesPerSecond: [0.99, 1, 1.01].map((run) => run * share * PORT_BYTES_PER_SECOND),
    failure: null,
    argv: [],
  };
}
