/**
 * How many of the host kernel's system calls a default container can reach.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { dockerFailure, runInContainer } from "../../runners/docker/docker.ts";
import type { Host } from "../../runners/host.ts";
import {
  buildCensus,
  type Census,
  censusArguments,
  isReachable,
  LAST_CALL,
  NO_CALL,
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
  const count = (wanted: string): number =>
    [...confined.entries.values()].filter((entry) => entry.class === wanted).length;
  return observed("attack-surface/container-calls", {
    value: confined.reachable,
    seen:
      `A default container reaches ${confined.reachable} of the host kernel's system calls (of ` +
      `numbers 0 to ${LAST_CALL}, ${count("refused")} are refused by seccomp, ` +
      `${count("unknown")} unknown to the kernel, ${count("allowed")} allowed but not tried ` +
      `because they can do harm); without seccomp it would reach ${free.reachable}.`,
    controls: censusControls(confined, free),
  });
}

function censusControls(confined: Census, free: Census): Control[] {
  const told = ({ entries }: Census, number: number): string =>
    `number ${number} is ${entries.get(number)?.class ?? "not in the census"}`;
  const reached = ({ entries }: Census, number: number): boolean => {
    const entry = entries.get(number);
    return entry !== undefined && isReachable(entry);
  };
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
      "mount, which Docker documents as blocked, is refused",
      confined.entries.get(confined.mount)?.class === "refused",
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
  throw new Problem({
    action: "try system calls in a container",
    condition: dockerFailure(result) ?? `the program ended with status ${result.status}`,
    seen: result.stderr,
  });
}
