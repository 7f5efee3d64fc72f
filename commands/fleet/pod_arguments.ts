/**
 * What each pod of a fleet on Kubernetes gives to `bench`: checked here, for each of them would fail.
 *
 * @module
 */
import { UsageProblem } from "../../problem.ts";
import { command as bench, readRequest } from "../bench.ts";
import type { Args } from "../command.ts";
import { assertFixture, isGiven, isPath, refuseForFleet } from "./order.ts";
import { parseArguments } from "../parse_arguments.ts";

/** Options of `bench` that are none of a pod's, and what a user does instead. */
const NOT_OF_A_POD: Readonly<Record<string, string>> = {
  budget: "say it before the two dashes, for the jobs' time limit goes by it",
  wait: "say it before the two dashes",
  nodes: "say it before the two dashes",
  out: "the result of each node goes into its own folder of the fleet",
  on: "a pod is on one node",
  partition: "it is Slurm's",
  gres: "say --gpus before the two dashes",
  history: "deno task history add takes the fleet once it is merged",
  json: "deno task merge --json prints the fleet",
};

/**
 * The arguments of a pod's `bench`, as given, with the budget.
 *
 * @throws {UsageProblem} where `bench` would not take them, or a pod cannot
 * @throws {Problem} for a fixture that cellproof does not have
 */
export async function podArguments(
  given: readonly string[],
  budgetSeconds: number,
): Promise<readonly string[]> {
  const args = await parseArguments("bench", bench, given);
  refuseForPod(args);
  refuseForFleet(args);
  const { dryRun } = readRequest(args);
  await assertFixture(dryRun);
  // A dry run takes as long as it takes.
  return dryRun === null ? [`--budget=${budgetSeconds}s`, ...given] : given;
}

function refuseForPod(args: Args): void {
  const [name, instead] = Object.entries(NOT_OF_A_POD).find(([name]) => isGiven(args, name)) ?? [];
  if (name !== undefined) throw usage(`a pod cannot take --${name}: ${instead}`);
  for (const [name, value] of Object.entries(args)) {
    if (typeof value !== "string" || !isPath(name, value) || value.startsWith("/")) continue;
    const cure = "Name the path as the pod does, from its root.";
    throw usage(`a pod cannot take --${name} ${value}: it is in a folder of its own`, cure);
  }
}

function usage(condition: string, cure?: string): UsageProblem {
  const action = "write the manifest of a fleet";
  return new UsageProblem({ action, condition, ...(cure === undefined ? {} : { cure }) });
}
