/**
 * What a whole device that was given away shows, each with its controls.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { isBootId } from "../../runners/settings/change.ts";
import { failed, negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import {
  identityInside,
  identityInWords as inWords,
  identityOutside,
  isHash,
  isSame,
} from "./identity.ts";
import { givenFunction, type Point, POINTS, type SeenFunction } from "./inside_guest.ts";
import { dmaRemapped, groupIsolated, oneAlone } from "./isolation_observations.ts";
import type { OutsideView } from "./outside.ts";
import { processorControl } from "./platform.ts";
import { boundControl } from "./refusals.ts";
import { READ_MIB } from "./scene.ts";
import type { Charged, WatchedGuest } from "./watched_guest.ts";
import type { PlacedDevice, WholeDevice } from "./whole_device.ts";

const MIB = 2 ** 20;
/** What QEMU may read for itself in the same time, as a share of what the guest reads. */
const OWN_SHARE = 1 / 16;
const STORAGE_CLASS = /^01/;
const VIRTIO_IDS = /^1af4:/;

/** Every observation of a whole device. */
export function wholeDeviceObservations(whole: PlacedDevice): Observation[] {
  return [
    sameDevice(whole),
    guestDriver(whole),
    hostLost(whole),
    oneAlone(whole),
    groupIsolated(whole),
    dmaRemapped(whole),
    bypassesHypervisor(whole),
  ];
}

function sameDevice(whole: WholeDevice): Observation {
  const { device, before, after, guest } = whole;
  const [outside, again] = [before, after].map(identityOutside);
  const inside = identityInside(guest.inside);
  const virtual = virtualFunction(whole);
  const given = givenFunction(guest.inside);
  return observed("passthrough/same-device", {
    value: isSame(outside, inside) && given?.subsystemIds === device.subsystemIds,
    seen: `in the guest ${inWords(inside)}; on the host ${inWords(outside)}`,
    controls: [
      positive(
        "the host reads the same device before and after",
        isSame(outside, again) && outside?.ids === `${device.vendorId}:${device.deviceId}`,
        `before ${inWords(outside)}, after ${inWords(again)}`,
      ),
      positive(
        "the guest's driver reads the device that it has",
        inside !== null,
        inWords(inside),
      ),
      negative(
        "the guest's virtual disk shows the device's ids",
        virtual !== undefined && virtual.ids !== outside?.ids,
        virtual === undefined ? "the guest shows no virtual disk" : `it shows ${virtual.ids}`,
      ),
    ],
  });
}

function guestDriver(whole: WholeDevice): Observation {
  const { guest: { inside }, hostBootId, during } = whole;
  const driver = givenFunction(inside)?.driver ?? null;
  const virtual = virtualFunction(whole)?.driver ?? null;
  const undriven = inside.functions.filter((one) => one.driver === null);
  const own = inside.bootId !== hostBootId;
  return observed("passthrough/guest-driver", {
    value: driver !== null && own && during.driver === "vfio-pci",
    seen: `the guest's kernel ${own ? "of its own" : "that is the host's"} drives it by ` +
      `${driver ?? "nothing"}, and the host binds it to ${during.driver ?? "nothing"}`,
    controls: [
      positive(
        "the guest's kernel found a driver for the device",
        driver !== null,
        driver ?? "none, for which its modules may be the reason",
      ),
      positive(
        "the guest shows the driver of its virtual disk",
        virtual === "virtio-pci",
        `${virtual ?? "none"}`,
      ),
      positive(
        "both kernels tell which boot they are",
        isBootId(inside.bootId) && isBootId(hostBootId),
        `"${inside.bootId}" and "${hostBootId}"`,
      ),
      negative(
        "a function without a driver shows one",
        undriven.length > 0,
        `${undriven.length} of ${inside.functions.length} functions in the guest have none`,
      ),
    ],
  });
}

function hostLost({ device, before, during, after, whileBound }: WholeDevice): Observation {
  const disks = device.nvme?.disks ?? [];
  const gone = disks.every((disk) => during.hashes[disk] === null) && during.serials.length === 0;
  const readable = ({ driver, hashes }: OutsideView): boolean =>
    disks.length > 0 && driver === device.driver && disks.every((disk) => isHash(hashes[disk]));
  const nodes = disks.map((name) => `/dev/${name}`).join(", ") || "no disk";
  return observed("passthrough/host-lost", {
    value: gone && during.driver === "vfio-pci",
    seen:
      `while it is given away, the host binds it to ${during.driver ?? "nothing"}, and ${nodes} ` +
      `${gone ? "cannot be read" : "can be read"}`,
    controls: [
      positive(
        "the same look finds its driver and reads its disks before",
        readable(before),
        `${before.driver ?? "no driver"}, ${nodes}`,
      ),
      positive(
        "and again after",
        readable(after),
        `${after.driver ?? "no driver"}, ${nodes}`,
      ),
      boundControl(whileBound),
    ],
  });
}

function bypassesHypervisor({ guest: { charged, lines }, platform }: PlacedDevice): Observation {
  const name = "passthrough/bypasses-hypervisor";
  const readBytes = READ_MIB * MIB;
  const [idle, own, virtual] = growths(charged);
  if (!(Math.min(idle, own, virtual) >= 0)) return failed(name, otherProcess(charged));
  const wholly = disksRead(lines);
  return observed(name, {
    value: own < readBytes * OWN_SHARE,
    seen: `while the guest read ${readBytes} bytes of the device, QEMU was charged with ${own}`,
    controls: [
      positive(
        "it is charged for what the guest reads of its virtual disk",
        virtual >= readBytes && wholly === 2,
        `${virtual} bytes for ${readBytes}; the guest read ${wholly} of 2 disks to the end`,
      ),
      negative(
        "it is charged while the guest reads nothing",
        idle < readBytes * OWN_SHARE,
        `${idle} bytes`,
      ),
      processorControl(platform),
    ],
  });
}

/** Growths of the counter that grew most, idle and for either disk; negative where one went back. */
function growths({ idle, start, passed, virtual }: WatchedGuest["charged"]) {
  const growth = (from: Charged, to: Charged): number => {
    const both = [to.rchar - from.rchar, to.readBytes - from.readBytes];
    return Math.min(...both) < 0 ? Math.min(...both) : Math.max(...both);
  };
  return [growth(idle, start), growth(start, passed), growth(passed, virtual)] as const;
}

/** How many disks the guest says to have read to the end, each between its two points. */
function disksRead(lines: readonly string[]): number {
  const told = lines.filter((line) => /^point /.test(line));
  if (told.join() !== POINTS.map((point) => `point ${point}`).join()) return 0;
  const at = (point: Point) => lines.indexOf(`point ${point}`);
  const parts = [lines.slice(at("start"), at("passed")), lines.slice(at("passed"), at("virtual"))];
  return parts.filter((part) => part.includes(`${READ_MIB}+0 records out`)).length;
}

function otherProcess(charged: WatchedGuest["charged"]): Problem {
  return new Problem({
    action: "tell what QEMU was charged with",
    condition: "its counters went back, so they are not those of one process",
    seen: JSON.stringify(charged),
  });
}

function virtualFunction({ guest: { inside } }: WholeDevice): SeenFunction | undefined {
  return inside.functions.find(({ ids, classCode }) =>
    VIRTIO_IDS.test(ids) && STORAGE_CLASS.test(classCode)
  );
}
