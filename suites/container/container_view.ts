/**
 * The probe `container-view`: the inventory from inside a container, and what it is refused.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { dockerFailure, type Mount, runInContainer } from "../../runners/docker/docker.ts";
import type { Host } from "../../runners/host.ts";
import {
  type Inventory,
  INVENTORY_SCRIPT,
  parseInventory,
  readInventory,
} from "../../runners/inventory/inventory.ts";
import type { ContainerPlace, Places } from "../places.ts";
import type { ObservationName } from "../observations.ts";
import { attempt, type CollectProbe, type Probed } from "../probe.ts";
import { observeDevices, observeDrivers } from "./devices.ts";
import {
  FACTS_SCRIPT,
  observeKernel,
  observeNamespaces,
  parseFacts,
  readHostFacts,
} from "./facts.ts";
import { observeAlone, observeNode, observeRefusal } from "./grants.ts";
import { observeHostDriver, observeSharing } from "./reads.ts";
import { playScene } from "./scene.ts";
import { chooseSubject } from "./subject.ts";

const INSIDE_SECONDS = 60;

/** Collects every observation of the probe `container-view`. */
export const collectContainerView: CollectProbe = async (
  places: Places,
): Promise<Probed> => {
  const { host } = places;
  const kernel = await gather(
    KERNEL,
    async () => await probeKernel(host, await places.container()),
  );
  const devices = await gather(
    DEVICES,
    async () => await probeDevices(host, await places.container()),
  );
  const grants = await gather(
    GRANTS,
    async () => await probeGrants(host, await places.container()),
  );
  const parts = [kernel, devices, grants];
  return {
    observations: parts.flatMap(({ observations }) => observations),
    readings: Object.assign({}, ...parts.map(({ readings }) => readings)),
  };
};

const KERNEL = ["container-view/same-kernel", "container-view/namespaces"] as const;
const DEVICES = ["container-view/same-devices", "container-view/same-drivers"] as const;
const GRANTS = [
  "container-view/same-node",
  "container-view/ungranted-refused",
  "container-view/host-driver-stays",
  "container-view/two-share",
  "container-view/one-alone",
] as const;

/** One failure leaves the other parts alone. */
async function gather(
  names: readonly ObservationName[],
  probe: () => Promise<Probed>,
): Promise<Probed> {
  let readings = {};
  const observations = await attempt(names, async () => {
    const probed = await probe();
    readings = probed.readings;
    return probed.observations;
  });
  return { observations, readings };
}

async function probeKernel(host: Host, place: ContainerPlace): Promise<Probed> {
  const text = await insideText(host, place, { name: "facts", script: FACTS_SCRIPT });
  const inside = parseFacts(text);
  const facts = await readHostFacts(host);
  return {
    observations: [observeKernel(inside, facts), observeNamespaces(inside, facts)],
    readings: { "container-facts.txt": text },
  };
}

async function probeDevices(host: Host, place: ContainerPlace): Promise<Probed> {
  const script = INVENTORY_SCRIPT;
  const empty = await host.temporaryFolder();
  const cover = (target: string): Mount => ({ source: empty, target, readOnly: true });
  const first = await readInventory(host);
  const inside = await insideText(host, place, { name: "inventory", script });
  const mounts = ["/sys/bus", "/sys/class"].map(cover);
  const covered = await insideText(host, place, { name: "covered", script, mounts });
  const inventories = {
    host: first.inventory,
    inside: whole(inside),
    covered: whole(covered),
    again: (await readInventory(host)).inventory,
  };
  return {
    observations: [observeDevices(inventories), observeDrivers(inventories)],
    readings: { "host-inventory.txt": first.text, "container-inventory.txt": inside },
  };
}

async function probeGrants(host: Host, place: ContainerPlace): Promise<Probed> {
  const { subject, release } = await chooseSubject(host, (await readInventory(host)).inventory);
  const scene = await playScene(host, place, subject).finally(release);
  const observations = [
    observeNode,
    observeRefusal,
    observeHostDriver,
    observeSharing,
    observeAlone,
  ].map((observe) => observe(scene, subject));
  return { observations, readings: { "container-devices.json": plain({ subject, scene }) } };
}

interface Inside {
  readonly name: string;
  readonly script: string;
  readonly mounts?: readonly Mount[];
}

/** What a script prints in a container as Docker makes it. */
async function insideText(
  host: Host,
  { docker, image }: ContainerPlace,
  { name, script, mounts = [] }: Inside,
): Promise<string> {
  const result = await runInContainer(host, docker, {
    image,
    name,
    argv: ["sh", "-c", script],
    mounts,
    timeoutSeconds: INSIDE_SECONDS,
  });
  const failure = dockerFailure(result) ?? (result.ended === "exited" ? null : result.ended);
  if (failure === null) return result.stdout;
  throw new Problem({
    action: "look around in a container",
    condition: failure,
    cure: "Check that docker run works.",
  });
}

function whole(text: string): Inventory {
  const inventory = parseInventory(text);
  if (inventory.complete) return inventory;
  throw new Problem({
    action: "take the inventory in a container",
    condition: "the script ended before its last section",
    seen: text.slice(-200),
  });
}

/** As JSON has it: maps become objects. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, one) => one instanceof Map ? Object.fromEntries(one) : one),
  );
}
