/** What the hosts of the made-up fleet tell together. @module */
import type { FleetResult } from "../../suites/fleet/fleet_result.ts";
import { OTHER_NETWORK } from "./sample_fleet_hosts.ts";

type Findings = Pick<FleetResult, "observations" | "disagreements" | "outliers" | "links">;

export const SAMPLE_FINDINGS: Findings = {
  observations: [
    {
      name: "host-inventory/infiniband-200-gbit/s",
      value: true,
      seen: "mlx5_0 of gpu-001 and gpu-002 runs at 400 Gbit/s.",
      controls: [
        {
          kind: "positive",
          what: "a port of gpu-001 is active",
          held: true,
          seen: "state 4: ACTIVE",
        },
        {
          kind: "negative",
          what: "a port that is not there is refused",
          held: true,
          seen: "no such device",
        },
      ],
      absence: null,
    },
  ],
  disagreements: [
    {
      id: OTHER_NETWORK,
      modelName: "2 x Example CPU 9000, 8 x NVIDIA X9000",
      confirmed: ["gpu-001", "gpu-002", "gpu-004", "gpu-005"],
      refuted: ["gpu-003"],
      differ: ["kernel 5.15.0-old where it is refuted"],
    },
    {
      id: "11.3/io-performance/container",
      modelName: "Example CPU 5000, 2 x NVIDIA X5000 and 1 x NVIDIA X1000",
      confirmed: ["gpu-006"],
      refuted: ["gpu-007"],
      differ: [],
    },
  ],
  outliers: [
    {
      host: "gpu-005",
      modelName: "2 x Example CPU 9000, 8 x NVIDIA X9000",
      experiment: "gpu-transfer",
      workload: "host-to-device",
      arm: "container",
      n: 12,
      ratio: 0.71,
      low: 0.69,
      high: 0.73,
      others: { count: 4, median: 0.993, low: 0.97, high: 1.02 },
      because: "gpu-005 keeps 0.71 of native, the 4 others of its make 0.993 (0.97 to 1.02).",
    },
  ],
  links: [
    link("gpu-001", "gpu-002", [46.2e9, 46.4e9, 46.1e9]),
    link("gpu-002", "gpu-001", [45.9e9, 46.3e9]),
    { ...link("gpu-003", "gpu-004", []), failure: "ib_write_bw ended with status 1." },
  ],
};

function link(from: string, to: string, bytesPerSecond: readonly number[]) {
  return {
    from,
    to,
    port: "mlx5_0 port 1",
    portBytesPerSecond: 50e9,
    bytesPerSecond,
    failure: null,
    argv: ["ib_write_bw", "-d", "mlx5_0", to],
  };
}
