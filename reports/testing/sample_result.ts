/**
 * A made-up result for tests of the reports: no machine ever gave these figures.
 *
 * @module
 */
import { type Cell, CLAIMS, type Fact } from "../../suites/claims/claims.ts";
import type { ClaimVerdict, Result } from "../../suites/result.ts";
import { SAMPLE_EXPERIMENTS } from "./sample_experiments.ts";

/** A finished run with every verdict and two experiments; the same on every call. */
export function sampleResult(): Result {
  return {
    schema: 1,
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
    experiments: SAMPLE_EXPERIMENTS,
    absent: {
      network: { verdict: "untested", because: "The tool iperf3 is missing: run with --setup." },
    },
    claims: CLAIMS.map(sampleVerdict),
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
  if (id === "03.2.1/fact/nic-device-node") {
    return plain(id, "refuted", "The network interface eth0 exists, and /dev/eth0 does not.");
  }
  if (id === "03.2.2/fact/sysfs-procfs") {
    return plain(id, "confirmed", "/sys and /proc are mounted and list 14 PCI devices.");
  }
  if (id === "05.2.1/fact/virtio-faster") {
    return plain(
      id,
      "error",
      "The guest printed something that is no fio JSON: “Segmentation fault”.",
    );
  }
  return plain(
    id,
    "untested",
    "Waits for the check “GPU inventory”, which needs an NVIDIA GPU: none is on the PCI bus.",
  );
}

function plain(id: string, verdict: ClaimVerdict["verdict"], because: string): ClaimVerdict {
  return { id, verdict, because, reading: "The claim is read literally.", evidence: [] };
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
  const parts = [
    { name: "seq-read", verdict, because: "The interval lies inside the band.", ratio: 0.99 },
    { name: "rand-read", verdict, because: "The interval lies inside the band.", n: 12 },
  ];
  return {
    id,
    reading: "High is a ratio to native of at least 0.95 on every workload, medium 0.50 to 0.95.",
    evidence: [column === "sandbox" ? "sandbox-storage" : "storage"],
    ...figures,
    ...(figures.ratio === undefined ? {} : { parts }),
  };
}
