/**
 * What Slurm says where it fails, and what that means.
 *
 * Source: `src/common/slurm_errno.c` of Slurm 22.05, 24.11 and 26.05.
 *
 * @module
 */
import { Problem, UsageProblem } from "../../problem.ts";

/** A failure by Slurm's words. */
interface SlurmFailure {
  readonly words: RegExp;
  readonly condition: string;
  readonly cure: string;
  /** What the user asked for cannot be had, as it was asked for. */
  readonly isUsage?: true;
  /** Slurm tells each of its steps on the way there: only the last line with these words is quoted. */
  readonly isLongWinded?: true;
}

const ASK_ADMINISTRATOR = "Ask the administrator of the cluster";
const MISSING_CONFIGURATION = "the cluster's configuration is missing here";
const SHOW_CONFIGURATION =
  "Run this on a node of the cluster, or set SLURM_CONF to its slurm.conf.";
/** "Unspecified error" is what Slurm's JSON says of it; of a submission it is a plugin's refusal. */
const NO_ANSWER = new RegExp(
  [
    "Unable to contact slurm controller",
    "Failed while looking for",
    "(?<!submission failed: )Unspecified error",
    "timed out (?:on send/recv|establishing|reading|writing)",
    "Communication (?:connection|shutdown) failure",
    "Message (?:send|receive) failure",
    "Unexpected message received",
    "Unexpected missing socket error",
    "Can't find an address, check slurm\\.conf",
    "Connection (?:refused|reset by peer|timed out)",
    "Zero Bytes",
    "standby mode",
    "Rate limit exceeded",
  ].join("|"),
  "i",
);

const FAILURES: readonly SlurmFailure[] = [
  {
    words: /invalid partition (?:name )?specified|Partition \S+ not found/i,
    condition: "there is no such partition",
    cure: "Name one that `sinfo` lists (--partition NAME).",
    isUsage: true,
  },
  {
    words: /No partition specified or system default partition/i,
    condition: "the cluster has no default partition",
    cure: "Name one that `sinfo` lists (--partition NAME).",
  },
  {
    words: /group not permitted to use this partition/i,
    condition: "the partition is closed to this user's groups (AllowGroups)",
    cure: `Name another partition, or let this user into one of its groups. ${ASK_ADMINISTRATOR}.`,
  },
  {
    words: /Invalid account or account\/partition combination/i,
    condition: "this user has no account that may use the partition",
    cure: `${ASK_ADMINISTRATOR} for an association, or set SBATCH_ACCOUNT to another account.`,
  },
  {
    words: /Invalid qos specification/i,
    condition: "this user may not use that quality of service (QOS)",
    cure: `Set SBATCH_QOS to one that is allowed (sacctmgr show assoc user=$USER).`,
  },
  {
    words: /violates accounting\/QOS policy|AssocMax|AssocGrp|QOSMax|QOSGrp|QOS usage threshold/i,
    condition: "a limit of the account or of its quality of service (QOS) forbids it",
    cure:
      "Ask for fewer nodes or less time, wait until own jobs have ended, or have the limit raised.",
  },
  {
    words: /Access\/permission denied|System submissions disabled/i,
    condition: "this user may not do that",
    cure: `Run as a user who may submit jobs to the partition. ${ASK_ADMINISTRATOR}.`,
  },
  {
    words: /Invalid job array specification/i,
    condition: "the cluster takes no array of so many tasks (MaxArraySize, or max_array_tasks of " +
      "SchedulerParameters)",
    cure: "Ask for fewer nodes at a time.",
  },
  {
    words: /Invalid generic resource \(gres\)|Invalid GRES specification|Unsupported GRES/i,
    condition: "the cluster knows no such generic resource (gres)",
    cure: "Name one that `sinfo --format=%G` lists.",
    isUsage: true,
  },
  {
    words: /Requested time limit is invalid/i,
    condition: "the time limit is longer than the partition or the account allows",
    cure: "Ask for less time, or name another partition.",
    isUsage: true,
  },
  {
    words: /Required partition not available|Partition in DOWN state/i,
    condition: "the partition takes no jobs now (it is down, inactive or drained)",
    cure:
      "Name another partition, or have it opened (scontrol update PartitionName=NAME State=UP).",
  },
  {
    words: /Requested node configuration is not available/i,
    condition: "no node of the partition has what is asked for",
    cure: "Ask for less, or name another partition.",
  },
  {
    words: /Incompatible versions of client and server code|Protocol version/i,
    condition: "the commands here and the cluster's controller are of different versions",
    cure: "Use the commands of the cluster's own version.",
  },
  {
    words: /munge|authentication|credential/i,
    condition: "the controller does not accept who this is",
    cure: "See that munge runs here with the cluster's key, and that the clocks agree.",
  },
  {
    words: /cannot stat file/i,
    condition: MISSING_CONFIGURATION,
    cure: SHOW_CONFIGURATION,
    isLongWinded: true,
  },
  {
    words: /establish a configuration source|failed to fetch config/i,
    condition: MISSING_CONFIGURATION,
    cure: SHOW_CONFIGURATION,
    isLongWinded: true,
  },
  {
    words: /process configuration file/i,
    condition: "the cluster's configuration is not understood here",
    cure: "See that the commands here are as new as the cluster's, and read its slurm.conf.",
  },
  {
    words: NO_ANSWER,
    condition: "the cluster's controller does not answer",
    cure: "Try again; where it stays so, see that slurmctld runs (scontrol ping).",
  },
  {
    words: /(?:unrecognized|unknown|invalid) option.*json|serializer|--json/i,
    condition: "this Slurm prints no JSON",
    cure: "Install one of 21.08 or newer that is built with its JSON plugin.",
  },
];

/** Whether Slurm's words are known. */
export function isKnownFailure(said: string): boolean {
  return FAILURES.some(({ words }) => words.test(said));
}

/** What Slurm's words mean, with the words; a {@linkcode UsageProblem} where it is what was asked for. */
export function slurmProblem(action: string, said: string, status: number | null = null): Problem {
  const text = said.trim();
  const failure = FAILURES.find(({ words }) => words.test(text));
  if (failure === undefined) return refusal(action, text, status);
  const { condition, cure, isUsage, isLongWinded } = failure;
  const telling = text.split("\n").findLast((line) => failure.words.test(line));
  const seen = isLongWinded ? telling ?? text : text;
  const parts = { action, condition, seen, cure };
  return isUsage ? new UsageProblem(parts) : new Problem(parts);
}

function refusal(action: string, seen: string, status: number | null): Problem {
  const condition = status === null ? "Slurm refused it" : `Slurm refused it with status ${status}`;
  return new Problem({
    action,
    condition,
    ...(seen === "" ? {} : { seen }),
    cure: `${ASK_ADMINISTRATOR}.`,
  });
}
