/**
 * Runs a command of Slurm.
 *
 * @module
 */
import { inCleanEnvironment, NO_SUCH_COMMAND } from "./clean_environment.ts";
import { isKnownFailure, slurmProblem } from "./failures.ts";
import type { CommandRequest, CommandResult, Host } from "../host.ts";
import { MissingTool, Problem } from "../../problem.ts";

/** How a command of Slurm is run. */
export interface SlurmRequest extends Omit<CommandRequest, "timeoutSeconds"> {
  /** What it is for, as in "Cannot list the nodes". */
  readonly action: string;
  /** Default 30. */
  readonly timeoutSeconds?: number;
}

const DEFAULT_TIMEOUT_SECONDS = 30;

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
  const [program] = request.argv;
  const argv = inCleanEnvironment(request.argv);
  const result = await host.run({ ...request, argv, timeoutSeconds });
  if (isMissing(result)) throw withoutSlurm(action, program);
  if (result.ended === "exited") return result;
  const said = result.stderr.trim();
  if (isKnownFailure(said)) throw slurmProblem(action, said);
  const condition = result.ended === "timed-out"
    ? `${program} did not answer within ${timeoutSeconds} s`
    : `${program} was ended (${result.ended})`;
  const cure = "Try again; where it stays so, see that slurmctld runs (scontrol ping).";
  throw new Problem({ action, condition, ...(said === "" ? {} : { seen: said }), cure });
}

function isMissing({ ended, status, stdout, stderr }: CommandResult): boolean {
  return ended === "not-found" || status === NO_SUCH_COMMAND && `${stdout}${stderr}` === "";
}

function withoutSlurm(action: string, program: string): MissingTool {
  const condition = `there is no ${program}, so no Slurm`;
  const cure = "Run this where the commands of a Slurm cluster are (Debian: slurm-client).";
  return new MissingTool({ action, condition, cure });
}
