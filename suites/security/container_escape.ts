/**
 * The escape battery in a container as Docker makes it by default, and in one that was granted what
 * the attempts need: their positive control in a container.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { attemptArguments, parseAttempts, startMarker } from "../../runners/security/attempts.ts";
import {
  type ContainerRequest,
  dockerFailure,
  runInContainer,
} from "../../runners/docker/docker.ts";
import type { ContainerPlace } from "../places.ts";
import type { Aims } from "./attempts.ts";
import { aimsAt, CLOSED_PORT, type Prepared, tryNatively } from "./host_aims.ts";
import { type Battery, batteryOf, callsOf } from "./outcomes.ts";

/** What was tried in one paradigm and natively beside. */
export interface ContainerEscape {
  readonly inside: Battery;
  readonly granted: Battery;
  readonly native: Battery;
}

type Grants = Partial<ContainerRequest>;

const TIMEOUT_SECONDS = 60;
/** Where the container finds the program. */
const PROGRAM = "/cellproof";

/** Makes every attempt in both containers, and natively where Docker's bridge is. */
export async function escapeContainer(
  prepared: Prepared,
  { docker, image }: ContainerPlace,
): Promise<ContainerEscape> {
  const { host, program, truth } = prepared;
  const { networkNamespace: prefix, otherAddress: other } = docker;
  const addresses = other === null ? [] : [other];
  const marker = await startMarker(host, { program, nonce: truth.nonce, addresses, prefix });
  try {
    const aims = aimsAt(prepared, {
      addresses: addresses.map((address, index) => `${address}:${marker.ports[index]}`),
      closed: `${other ?? "127.0.0.1"}:${CLOSED_PORT}`,
    });
    const run = (name: string, grants: Grants): Promise<Battery> =>
      tryInContainer(prepared, aims, { docker, image, name, grants });
    return {
      native: await tryNatively(prepared, aims, prefix),
      inside: await run("escape", {}),
      granted: await run("escape-granted", grantsFor(prepared)),
    };
  } finally {
    await marker.stop();
  }
}

/** What Docker can be asked for to let every attempt through. */
function grantsFor({ device, markerFolder }: Prepared): Grants {
  const bind = (path: string) => ({ source: path, target: path, readOnly: false });
  return {
    hostProcesses: true,
    addCapabilities: ["SYS_ADMIN", "SYS_PTRACE", "SYSLOG", "SYS_MODULE"],
    securityOptions: ["seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"],
    mounts: [bind(markerFolder), bind("/sys")],
    devices: device === null ? [] : [device.path],
  };
}

async function tryInContainer(
  { host, folder }: Prepared,
  aims: Aims,
  { docker, image, name, grants }: ContainerPlace & {
    readonly name: string;
    readonly grants: Grants;
  },
): Promise<Battery> {
  const calls = callsOf(aims);
  const result = await runInContainer(host, docker, {
    image,
    name,
    argv: [`${PROGRAM}/attempts`, ...attemptArguments(calls)],
    network: docker.bridgeAddress === null ? "none" : "bridge",
    timeoutSeconds: TIMEOUT_SECONDS,
    ...grants,
    mounts: [{ source: folder, target: PROGRAM, readOnly: true }, ...grants.mounts ?? []],
  });
  if (result.status === 0) return batteryOf(parseAttempts(result.stdout, calls), aims);
  throw new Problem({
    action: "make the attempts in a container",
    condition: dockerFailure(result) ?? `the program ended with status ${result.status}`,
    seen: result.stderr,
    cure: "Check that docker run works with this daemon.",
  });
}
