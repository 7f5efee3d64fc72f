/**
 * Runs a command of Slurm, and tells its failures apart by what it says.
 *
 * Source: `src/common/slurm_errno.c` of Slurm 22.05 and 24.11.
 *
 * @module
 */
import type { CommandRequest, CommandResult, Host } from "../host.ts";
import { MissingTool, Problem } from "../../problem.ts";

/** A failure by Slurm's words. */
interface SlurmFailure {
  readonly words: RegExp;
  readonly condition: string;
  readonly cure: string;
}

/** How a command of Slurm is run. */
export interface SlurmRequest extends Omit<CommandRequest, "timeoutSeconds"> {
  /** What it is for, as in "Cannot list the nodes". */
  readonly action: string;
  /** Default 30. */
  readonly timeoutSeconds?: number;
}

const DEFAULT_TIMEOUT_SECONDS = 30;
const ASK_ADMINISTRATOR = "Ask the administrator of the cluster";

const FAILURES: readonly SlurmFailure[] = [
  {
    words: /invalid partition (?:name )?specified|Partition \S+ not found/i,
    condition: "there is no such partition",
    cure: "Name one that `sinfo` lists (--partition NAME).",
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
    condition: "the cluster takes no array of so many tasks (MaxArraySize)",
    cure: "Ask for fewer nodes at a time.",
  },
  {
    words: /Invalid generic resource \(gres\)|Invalid GRES specification|Unsupported GRES/i,
    condition: "the cluster knows no such generic resource (gres)",
    cure: "Name one that `sinfo --format=%G` lists.",
  },
  {
    words: /Requested time limit is invalid/i,
    condition: "the time limit is longer than the partition or the account allows",
    cure: "Ask for less time, or name another partition.",
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
    words: /establish a configuration source|cannot stat file|process configuration file/i,
    condition: "the cluster's configuration is missing here",
    cure: "Run this on a node of the cluster, or set SLURM_CONF to its slurm.conf.",
  },
  {
    words: /Unable to contact slurm controller|timed out on send\/recv|Zero Bytes|standby mode/i,
    condition: "the cluster's controller does not answer",
    cure: "Try again; where it stays so, see that slurmctld runs (scontrol ping).",
  },
  {
    words: /(?:unrecognized|unknown|invalid) option.*json|serializer|--json/i,
    condition: "this Slurm prints no JSON",
    cure: "Install one of 21.08 or newer that is built with its JSON plugin.",
  },
];

/**
 * Runs a command of Slurm that must succeed.
 *
 * @throws {MissingTool} where there is no such command
 * @throws {Problem} where it fails or does not answer in time
 */
export async function runSlurm(host: Host, request: SlurmRequest): Promise<string> {
  const result = await trySlurm(host, request);
  if (result.status === 0) return result.stdout;
  throw slurmProblem(request.action, `${result.stderr}\n${result.stdout}`, result.status);
}

/**
 * Runs a command of Slurm that may fail.
 *
 * @throws {MissingTool} where there is no such command
 * @throws {Problem} where it does not answer in time
 */
export async function trySlurm(
  host: Host,
  { action, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS, ...request }: SlurmRequest,
): Promise<CommandResult> {
  const result = await host.run({ ...request, timeoutSeconds });
  if (result.ended === "exited") return result;
  const [program] = request.argv;
  if (result.ended === "not-found") {
    const condition = `there is no ${program}, so no Slurm`;
    const cure = "Run this where the commands of a Slurm cluster are (Debian: slurm-client).";
    throw new MissingTool({ action, condition, cure });
  }
  const said = result.stderr.trim();
  if (FAILURES.some(({ words }) => words.test(said))) throw slurmProblem(action, said);
  const condition = result.ended === "timed-out"
    ? `${program} did not answer within ${timeoutSeconds} s`
    : `${program} was ended (${result.ended})`;
  const cure = "Try again; where it stays so, see that slurmctld runs (scontrol ping).";
  throw new Problem({ action, condition, ...(said === "" ? {} : { seen: said }), cure });
}

/** What Slurm's words mean, with the words. */
export function slurmProblem(action: string, said: string, status: number | null = null): Problem {
  const text = said.trim();
  const seen = text === "" ? {} : { seen: text };
  const failure = FAILURES.find(({ words }) => words.test(text));
  if (failure !== undefined) {
    return new Problem({ action, condition: failure.condition, ...seen, cure: failure.cure });
  }
  const ending = status === null ? "Slurm refused it" : `Slurm refused it with status ${status}`;
  return new Problem({ action, condition: ending, ...seen, cure: `${ASK_ADMINISTRATOR}.` });
}
