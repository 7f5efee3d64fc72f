/** The faults of the made-up fleet, one of each kind. @module */
import type { FleetFault } from "../../suites/fleet/fleet_result.ts";

export const SAMPLE_FAULTS: readonly FleetFault[] = [
  {
    kind: "dead-node",
    host: "gpu-017",
    because: "Slurm lost the node (NODE_FAIL) 214 s after its run began.",
    cure:
      "Look at the node's console and its power; then scontrol update nodename=gpu-017 state=resume.",
  },
  {
    kind: "unavailable-node",
    host: "gpu-020",
    because: "It was drained before the run: “fan 3 is broken”.",
    cure: "Mend what the reason says; then scontrol update nodename=gpu-020 state=resume.",
  },
  {
    kind: "lost-gpu",
    host: "gpu-005",
    because: "GPU 1 is lost (GPU is lost).",
    cure: "Drain the node, reset the GPU or reseat it (dmesg: Xid), and measure it again.",
  },
  {
    kind: "no-result",
    host: "gpu-015",
    because: "Its run ended with status 72 and left no result.",
    cure: "Read nodes/gpu-015/log.txt.",
  },
  {
    kind: "partial-result",
    host: "gpu-013",
    because: "Its run did not come to its end: it measured 3 of 10 experiments.",
    cure: "Run the fleet again with --out of this folder.",
  },
  {
    kind: "unreadable-result",
    host: "gpu-014",
    because: "Its result.json is not JSON: it ends after 4,096 bytes.",
    cure: "Look whether the disk is full, and measure it again.",
  },
  {
    kind: "other-version",
    host: "gpu-009",
    because: "It was measured by cellproof 0.0.9, the others by 0.1.0.",
    cure: "Measure it again with 0.1.0.",
  },
  {
    kind: "other-thresholds",
    host: "gpu-010",
    because: "It was judged under high 0.9, the others under 0.95.",
    cure: "Judge it again: deno task judge nodes/gpu-010/result --threshold high=0.95.",
  },
  {
    kind: "other-kind",
    host: "gpu-011",
    because: "It is a dry run, the others are synthetic.",
    cure: "Merge results of one kind only.",
  },
  {
    kind: "stale-result",
    host: "gpu-012",
    because: "It was begun at 2024-12-24T03:04:05.000Z, and the fleet at 2025-01-02T03:04:05.000Z.",
    cure: "Measure it again into a folder of its own.",
  },
  {
    kind: "duplicate-host",
    host: "gpu-012",
    because: "It is of the machine of gpu-001, which is judged.",
    cure: "Merge one result of each machine.",
  },
  {
    kind: "wrong-clock",
    host: "gpu-002",
    because: "Its clock is 412 s ahead.",
    cure: "Start chrony on it.",
  },
  {
    kind: "time-limit",
    host: "gpu-018",
    because: "Its time limit of 30 min ended the run.",
    cure: "Give it longer: --time-limit 60m.",
  },
  {
    kind: "no-shared-folder",
    host: "gpu-015",
    because: "It does not see the fleet's folder.",
    cure: "Name a folder that every node sees under the same path with --out.",
  },
  {
    kind: "damaged-harness",
    host: "gpu-016",
    because: "What it reads of the harness is not what was packed.",
    cure: "Look at the file system that holds the fleet's folder.",
  },
  {
    kind: "not-restored",
    host: "gpu-004",
    because: "The MIG instance 7 could not be removed.",
    cure: "Run there: deno task recover.",
  },
  {
    kind: "left-files",
    host: "gpu-018",
    because: "/tmp/cellproof-fleet holds a journal of changes.",
    cure: "Run there: deno task recover.",
  },
  {
    kind: "waited",
    host: "gpu-021",
    because: "Its job waited for 30 min (Resources) and did not begin.",
    cure: null,
  },
  {
    kind: "cancelled",
    host: "gpu-019",
    because: "The job was cancelled before it began.",
    cure: null,
  },
];
