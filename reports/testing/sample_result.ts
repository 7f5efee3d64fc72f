/**
 * A made-up result for tests of the reports: no machine ever gave these figures.
 *
 * @module
 */
import { type Cell, CLAIMS, type Fact } from "../../suites/claims/claims.ts";
import { coverageOf } from "../../suites/coverage.ts";
import {
  type ClaimPart,
  type ClaimVerdict,
  type InfinibandDescription,
  type PciDescription,
  type Result,
  SCHEMA_VERSION,
} from "../../suites/result.ts";
import type { Requirement } from "../../requirements.ts";
import { sampleBaseline, sampleGpu } from "../../suites/testing/gpus.ts";
import { pciFunction } from "./pci.ts";
import { SAMPLE_EXPERIMENTS } from "./sample_experiments.ts";
import { SAMPLE_PROBES, WITHOUT_FUNCTIONS } from "./sample_probes.ts";

/** A root port with a GPU of two functions in one IOMMU group, and a disk beside it. */
const SAMPLE_PCI: readonly PciDescription[] = [
  pciFunction("0000:00:01.0", { ids: "8086:7190", classCode: "060400", driver: "pcieport" }),
  pciFunction("0000:00:02.0", { classCode: "010802", driver: "nvme", iommuGroup: "3" }),
  pciFunction("0000:01:00.0", {
    ...{ ids: "10de:2331", classCode: "030200", driver: "nvidia" },
    ...{ iommuGroup: "2", above: "0000:00:01.0" },
  }),
  pciFunction("0000:01:00.1", { classCode: "040300", iommuGroup: "2", above: "0000:00:01.0" }),
];

const SAMPLE_PORT: InfinibandDescription = {
  ...{ adapter: "mlx5_0", port: "1", linkLayer: "InfiniBand", active: true, bitsPerSecond: 200e9 },
};

/** A finished run with every verdict, four probes and two experiments; the same on every call. */
export function sampleResult(): Result {
  const claims = CLAIMS.map(sampleVerdict);
  return {
    schema: SCHEMA_VERSION,
    host: {
      hostname: "test-data",
      cpuModel: "Example CPU 9000",
      cpuCount: 16,
      memoryBytes: 64 * 2 ** 30,
      kernel: "6.1.0-test",
      os: "Example Linux 12",
      bootId: "00000000-0000-4000-8000-000000000000",
      environment: "inside a kvm guest (example)",
      bareMetal: false,
      cpuGovernor: null,
      firmware: "Example BIOS 1.2 01/02/2025",
      gpuDriver: "550.54.15",
      pci: SAMPLE_PCI,
      infiniband: [SAMPLE_PORT],
      gpus: [
        sampleGpu({ virtualizationMode: "pass-through" }),
        sampleGpu({ uuid: null, memoryBytes: null, lost: "GPU is lost" }),
      ],
      tools: { fio: "3.33", docker: "20.10.24", qemu: "7.2.22", wasmtime: "48.0.8", iperf3: null },
    },
    run: {
      version: "0.1.0",
      startedAt: "2025-01-02T03:04:05.000Z",
      endedAt: "2025-01-02T03:08:17.000Z",
      durationSeconds: 252,
      seed: 42,
      selection: [],
      budgetSeconds: 600,
      thresholds: { high: 0.95, medium: 0.5 },
      dryRun: {
        fixture: "synthetic-sample",
        recordedAt: "2025-01-01T00:00:00.000Z",
        recordedOn: "no machine",
        synthetic: true,
      },
      notes: [
        "This is test data: every figure on this page is made up.",
        "KVM opens, but a probe guest did not boot within 20 s: guests run under TCG, and their " +
        "performance cells are inconclusive.",
      ],
    },
    baseline: sampleBaseline([]),
    probes: SAMPLE_PROBES,
    experiments: SAMPLE_EXPERIMENTS,
    absent: {
      "passthrough-storage": {
        verdict: "untested",
        because: "No NVMe device with a disk may be given away: name one with --passthrough.",
        lacks: "iommu",
      },
      network: {
        verdict: "untested",
        because: "The tool iperf3 is missing: run with --setup.",
        lacks: "tools",
      },
      "gpu-inventory": { verdict: "untested", because: "Not asked for.", lacks: "gpu" },
      webgpu: { verdict: "untested", because: "There is no adapter.", lacks: "webgpu" },
      "guest-view": {
        verdict: "error",
        because: "The guest printed something that is no inventory: “Segmentation fault”.",
        lacks: null,
      },
    },
    claims,
    contradictions: [
      {
        ids: ["10.3.1/overhead/sandbox", "11.3/io-performance/sandbox"],
        because: "One calls the sandbox's overhead medium, the other its performance low; on one " +
          "measurement both cannot hold.",
        evidenceTook: "11.3/io-performance/sandbox",
      },
      {
        ids: ["10.3.1/overhead/vm", "11.3/io-performance/vm"],
        because: "One calls the guest's overhead high, the other its performance medium.",
        evidenceTook: null,
      },
    ],
    coverage: coverageOf(claims),
  };
}

function sampleVerdict(claim: Cell | Fact): ClaimVerdict {
  const { id } = claim;
  const [, row = "", column = ""] = id.split("/");
  if (row === "typical-use") {
    return plain(id, "editorial", "Whether a use is typical is an opinion; nothing to measure.");
  }
  if (/io-performance|overhead/.test(row)) return performance(id, column);
  if (row === "latency" && claim.kind === "cell" && claim.matrix === "11.3") {
    return performance(id, column);
  }
  const observed = OBSERVED[id];
  if (observed !== undefined) return { ...observed, id, reading: LITERALLY };
  if (id === "05.2.1/fact/virtio-faster") {
    return plain(
      id,
      "error",
      "The guest printed something that is no fio JSON: “Segmentation fault”.",
    );
  }
  if (column === "gpu-cluster") return waiting(id, "fleet", "fleet");
  if (column === "passthrough") return withoutFunctions(id);
  return column === "sandbox"
    ? waiting(id, "webgpu", "webgpu")
    : waiting(id, "gpu-inventory", "gpu");
}

const LITERALLY = "The claim is read literally.";

/** Claims that a probe of the sample decides. */
const OBSERVED: Readonly<Record<string, Omit<ClaimVerdict, "id" | "reading">>> = {
  "03.2.1/fact/nic-device-node": observed(
    "refuted",
    "host-inventory/nic-device-node",
    "The network interface eth0 exists, and /dev/eth0 does not.",
  ),
  "03.2.2/fact/sysfs-procfs": observed(
    "confirmed",
    "host-inventory/sysfs-procfs",
    "/sys and /proc are mounted and list 14 PCI devices.",
  ),
};

function observed(
  verdict: ClaimVerdict["verdict"],
  name: string,
  because: string,
): Omit<ClaimVerdict, "id" | "reading"> {
  return { verdict, because, evidence: ["host-inventory"], parts: [{ name, verdict, because }] };
}

function waiting(id: string, check: string, lacks: Requirement): ClaimVerdict {
  const because = `The check “${check}” could not be made here.`;
  const part: ClaimPart = { name: check, verdict: "untested", because, lacks };
  return { ...plain(id, "untested", because), evidence: [check], parts: [part] };
}

/** A claim about virtual functions, on a host whose device has none. */
function withoutFunctions(id: string): ClaimVerdict {
  const because = WITHOUT_FUNCTIONS.because;
  const part = { name: "passthrough/virtual-functions", ...WITHOUT_FUNCTIONS };
  return { ...plain(id, "untested", because), evidence: ["passthrough"], parts: [part] };
}

function plain(id: string, verdict: ClaimVerdict["verdict"], because: string): ClaimVerdict {
  return { id, verdict, because, reading: LITERALLY, evidence: [] };
}

const FIGURES: Readonly<Record<string, Omit<ClaimVerdict, "id" | "reading" | "evidence">>> = {
  container: {
    verdict: "confirmed",
    because:
      "Every workload in the container kept at least 0.95 of native: the lowest is rand-read.",
    ratio: 0.991,
    low: 0.968,
    high: 1.012,
    n: 12,
  },
  vm: {
    verdict: "inconclusive",
    because: "Measured under TCG (no hardware virtualization), which cannot stand for a guest.",
    ratio: 0.212,
    low: 0.187,
    high: 0.241,
    n: 12,
  },
  sandbox: {
    verdict: "refuted",
    because: "Sequential reads under Wasmtime kept 0.87 of native, inside the medium band.",
    ratio: 0.868,
    low: 0.842,
    high: 0.893,
    n: 10,
  },
};

function performance(id: string, column: string): ClaimVerdict {
  const figures = FIGURES[column] ??
    {
      verdict: "untested" as const,
      because: "Needs a device to pass through: the host has no IOMMU.",
    };
  const { verdict } = figures;
  const lacks = column === "vm" ? { lacks: "kvm" as const } : {};
  const parts = [
    {
      name: "seq-read",
      verdict,
      because: "The interval lies inside the band.",
      ratio: 0.99,
      ...lacks,
    },
    { name: "rand-read", verdict, because: "The interval lies inside the band.", n: 12, ...lacks },
  ];
  return {
    id,
    reading: "High is a ratio to native of at least 0.95 on every workload, medium 0.50 to 0.95.",
    evidence: [column === "sandbox" ? "sandbox-storage" : "storage"],
    ...figures,
    ...(figures.ratio === undefined ? {} : { parts }),
  };
}
