/**
 * The network experiment: the same clients natively, in a container and in guests, each to a server
 * on the host's side of the same network device. Natively that device is a pair of veth devices
 * between two private namespaces, because loopback crosses no device: it is shown, and judges nothing.
 *
 * @module
 */
import { MissingTool, Problem } from "../../problem.ts";
import {
  openNamespaces,
  SERVER_ADDRESS,
  startServer,
} from "../../runners/network/network_namespaces.ts";
import type { NetworkNamespaces } from "../../runners/network/network_namespaces.ts";
import type { NicModel } from "../../runners/guest/guest_devices.ts";
import { type ArmNeeds, prepareArms } from "../arms.ts";
import {
  containerArm,
  guestArm,
  isByVhost,
  namespaceArm,
  type ProgramPath,
} from "./network_arms.ts";
import { NETWORK_ARMS, NETWORK_WORKLOADS, type NetworkArm } from "./network_cases.ts";
import type { ArmDriver, PairedPlan } from "../paired.ts";
import type { Places } from "../places.ts";
import type { Arm } from "../result.ts";
import { guestArmOf } from "../storage/storage.ts";

export interface NetworkOptions {
  /** The arms and workloads that claims ask for; others are shown beside them. */
  readonly needs: ArmNeeds;
  readonly mostBlocks: number;
}

const LOOPBACK_CROSSES_NOTHING = "loopback crosses no network device, so it stands for no paradigm";
const USER_NETWORK_SAYS =
  "the guest was joined over QEMU's user network, a TCP/IP stack in a process, because no tap device " +
  "can be made here (modprobe tun), so its speed says nothing of the device";

/** Prepares the experiment: the namespaces, the servers, the image, the guest. */
export async function prepareNetwork(places: Places, options: NetworkOptions): Promise<PairedPlan> {
  const { needs, mostBlocks } = options;
  const pathOf: ProgramPath = (program) => places.tool(program);
  for (const tool of ["iperf3", "ping", "ip"]) places.tool(tool);
  places.options.say("network: laying out private namespaces");
  const network = await openNamespaces(places.host, pathOf("iperf3"));
  places.atClose(() => network.close());
  const workshop = { places, network, pathOf };
  const shown = shownBeside(needs);
  const cases = NETWORK_ARMS.filter(({ name }) => needs.arms.has(name) || shown.includes(name));
  const { drivers, unavailable } = await prepareArms(
    cases,
    (arm, spec) => build(arm, spec, workshop),
  );
  return {
    name: "network",
    title: "iperf3 and ping over a network device (natively: a pair of veth devices, because " +
      "loopback crosses no device)",
    reference: "native",
    control: "native-again",
    workloads: NETWORK_WORKLOADS.filter(({ name }) => needs.workloads.has(name)),
    drivers,
    unavailable,
    judged: [...needs.judged, ...shown],
    mostBlocks,
  };
}

/** Arms that no claim asks for: loopback, degraded, runs once; an emulated device where a guest runs. */
function shownBeside({ arms }: ArmNeeds): string[] {
  return ["loopback", ...arms.has("vm-virtio") ? ["vm-e1000"] : []];
}

/** What arms are made of. */
interface Workshop {
  readonly places: Places;
  readonly network: NetworkNamespaces;
  readonly pathOf: ProgramPath;
}

async function build(arm: Arm, spec: NetworkArm, workshop: Workshop): Promise<ArmDriver> {
  const { places, network, pathOf } = workshop;
  const { host } = places;
  switch (spec.place) {
    case "veth":
      return namespaceArm(arm, { host, prefix: network.client, address: SERVER_ADDRESS, pathOf });
    case "loopback": {
      const shown = { ...arm, degraded: LOOPBACK_CROSSES_NOTHING };
      return namespaceArm(shown, { host, prefix: network.server, address: "127.0.0.1", pathOf });
    }
    case "container":
      return await buildContainer(arm, workshop);
    case "guest": {
      const place = await places.guest();
      const known = guestArmOf(joinedArm(arm, network, spec.model), place);
      return guestArm(known, { ...place, host, network, model: spec.model });
    }
  }
}

/** A guest's arm by what its packets go through. */
export function joinedArm(arm: Arm, network: NetworkNamespaces, model: NicModel): Arm {
  if (!network.hasTap) return { ...arm, degraded: USER_NETWORK_SAYS };
  const carrier = isByVhost(network, model) ? "the host's kernel (vhost-net)" : "QEMU";
  return { ...arm, title: `${arm.title}, its packets carried by ${carrier}` };
}

async function buildContainer(
  arm: Arm,
  { places, pathOf }: Workshop,
): Promise<ArmDriver> {
  const { host } = places;
  const container = await places.container();
  const { bridgeAddress: address, networkNamespace } = container.docker;
  if (address === null) throw noBridge();
  const iperf3Path = pathOf("iperf3");
  places.atClose(await startServer(host, networkNamespace, { iperf3Path, address }));
  return containerArm(arm, { ...container, host, address });
}

function noBridge(): Problem {
  return new MissingTool({
    action: "reach the host from a container",
    condition: "Docker has no bridge here",
    cure: "Let the Docker daemon make its bridge (docker network inspect bridge).",
  }, "docker");
}
