/** What a doctor might find, made up for tests. @module */
import { CUDA_PROGRAMS } from "../../runners/cuda/cuda_programs.ts";
import { TOOLS } from "../../runners/setup/tools.ts";
import type { PassthroughOutlook } from "../../runners/vfio/givable.ts";
import { parseAddresses } from "../../runners/vfio/plan.ts";
import { sampleGpu } from "./gpus.ts";
import type { Findings, HostFeatures } from "../doctor.ts";

/** Bare metal that has everything but the tools and features that are named. */
export function sampleFindings(
  features: Partial<HostFeatures> = {},
  missingTools: readonly string[] = [],
): Findings {
  return {
    host: {
      hostname: "test-data",
      cpuModel: "Example CPU 9000",
      cpuCount: 16,
      memoryBytes: null,
      kernel: "6.1.0-test",
      os: "Example Linux 12",
      bootId: "unknown",
      environment: "bare metal",
      bareMetal: true,
      cpuGovernor: null,
      firmware: null,
      gpuDriver: null,
      pci: null,
      infiniband: [],
      gpus: [sampleGpu({ mig: true }), sampleGpu({ virtualizationMode: "host-vgpu" })],
      tools: {},
    },
    tools: TOOLS.map(({ name, purpose, minimum, packages }) => ({
      name,
      purpose,
      minimum,
      packages,
      path: null,
      tooOld: false,
      version: missingTools.includes(name) ? null : "1.0",
      cure: missingTools.includes(name) ? `Install ${name}.` : null,
    })),
    guestKernel: true,
    features: {
      root: true,
      kvmDevice: true,
      nvidiaNodes: 2,
      pcie: true,
      usb: true,
      networkPort: true,
      infiniband: true,
      ...features,
    },
    passthrough: samplePassthrough(),
    cudaPrograms: CUDA_PROGRAMS,
  };
}

/** A host with an idle NVMe device that has SR-IOV, but for what is named. */
export function samplePassthrough(
  { refusal = null, totalVfs = 4, ...outlook }: Partial<PassthroughOutlook> & {
    readonly totalVfs?: number;
  } = {},
): PassthroughOutlook {
  const title = "NVMe nvme1, serial TEST, disks nvme1n1";
  return {
    ...{ hasIommu: refusal === null, refusal, judged: true },
    devices: parseAddresses(["65:00.0"]).map((address) => ({
      ...{ address, title, totalVfs, refusal: null },
    })),
    ...outlook,
  };
}
