/** Suites on played hosts, for tests. @module */
import { playedHost } from "../../fixtures/synthesis/gpu_host.ts";
import { machineNamed } from "../../fixtures/synthesis/machines.ts";
import { PROGRAM_FOLDER } from "../../fixtures/synthesis/programs.ts";
import type { CommandRequest, CommandResult, Host } from "../../runners/host.ts";
import { describeHost } from "../host_description.ts";
import type { Places } from "../places.ts";
import type { ArmNeeds } from "../arms.ts";
import { gpuPlaces } from "./scripted_gpu.ts";
import { watchedHost } from "./watched_host.ts";

/** Answers a command in the played host's place; null leaves it to that. */
export type Instead = (
  request: CommandRequest,
  played: () => Promise<CommandResult>,
) => Promise<CommandResult> | null;

/** The places of a played machine, some of whose commands may be answered otherwise. */
export async function playedPlaces(
  name: string,
  { instead = () => null, cudaSamples = PROGRAM_FOLDER }: {
    readonly instead?: Instead;
    readonly cudaSamples?: string | null;
  } = {},
): Promise<Places> {
  const played = playedHost(machineNamed(name));
  const run: Host["run"] = (request) => {
    const inner = () => played.run(request);
    return instead(request, inner) ?? inner();
  };
  const host = watchedHost(played, run);
  return gpuPlaces(host, { ...await describeHost(host, {}), cudaSamples, tools: [] });
}

/** What a run asks of an experiment that has these arms and workloads. */
export function needing(arms: readonly string[], workloads: readonly string[]): ArmNeeds {
  const judged = new Set(arms.filter((arm) => arm !== "native"));
  return { arms: new Set(arms), judged, workloads: new Set(workloads) };
}

/** Whether a command runs this CUDA program, natively or in a container of Docker's. */
export function runs({ argv: [program, ...args] }: CommandRequest, name: string): boolean {
  return program.endsWith(`/${name}`) || args.includes(`--entrypoint=${name}`);
}
