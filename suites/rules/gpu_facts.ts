/**
 * The rules of the facts about GPUs.
 *
 * @module
 */
import { PARTITIONS_ISOLATE } from "./gpu.ts";
import {
  ALONE_KEEPS,
  BARE_CONTENDS,
  COPIES_FILL_LINK,
  PARTITION_KEEPS,
  PEERS_FILL_NVLINK,
  READ_TAKES_1_TO_2_MICROSECONDS,
  SWITCHING_COSTS,
} from "./gpu_performance.ts";
import { measured, observes, observesPhysical, refutedBy, type Rule } from "./rule.ts";

/** The facts about GPUs, by id. */
export const GPU_FACTS: Readonly<Record<string, Rule>> = {
  "02.1.1/fact/memory-hierarchy": measured(
    "down the list the capacity rises; that latency rises is not measured, as one of the two suffices to refute it",
    refutedBy("gpu-samples/capacity-falls"),
  ),
  "02.1.1/fact/shared-memory-scope": measured(
    "within one SM alone: the driver tells it for each SM, and no cluster of SMs shares it (as from compute capability 9.0 on)",
    observes("gpu-samples/shared-memory-within-sm"),
  ),
  "02.1.2/fact/gpu-link": measured(
    "PCIe 3.0 or 4.0 with 16 lanes, by what each GPU itself is capable of, whatever its slot is",
    observesPhysical("gpu-inventory/pcie-3-or-4-x16"),
  ),
  "02.1.2/fact/global-memory-size": measured(
    "8 to 24 GB of memory as GPUs are sold: in GiB, of which error correction and the driver keep up to 8 % back",
    observes("gpu-inventory/memory-8-to-24-gb"),
  ),
  "02.1.2/fact/shared-memory-size": measured(
    "48 KB for each SM, by deviceQuery",
    observes("gpu-samples/shared-memory-48-kb"),
  ),
  "02.1.2/fact/registers": measured(
    "65,536 registers for each thread, as written; deviceQuery tells those of a block",
    observes("gpu-samples/registers-65536-per-thread"),
  ),
  "02.1.2/fact/sm-count": measured("eight SMs", observes("gpu-samples/eight-sms")),
  "02.2.1/fact/device-node": measured(
    "a character device for each GPU",
    observes("gpu-inventory/device-node"),
  ),
  "02.2.2/fact/control-node": measured(
    "a node of its own beside the GPUs'",
    observes("gpu-inventory/control-node"),
  ),
  "02.2.1/fact/cuda-properties": measured(
    "numbers, properties and selection, by deviceQuery",
    observes("gpu-samples/cuda-properties"),
  ),
  "04.1.1/fact/opencl": measured(
    "the GPU is listed as an OpenCL device",
    observes("gpu-inventory/opencl-device"),
  ),
  "04.2.1/fact/exclusive": measured(
    "a process that is alone on the GPU, and keeps its speed from run to run",
    observes("gpu-samples/alone"),
    ALONE_KEEPS,
  ),
  "04.2.1/fact/time-slicing": measured(
    "two take turns and contend: each is slower beside the other; switching costs: two together do less than one alone",
    observes("gpu-samples/two-processes-compute"),
    BARE_CONTENDS,
    SWITCHING_COSTS,
  ),
  "04.2.1/fact/partitioning": PARTITIONS_ISOLATE,
  "06.1.1/fact/pcie-bandwidth": measured(
    "the link, by what the GPU and its slot both can, carries 16 to 32 GB/s (15.75 of PCIe 3.0 x16 are 16), of which copies reach at least half",
    observesPhysical("gpu-inventory/pcie-16-to-32-gb/s"),
    COPIES_FILL_LINK,
  ),
  "06.1.2/fact/pcie-latency": measured(
    "a read of host memory by the GPU takes, rounded to whole microseconds, 1 or 2",
    READ_TAKES_1_TO_2_MICROSECONDS,
  ),
  "06.1.1/fact/nvlink-bandwidth": measured(
    "a GPU's NVLinks carry 300 to 600 GB/s, both directions together, of which copies between peers reach at least half",
    observes("gpu-inventory/nvlink-300-to-600-gb/s"),
    PEERS_FILL_NVLINK,
  ),
  "06.2.1/fact/cuda-streams": measured(
    "streams overlap, and are synchronized with right results",
    observes("gpu-samples/streams-overlap"),
    observes("gpu-samples/kernels-overlap"),
  ),
  "06.2.1/fact/memory-paths": measured(
    "DMA by copy engines, and zero copy from mapped memory",
    observes("gpu-samples/memory-paths"),
  ),
  "07.2.1/fact/dma": measured(
    "zero copy, at least half of the link's capacity, and a processor that computes on meanwhile",
    observes("gpu-samples/memory-paths"),
    observes("gpu-samples/cpu-free-while-copying"),
    COPIES_FILL_LINK,
  ),
  "08.2.1/fact/mig": measured(
    "processors and memory divided, two instances computing at once, and undiminished speed beside a neighbour",
    observes("gpu-inventory/partitioned"),
    observes("gpu-partitions/two-compute"),
    PARTITION_KEEPS,
  ),
};
