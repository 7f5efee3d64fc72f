/**
 * The arms of the network experiment: how the same client runs in each place.
 *
 * @module
 */
import { Problem, shorten } from "../../problem.ts";
import { containerArguments, dockerFailure, runInContainer } from "../../runners/docker/docker.ts";
import type { Netdev, NicModel } from "../../runners/guest/guest_devices.ts";
import { runGuestScript } from "../../runners/guest/guest_script.ts";
import type { CommandResult, Host } from "../../runners/host.ts";
import {
  GUEST_ADDRESS,
  type NetworkNamespaces,
  type NetworkPrefix,
  TAP_ADDRESS,
} from "../../runners/network/network_namespaces.ts";
import { networkWorkload, NIC_DRIVERS } from "./network_cases.ts";
import type { ArmDriver, Measurement } from "../paired.ts";
import type { ContainerPlace, GuestPlace } from "../places.ts";
import type { Arm } from "../result.ts";

const NATIVE_TIMEOUT_SECONDS = 30;
const CONTAINER_TIMEOUT_SECONDS = 60;
const GUEST_TIMEOUT_SECONDS = 120;
/** Where QEMU's user network puts the guest, and the namespace that QEMU runs in (qemu(1)). */
const USER_NETWORK = { guest: "10.0.2.15/24", server: "10.0.2.2" };

/** What one process or boot gave, before its figures are read. */
interface ClientRun {
  readonly argv: readonly string[];
  readonly command: CommandResult;
  /** How the client itself ended; null with `failure` where it never ran to its end. */
  readonly client: Pick<CommandResult, "status" | "stdout" | "stderr"> | null;
  /** Why its figures are none, whatever it printed. */
  readonly failure: string | null;
}

type Client = readonly [program: "iperf3" | "ping", ...args: string[]];

/** The host's programs: where each is. */
export type ProgramPath = (program: "iperf3" | "ping") => string;

/** Runs the client in a namespace of the host. */
export function namespaceArm(
  arm: Arm,
  { host, prefix, address, pathOf }: {
    readonly host: Host;
    readonly prefix: NetworkPrefix;
    readonly address: string;
    readonly pathOf: ProgramPath;
  },
): ArmDriver {
  return networkArm(arm, address, async ([program, ...args]) => {
    const argv = [...prefix, pathOf(program), ...args] as const;
    const command = await host.run({ argv, timeoutSeconds: NATIVE_TIMEOUT_SECONDS });
    return { argv, command, client: command, failure: null };
  });
}

/** Runs the client in a container on Docker's bridge; the server listens on the bridge's host side. */
export function containerArm(
  arm: Arm,
  { host, docker, image, address }: ContainerPlace & {
    readonly host: Host;
    readonly address: string;
  },
): ArmDriver {
  return networkArm(arm, address, async (client) => {
    const request = {
      image,
      name: `network-${arm.name}`,
      argv: client,
      mounts: [],
      network: "bridge",
      timeoutSeconds: CONTAINER_TIMEOUT_SECONDS,
    } as const;
    const command = await runInContainer(host, docker, request);
    const argv = containerArguments(docker, request);
    return { argv, command, client: command, failure: dockerFailure(command) };
  });
}

/** Boots a guest whose network device is joined to the server's namespace, and runs the client. */
export function guestArm(
  arm: Arm,
  { host, guest, accelerator, network, model }: Pick<GuestPlace, "guest" | "accelerator"> & {
    readonly host: Host;
    readonly network: NetworkNamespaces;
    readonly model: NicModel;
  },
): ArmDriver {
  const own = network.hasTap ? `${GUEST_ADDRESS}/30` : USER_NETWORK.guest;
  const address = network.hasTap ? TAP_ADDRESS : USER_NETWORK.server;
  return networkArm(arm, address, async (client) => {
    const run = await runGuestScript(host, guest, {
      accelerator,
      script: guestScript({ own, address }, client),
      devices: [{
        model,
        netdev: netdevOf(network, model),
      }],
      launcher: network.server,
      timeoutSeconds: GUEST_TIMEOUT_SECONDS,
    });
    const { argv, command, document } = run;
    if (document === null) return { argv, command, client: null, failure: run.failure };
    const drivers = document.devices.flatMap((device) => device.drivers);
    return { argv, command, client: document, failure: wrongDriver(model, drivers) };
  });
}

/** Whether the host's kernel carries the packets of such a device, past QEMU. */
export function isByVhost({ hasVhost }: NetworkNamespaces, model: NicModel): boolean {
  return hasVhost && model === "virtio-net";
}

function netdevOf(network: NetworkNamespaces, model: NicModel): Netdev {
  if (!network.hasTap) return { kind: "user" };
  return { kind: "tap", ifname: "tap0", vhost: isByVhost(network, model) };
}

/**
 * A device may take seconds to have a link, so the client waits for a first answer. Its path is given
 * whole, because the guest's sh would run a ping of its own.
 */
function guestScript(
  { own, address }: { readonly own: string; readonly address: string },
  [program, ...args]: Client,
): string {
  const words = [`/programs/${program}`, ...args].map((word) => `'${word}'`).join(" ");
  const tries = "0 1 2 3 4 5 6 7 8 9";
  return `ip address add ${own} dev eth0\nip link set eth0 up\n` +
    `for try in ${tries}; do ping -q -c 1 -W 1 ${address} >/dev/null 2>&1 && break; done\n` +
    `${words}\n`;
}

function wrongDriver(model: NicModel, drivers: readonly string[]): string | null {
  if (drivers.includes(NIC_DRIVERS[model])) return null;
  return `the guest drove the ${model} device by ${drivers.join(", ") || "no driver"}`;
}

function networkArm(
  arm: Arm,
  address: string,
  run: (client: Client) => Promise<ClientRun>,
): ArmDriver {
  return {
    arm,
    async measure(workload) {
      const { program, argumentsTo } = networkWorkload(workload);
      const ran = await run([program, ...argumentsTo(address)]);
      return ran.command.ended === "cancelled" ? null : measurementOf(workload, ran);
    },
  };
}

function measurementOf(workload: string, ran: ClientRun): Measurement {
  const { argv, command } = ran;
  const { status, startedAt, durationSeconds } = command;
  const common = { argv, status, startedAt, durationSeconds };
  const failed = (failure: string) => ({ ...common, value: null, details: {}, failure });
  const failure = failureOf(workload, ran);
  if (failure !== null) return failed(failure);
  try {
    const { figuresOf } = networkWorkload(workload);
    const { value, details, doubt, coarse = false } = figuresOf(
      ran.client?.stdout ?? "",
      durationSeconds,
    );
    return doubt === null
      ? { ...common, value, details, failure: null, ...coarse ? { coarse } : {} }
      : { ...common, value: null, details, failure: `the figures cannot be right: ${doubt}` };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return failed(error.message);
  }
}

function failureOf(workload: string, { command, client, failure }: ClientRun): string | null {
  if (failure !== null) return failure;
  if (command.ended !== "exited") return `the command ended: ${command.ended}`;
  if (client === null) return "it did not run to its end";
  const { status, stdout, stderr } = client;
  if (networkWorkload(workload).statuses.some((known) => known === status)) return null;
  // iperf3 tells in its JSON why it failed.
  return `the client exited with status ${status}: ${shorten(stderr.trim() || stdout)}`;
}
