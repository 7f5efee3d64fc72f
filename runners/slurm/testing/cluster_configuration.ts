/**
 * The files that configure a test's cluster.
 *
 * @module
 */

/** What a test's cluster has. */
export interface ClusterOptions {
  /** How many nodes: n1, n2 …; default 3. */
  readonly nodes?: number;
  /** What each node has, such as "gpu:h100:8"; nothing when absent. */
  readonly gres?: string;
  /** The default partition's longest time limit, as Slurm writes it; default "01:00:00". */
  readonly maxTime?: string;
  /** Other parameters of slurm.conf, such as `{ MinJobAge: "2" }`. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Where a cluster lies on this machine. */
export interface ClusterPlace {
  readonly folder: string;
  readonly name: string;
  /** Of the machine, as `hostname -s` tells. */
  readonly hostname: string;
  readonly user: string;
  /** Free ones: one for the controller, then one for each node. */
  readonly ports: readonly number[];
}

/** The default partition: all nodes are in it. */
export const TEST_PARTITION = "gpu";
/** A partition that takes no jobs: it is drained. */
export const DRAINED_PARTITION = "drained";

/** Chosen for speed: a dead node shows after about 10 s, and a job starts within one. */
const FAST = {
  SlurmdTimeout: "3",
  MessageTimeout: "2",
  KillWait: "2",
  ReturnToService: "2",
  SchedulerParameters: "sched_interval=1,batch_sched_delay=0,bf_interval=1",
  CompleteWait: "0",
} as const;

/** What needs no root, no munge and no control groups. */
const PLAIN = {
  AuthType: "auth/none",
  CredType: "cred/none",
  ProctrackType: "proctrack/pgid",
  TaskPlugin: "task/none",
  JobAcctGatherType: "jobacct_gather/none",
  MpiDefault: "none",
  SelectType: "select/cons_tres",
  SelectTypeParameters: "CR_Core",
  // The nodes have what is configured, whatever this machine has.
  SlurmdParameters: "config_overrides",
} as const;

/** The names of the nodes. */
export function nodeNames({ nodes = 3 }: ClusterOptions): string[] {
  return Array.from({ length: nodes }, (_, i) => `n${i + 1}`);
}

/** `slurm.conf`. */
export function slurmConfiguration(place: ClusterPlace, options: ClusterOptions): string {
  const { folder, name, hostname, user, ports: [controllerPort, ...nodePorts] } = place;
  const names = nodeNames(options);
  const parameters = {
    ClusterName: name,
    SlurmctldHost: `${hostname}(127.0.0.1)`,
    SlurmctldPort: `${controllerPort}`,
    SlurmUser: user,
    SlurmdUser: user,
    StateSaveLocation: `${folder}/state`,
    SlurmctldPidFile: `${folder}/slurmctld.pid`,
    SlurmctldLogFile: `${folder}/slurmctld.log`,
    SlurmdSpoolDir: `${folder}/spool-%n`,
    SlurmdPidFile: `${folder}/%n.pid`,
    SlurmdLogFile: `${folder}/%n.log`,
    ...(options.gres === undefined ? {} : { GresTypes: parts(options.gres).name }),
    ...PLAIN,
    ...FAST,
    ...options.parameters,
  };
  const gres = options.gres === undefined ? "" : ` Gres=${options.gres}`;
  const address = `NodeHostname=${hostname} NodeAddr=127.0.0.1`;
  const all = `Nodes=${names.join(",")}`;
  return lines([
    ...Object.entries(parameters).map(([key, value]) => `${key}=${value}`),
    ...names.map((node, i) =>
      `NodeName=${node} ${address} Port=${nodePorts[i]} CPUs=2 RealMemory=1000${gres}`
    ),
    `PartitionName=${TEST_PARTITION} ${all} Default=YES MaxTime=${options.maxTime ?? "01:00:00"}`,
    `PartitionName=${DRAINED_PARTITION} ${all} MaxTime=2-00:00:00 State=DRAIN`,
  ]);
}

/** `gres.conf`: plain files stand for the devices, see {@linkcode deviceFiles}. */
export function gresConfiguration({ folder }: ClusterPlace, { gres }: ClusterOptions): string {
  if (gres === undefined) return "";
  const { name, type, count } = parts(gres);
  const typed = type === null ? "" : ` Type=${type}`;
  return lines([`Name=${name}${typed} File=${folder}/${name}[0-${count - 1}]`]);
}

/** The names of the files that stand for a node's devices. */
export function deviceFiles({ gres }: ClusterOptions): string[] {
  if (gres === undefined) return [];
  const { name, count } = parts(gres);
  return Array.from({ length: count }, (_, i) => `${name}${i}`);
}

/** Of "gpu:8" or "gpu:h100:8". */
function parts(gres: string): { name: string; type: string | null; count: number } {
  const words = gres.split(":");
  return {
    name: words[0] ?? "",
    type: words.length === 3 ? words[1] ?? null : null,
    count: Number(words.at(-1)),
  };
}

function lines(texts: readonly string[]): string {
  return `${texts.join("\n")}\n`;
}
