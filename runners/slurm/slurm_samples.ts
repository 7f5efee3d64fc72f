/**
 * What `squeue --json`, `sinfo --json` and `scontrol show nodes --json` print, shortened to what is read.
 * Those of 22.05 and 24.11 were printed by Slurm 22.05.8 and 24.11.5, and 26.05.5 prints the same. The
 * others have the shapes that Slurm's sources define (`src/plugins/openapi/v0.0.37` of 21.08,
 * `src/plugins/data_parser/v0.0.39` of 23.02 and `v0.0.40` of 23.11), and were not seen.
 *
 * @module
 */

type Entry = Readonly<Record<string, unknown>>;

/** Numbers as they are printed from 23.02 on. */
const number = (value: number) => ({ set: true, infinite: false, number: value });
const NO_NUMBER = { set: false, infinite: false, number: 0 };

const META = { Slurm: { release: "22.05.8" } };

/** A whole listing. */
export function listing(name: string, entries: readonly unknown[], rest: Entry = {}): string {
  return JSON.stringify({ meta: META, errors: [], [name]: entries, ...rest }, null, 2);
}

/** The same node, drained while it idles. */
export const DRAINED_NODES: Readonly<Record<string, Entry>> = {
  "21.08": {
    name: "n1",
    state: "idle",
    state_flags: ["DRAIN"],
    partitions: ["gpu", "all"],
    gres: "gpu:h100:8(S:0-1)",
    reason: "bad fan",
  },
  "22.05": {
    name: "n1",
    state: "idle",
    state_flags: ["DRAIN"],
    partitions: ["gpu", "all"],
    gres: "gpu:h100:8(S:0-1)",
    reason: "bad fan",
    tres_used: null,
  },
  "23.02": {
    name: "n1",
    state: ["IDLE", "DRAIN"],
    partitions: ["gpu", "all"],
    gres: "gpu:h100:8(S:0-1)",
    reason: "bad fan",
    reason_changed_at: 1727343318,
  },
  "24.11": {
    name: "n1",
    state: ["IDLE", "DRAIN"],
    partitions: ["gpu", "all"],
    gres: "gpu:h100:8(S:0-1)",
    reason: "bad fan",
    reason_changed_at: number(1727343318),
  },
};

const JOB = {
  job_id: 2,
  name: "fleet",
  user_id: 0,
  user_name: "root",
  nodes: "n3",
  required_nodes: "n3",
  state_reason: "NonZeroExitCode",
};
const JOB_2302 = { ...JOB, array_job_id: number(1), array_task_id: number(0) };

/** The same task of an array, which ended with 9. */
export const FAILED_TASKS: Readonly<Record<string, Entry>> = {
  "21.08": {
    ...JOB,
    array_job_id: 1,
    array_task_id: 0,
    job_state: "FAILED",
    exit_code: 2304,
    start_time: 1796052352,
  },
  "22.05": {
    ...JOB,
    array_job_id: 1,
    array_task_id: 0,
    job_state: "FAILED",
    exit_code: 2304,
    start_time: 1796052352,
  },
  "23.02": {
    ...JOB_2302,
    job_state: "FAILED",
    exit_code: number(2304),
    start_time: 1796052352,
  },
  "23.11": {
    ...JOB_2302,
    job_state: ["FAILED"],
    exit_code: {
      status: ["ERROR"],
      return_code: number(9),
      signal: { id: NO_NUMBER, name: "" },
    },
    start_time: number(1796052352),
  },
  "24.11": {
    ...JOB_2302,
    job_state: ["FAILED"],
    exit_code: {
      status: ["ERROR"],
      return_code: number(9),
      signal: { id: NO_NUMBER, name: "" },
    },
    start_time: number(1796052352),
  },
};

/** The same array, held, whose tasks have been given no nodes. */
export const HELD_ARRAYS: Readonly<Record<string, Entry>> = {
  "22.05": {
    ...JOB,
    job_id: 7,
    array_job_id: 7,
    array_task_id: null,
    array_task_string: "0-2",
    job_state: "PENDING",
    state_reason: "JobHeldUser",
    exit_code: 0,
    nodes: "",
    required_nodes: "",
    start_time: 0,
  },
  "24.11": {
    ...JOB,
    job_id: 7,
    array_job_id: number(7),
    array_task_id: NO_NUMBER,
    array_task_string: "0-2",
    job_state: ["PENDING"],
    state_reason: "JobHeldUser",
    exit_code: {
      status: ["SUCCESS"],
      return_code: number(0),
      signal: { id: NO_NUMBER, name: "" },
    },
    nodes: "",
    required_nodes: "",
    start_time: number(0),
  },
};

/** A job that a signal ended, from 23.11 on. */
export const SIGNALLED = {
  status: ["SIGNALED"],
  return_code: NO_NUMBER,
  signal: { id: number(15), name: "TERM" },
};

/** `scontrol --oneliner show partition` of 22.05.8, shortened. */
export const PARTITIONS = [
  "PartitionName=gpu AllowGroups=ALL AllowQos=ALL Default=YES QoS=N/A MaxNodes=UNLIMITED " +
  "MaxTime=01:30:00 MinNodes=0 Nodes=n[1-3] OverSubscribe=NO State=UP TotalCPUs=6 JobDefaults=(null)",
  "PartitionName=long AllowGroups=staff Default=NO MaxTime=2-00:00:10 Nodes=n1 OverSubscribe=FORCE:4 " +
  "State=DRAIN",
  "PartitionName=free Default=NO MaxTime=UNLIMITED Nodes=(null) State=INACTIVE",
  "",
].join("\n");

/** `scontrol show config` of 22.05.8, shortened. */
export const CONFIGURATION = `Configuration data as of 2026-11-30T15:17:23
AccountingStorageBackupHost = (null)
ClusterName             = lab
KillWait                = 10 sec
MaxArraySize            = 1001
MaxJobCount             = 10000
SchedulerParameters     = (null)

Slurmctld(primary) at vm is UP
`;
