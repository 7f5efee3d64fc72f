/** The hosts of the made-up fleet. @module */
import type { FleetHost, HostState, HostTold } from "../../suites/fleet/fleet_result.ts";

/** A host without its verdicts. */
export interface SampleHost extends FleetHost {
  /** The name of the host that it is like; its own in the sample itself. */
  readonly likeName: string;
}

/** The claim on which the hosts of the large make disagree. */
export const OTHER_NETWORK = "11.3/latency/container";

const BIG = {
  model: "aaaaaaaaaaaaaaaa",
  modelName: "2 x Example CPU 9000, 8 x NVIDIA X9000",
  gpus: { "NVIDIA X9000": 8 },
};
const SMALL = {
  model: "bbbbbbbbbbbbbbbb",
  modelName: "Example CPU 5000, 2 x NVIDIA X5000 and 1 x NVIDIA X1000",
  gpus: { "NVIDIA X5000": 2, "NVIDIA X1000": 1 },
};
const BLIND = { model: "cccccccccccccccc", modelName: "Example CPU 9000", gpus: null };

export const SAMPLE_HOSTS: readonly SampleHost[] = [
  measured("gpu-001"),
  measured("gpu-002"),
  measured("gpu-003", { kernel: "5.15.0-old" }),
  measured("gpu-004"),
  measured("gpu-005"),
  measured("gpu-006", { ...SMALL, gpuDriver: "535.10" }),
  measured("gpu-007", { ...SMALL, gpuDriver: "535.10" }),
  measured("gpu-008", { ...BLIND, gpuDriver: null, environment: "inside a kvm guest (example)" }),
  other("gpu-009", "left-out", {
    because: "It was measured by cellproof 0.0.9, the others by 0.1.0.",
    told: { ...toldBy("gpu-009"), version: "0.0.9" },
  }),
  other("gpu-010", "left-out", {
    because: "It was judged under high 0.9, the others under 0.95.",
    told: toldBy("gpu-010"),
  }),
  other("gpu-011", "left-out", {
    because: "It is a dry run, the others are synthetic.",
    told: toldBy("gpu-011"),
  }),
  other("gpu-012", "left-out", {
    because: "It is of the machine of gpu-001, which is judged.",
    told: toldBy("gpu-012"),
  }),
  other("gpu-013", "partial", {
    because: "Its run did not come to its end: it measured 3 of 10 experiments.",
    told: { ...toldBy("gpu-013"), endedAt: null },
  }),
  other("gpu-014", "unreadable", {
    because: "Its result.json is not JSON: it ends after 4,096 bytes.",
    source: "nodes/gpu-014/result",
  }),
  other("gpu-015", "nothing", { because: "It does not see the fleet's folder." }),
  other("gpu-016", "nothing", { because: "What it reads of the harness is not what was packed." }),
  other("gpu-017", "died", {
    because: "Slurm lost the node (NODE_FAIL) 214 s after its run began.",
  }),
  other("gpu-018", "timed-out", { because: "Its time limit of 30 min ended the run." }),
  other("gpu-019", "cancelled", { because: "The job was cancelled before it began." }),
  other("gpu-020", "unavailable", { because: "It was drained before the run: “fan 3 is broken”." }),
  other("gpu-021", "waited", {
    because: "Its job waited for 30 min (Resources) and did not begin.",
  }),
];

function toldBy(name: string): HostTold {
  return {
    hostname: `${name}.example`,
    machine: name.replace("gpu-", "0123456789abc"),
    ...BIG,
    environment: "bare metal",
    bareMetal: true,
    kernel: "6.1.0-test",
    gpuDriver: "550.54.15",
    version: "0.1.0",
    startedAt: "2025-01-02T03:10:00.000Z",
    endedAt: "2025-01-02T03:30:00.000Z",
    durationSeconds: 1200,
    verdicts: "",
  };
}

function measured(name: string, difference: Partial<HostTold> = {}): SampleHost {
  return other(name, "measured", { told: { ...toldBy(name), ...difference } });
}

function other(name: string, state: HostState, known: Partial<FleetHost>): SampleHost {
  const source = known.told === undefined ? null : `nodes/${name}/result`;
  return { name, likeName: name, state, because: null, source, told: null, ...known };
}
