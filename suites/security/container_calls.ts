/**
 * How many of the host kernel's system calls a default container can reach.
 *
 * @module
 */
import { MissingTool, Problem } from "../../problem.ts";
import { dockerFailure, runInContainer } from "../../runners/docker/docker.ts";
import type { Host } from "../../runners/host.ts";
import {
  buildCensus,
  type Census,
  censusArguments,
  isReachable,
  LAST_CALL,
  NO_CALL,
  NO_FILTERS,
  parseCensus,
} from "../../runners/security/syscall_census.ts";
import type { ContainerPlace, Places } from "../places.ts";
import { negative, observed, positive } from "../probe.ts";
import type { Control, Observation } from "../result.ts";

/** Where the container finds the program. */
const PROGRAM = "/cellproof";
const TIMEOUT_SECONDS = 60;

/** Takes the census in two containers; its texts go into `readings`. */
export async function countContainerCalls(
  places: Places,
  readings: Record<string, unknown>,
): Promise<Observation> {
  const place = await places.container();
  const folder = await places.host.temporaryFolder();
  await buildCensus(places.host, folder);
  const confined = await takeCensus(places.host, place, { folder, name: "census" });
  const free = await takeCensus(places.host, place, {
    folder,
    name: "census-unconfined",
    securityOptions: ["seccomp=unconfined"],
  });
  readings["system-calls-container.txt"] = confined.text;
  readings["system-calls-unconfined-container.txt"] = free.text;
  return observeCensus(confined.census, free.census);
}

/** The container's count, from the censuses in a default container and in one without seccomp. */
export function observeCensus(confined: Census, free: Census): Observation {
  const entries = [...confined.entries.values()].filter(({ number }) => number <= LAST_CALL);
  const count = (wanted: string): number => entries.filter((one) => one.class === wanted).length;
  // Filters may refuse with ENOSYS; without seccomp the kernel shows that it knows such a call.
  const hidden = entries.filter((one) => one.class === "unknown" && reached(free, one.number));
  return observed("attack-surface/container-calls", {
    value: confined.reachable,
    seen:
      `A default container reaches ${confined.reachable} of the host kernel's system calls, and ` +
      `without seccomp it would reach ${free.reachable}. Of the numbers 0 to ${LAST_CALL} seccomp ` +
      `refuses ${count("refused") + hidden.length}, and this kernel has no call for ` +
      `${count("unknown") - hidden.length}; ${count("allowed")} of those reached were not made, ` +
      "because they can do harm.",
    controls: censusControls(confined, free),
  });
}

function reached({ entries }: Census, number: number): boolean {
  const entry = entries.get(number);
  return entry !== undefined && isReachable(entry);
}

function censusControls(confined: Census, free: Census): Control[] {
  const told = ({ entries }: Census, number: number): string =>
    `number ${number} is ${entries.get(number)?.class ?? "not in the census"}`;
  return [
    positive(
      "getpid, which every process may call, is reached",
      reached(confined, confined.getpid),
      told(confined, confined.getpid),
    ),
    positive(
      "a container without seccomp reaches more, and mount among it",
      free.reachable > confined.reachable && reached(free, free.mount),
      `${free.reachable} there, ${confined.reachable} in the default one; ${
        told(free, free.mount)
      }`,
    ),
    negative(
      "a number that is no system call is not reached",
      confined.entries.get(NO_CALL)?.class !== "reached" && !reached(confined, NO_CALL) &&
        !reached(free, NO_CALL),
      told(confined, NO_CALL),
    ),
    negative(
      "mount, which Docker documents as blocked, is refused, and the kernel has it",
      reached(free, free.mount) && !reached(confined, confined.mount),
      told(confined, confined.mount),
    ),
  ];
}

async function takeCensus(
  host: Host,
  { docker, image }: ContainerPlace,
  { folder, name, securityOptions = [] }: {
    readonly folder: string;
    readonly name: string;
    readonly securityOptions?: readonly string[];
  },
): Promise<{ readonly census: Census; readonly text: string }> {
  const result = await runInContainer(host, docker, {
    image,
    name,
    argv: [`${PROGRAM}/syscalls`, ...censusArguments()],
    mounts: [{ source: folder, target: PROGRAM, readOnly: true }],
    securityOptions,
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  if (result.status === 0) return { census: parseCensus(result.stdout), text: result.stdout };
  if (result.stderr.includes(NO_FILTERS)) {
    throw new MissingTool({
      action: "try system calls in a container",
      condition: "no seccomp filter can be installed there, by which refusals are told apart",
      cure: "Run under a kernel with CONFIG_SECCOMP_FILTER, where containers may add filters.",
    });
  }
  throw new Problem({
    action: "try system calls in a container",
    condition: dockerFailure(result) ?? `the program ended with status ${result.status}`,
    seen: result.stderr,
  });
}
