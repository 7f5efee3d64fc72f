/**
 * The passthrough probe: devices that the user named are given to guests by VFIO, whole and as virtual
 * functions, and taken back.
 *
 * @module
 */
import { MissingTool } from "../../problem.ts";
import type { PassthroughDevice } from "../../runners/vfio/plan.ts";
import { type ObservationName, observationsOf } from "../observations.ts";
import type { PassthroughPlace, Places } from "../places.ts";
import { attempt, type Probed } from "../probe.ts";
import type { Observation } from "../result.ts";
import { type Scene, setScene } from "./scene.ts";
import { virtualFunctionObservations } from "./virtual_function_observations.ts";
import { gatherVirtualFunctions } from "./virtual_functions.ts";
import { gatherWholeDevice } from "./whole_device.ts";
import { wholeDeviceObservations } from "./whole_device_observations.ts";

const NAMES = observationsOf("passthrough");
const OF_FUNCTIONS = NAMES.filter((name) => /\/(?:virtual-)?functions/.test(name));
const OF_DEVICE = NAMES.filter((name) => !OF_FUNCTIONS.includes(name));

/** Collects every observation of devices that are given away. */
export async function collectPassthrough(places: Places): Promise<Probed> {
  const place = await places.passthrough();
  const readings: Record<string, unknown> = {};
  const observations = place === null
    ? await attempt(NAMES, () => Promise.reject(nothingGiven("no PCI device may be given away")))
    : await observe(places, place, readings);
  return { observations: observations.map((one) => namingHost(one, places.options)), readings };
}

/** A device that another hypervisor shows is no hardware, and so is its IOMMU: that must be told. */
function namingHost(
  observation: Observation,
  { bareMetal, environment }: Pick<Places["options"], "bareMetal" | "environment">,
): Observation {
  if (bareMetal || observation.value === null) return observation;
  return { ...observation, seen: `${observation.seen} (this host runs ${environment})` };
}

async function observe(
  places: Places,
  place: PassthroughPlace,
  readings: Record<string, unknown>,
): Promise<readonly Observation[]> {
  const { plan: { whole, functions } } = place;
  readings["plan.json"] = place.plan;
  return await attempt(NAMES, async () => {
    const scene = await setScene(places, place);
    return [
      ...await observeWith(scene, OF_DEVICE, "whole-device.json", {
        device: whole,
        lacks: "none of the devices that may be given away is an NVMe device with a disk",
        gather: gatherWholeDevice,
        judge: wholeDeviceObservations,
        readings,
      }),
      ...await observeWith(scene, OF_FUNCTIONS, "virtual-functions.json", {
        device: functions,
        lacks: "none of the devices that may be given away is an NVMe device with SR-IOV",
        gather: gatherVirtualFunctions,
        judge: virtualFunctionObservations,
        readings,
      }),
    ];
  });
}

/** Gathers all that one device shows, keeps it, and tells what it means. */
function observeWith<Gathered>(
  scene: Scene,
  names: readonly ObservationName[],
  file: string,
  { device, lacks, gather, judge, readings }: {
    readonly device: PassthroughDevice | null;
    readonly lacks: string;
    readonly gather: (scene: Scene, device: PassthroughDevice) => Promise<Gathered>;
    readonly judge: (gathered: Gathered) => Observation[];
    readonly readings: Record<string, unknown>;
  },
): Promise<readonly Observation[]> {
  return attempt(names, async () => {
    if (device === null) throw nothingGiven(lacks);
    const gathered = await gather(scene, device);
    readings[file] = gathered;
    return judge(gathered);
  });
}

function nothingGiven(condition: string): MissingTool {
  const cure = "Name a device that nobody uses: --passthrough PCI";
  return new MissingTool({ action: "give a device to a guest", condition, cure }, "iommu");
}
