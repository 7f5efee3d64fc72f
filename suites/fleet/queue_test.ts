import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { SlurmJob, SlurmNode } from "../../runners/slurm/slurm_records.ts";
import { whyNever, whyWaited } from "./queue.ts";

const NODE: SlurmNode = {
  name: "n1",
  states: ["IDLE"],
  partitions: ["gpu"],
  gres: "",
  reason: null,
};

/** A task that waits for this reason. */
function waiting(reason: string | null): SlurmJob {
  return {
    ...{ jobId: 7, arrayJobId: 7, arrayTaskId: 0, name: "cellproof-x-0" },
    ...{ userId: 7, userName: "somebody" },
    ...{ state: "PENDING", nodes: "", requiredNodes: "n1", ended: null, startedAt: null },
    reason,
  };
}

/** Reasons that other jobs, an administrator or time takes away, and the job begins as it is. */
const PASSING = [
  "None",
  "Resources",
  "Priority",
  "ReqNodeNotAvail",
  "Reservation",
  "NodeDown",
  "BeginTime",
  "Licenses",
  "Prolog",
  "Cleaning",
  "JobHeldUser",
  "JobHeldAdmin",
  "JobArrayTaskLimit",
  "PartitionDown",
  "PartitionInactive",
  "PartitionConfig",
  "MaxPoweredUpNodes",
  "QOSJobLimit",
  "QOSResourceLimit",
  "QOSUsageThreshold",
  "QOSMaxJobsPerUserLimit",
  "QOSMaxNodePerUserLimit",
  "QOSMaxCpuPerUserLimit",
  "QOSMaxGRESPerUser",
  "QOSMaxSubmitJobPerUserLimit",
  "QOSGrpNodeLimit",
  "QOSGrpGRESRunMinutes",
  "MaxJobsPerAccount",
  "MaxNodePerAccount",
  "AssocMaxJobsLimit",
  "AssocMaxSubmitJobLimit",
  "AssocGrpNodeLimit",
  "AssocGrpCPUMinutesLimit",
  "AssociationJobLimit",
];

/** Reasons that lie in the job, each with a word of what mends it. */
const LASTING = {
  PartitionTimeLimit: "--budget",
  QOSMaxWallDurationPerJobLimit: "--budget",
  AssocMaxWallDurationPerJobLimit: "--budget",
  QOSMaxGRESMinutesPerJob: "--budget",
  AssocMaxCpuMinutesPerJobLimit: "--budget",
  PartitionNodeLimit: "partition",
  QOSMaxNodePerJobLimit: "SBATCH_QOS",
  QOSMaxGRESPerJob: "SBATCH_QOS",
  QOSMaxMemoryPerNode: "SBATCH_QOS",
  AssocMaxCpuPerJobLimit: "SBATCH_ACCOUNT",
  MaxMemPerLimit: "limit",
  QOSMinGRES: "SBATCH_QOS",
  QOSMinCpuNotSatisfied: "SBATCH_QOS",
  AccountNotAllowed: "SBATCH_ACCOUNT",
  InvalidAccount: "SBATCH_ACCOUNT",
  QOSNotAllowed: "SBATCH_QOS",
  InvalidQOS: "SBATCH_QOS",
  BadConstraints: "--gres",
};

Deno.test("whyNever() lets a task wait for every reason that may pass", () => {
  for (const reason of [null, ...PASSING]) {
    assertEquals(whyNever(waiting(reason), NODE), null, reason ?? "null");
  }
});

Deno.test("whyNever() calls a task back that lies wrong itself, and says what mends that", () => {
  for (const [reason, word] of Object.entries(LASTING)) {
    const { state, because, cure = "" } = whyNever(waiting(reason), NODE) ?? {};
    assertEquals(state, "unavailable", reason);
    assertStringIncludes(because ?? "", reason);
    assertStringIncludes(cure, word);
  }
});

Deno.test("whyNever() says first what Slurm calls the node", () => {
  const drained = { ...NODE, states: ["IDLE", "DRAIN"], reason: "bad fan" };
  const because = "Slurm calls the node IDLE+DRAIN: bad fan";
  for (const job of [waiting("BadConstraints"), waiting("ReqNodeNotAvail"), undefined]) {
    assertEquals(whyNever(job, drained), { state: "unavailable", because });
  }
});

Deno.test("whyNever() knows nothing of a task that Slurm does not know, or a node that is gone", () => {
  assertEquals(whyNever(undefined, undefined), null);
  assertEquals(whyNever(waiting("Resources"), undefined), null);
});

Deno.test("whyWaited() tells how long and, where Slurm told, why", () => {
  const { state, because } = whyWaited(20, waiting("Resources"));
  assertEquals(state, "waited");
  assert(because.includes("20 s") && because.endsWith("(Resources)"), because);
  for (const job of [waiting(null), undefined]) {
    assert(whyWaited(20, job).because.endsWith("did not begin"));
  }
});
