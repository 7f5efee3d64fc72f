/**
 * What a whole device that was given away shows, each with its controls.
 *
 * @module
 */
import { Problem, shorten } from "../../problem.ts";
import { failedControl } from "../../runners/vfio/dma_trial.ts";
import { failed, negative, observed, positive } from "../probe.ts";
import type { Control, Observation } from "../result.ts";
import type { SeenFunction } from "./inside_guest.ts";
import type { OutsideView } from "./outside.ts";
import { type Attempt, READ_MIB } from "./scene.ts";
import type { Charged } from "./watched_guest.ts";
import type { WholeDevice } from "./whole_device.ts";

const MIB = 2 ** 20;
/** What QEMU may read for itself in the same time, as a share of what the guest reads. */
const OWN_SHARE = 1 / 16;
const NVME_CLASS = /^0108/;
const STORAGE_CLASS = /^01/;
const VIRTIO_IDS = /^1af4:/;
/** The words of QEMU, or of the system behind it, for a node of VFIO that is not there. */
const NO_NODE = /vfio.*No such file or directory/is;
const BUSY = /Device or resource busy/i;
const NOT_VIABLE = /not viable/i;

/** Every observation of a whole device. */
export function wholeDeviceObservations(whole: WholeDevice): Observation[] {
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

function oneAlone({ device, guest, whileBound, whenFree }: WholeDevice): Observation {
  const { second } = guest;
  if (second.refused !== null && !BUSY.test(second.refused)) {
    return failed("passthrough/one-alone", otherRefusal(device.address, second.refused));
  }
  return observed("passthrough/one-alone", {
    value: second.refused !== null,
    seen: `while a guest has ${device.address}, a second one ${attemptInWords(second)}`,
    controls: [
      positive(
        "the same command takes it once the guest has ended",
        whenFree.refused === null,
        `QEMU ${attemptInWords(whenFree)}`,
      ),
      boundControl(whileBound),
    ],
  });
}

function groupIsolated(whole: WholeDevice): Observation {
  const { device: { address, iommuGroup, groupMembers }, whileBound, ofSharedGroup } = whole;
  const others = groupMembers.filter((member) => member !== address);
  const shared: Control[] = ofSharedGroup === null ? [] : [
    negative(
      "a device whose group has another that the host uses is given to a guest",
      ofSharedGroup.refused !== null && NOT_VIABLE.test(ofSharedGroup.refused),
      `QEMU ${attemptInWords(ofSharedGroup)}`,
    ),
  ];
  return observed("passthrough/group-isolated", {
    value: others.length === 0,
    seen: others.length === 0
      ? `IOMMU group ${iommuGroup} holds ${address} alone`
      : `IOMMU group ${iommuGroup} holds ${address} and ${others.join(", ")}`,
    controls: [
      positive(
        "the group lists the device itself, and QEMU takes it",
        groupMembers.includes(address) && whole.whenFree.refused === null,
        `${groupMembers.join(", ") || "nothing"}; QEMU ${attemptInWords(whole.whenFree)}`,
      ),
      boundControl(whileBound),
      ...shared,
    ],
  });
}

function dmaRemapped({ trial, trialProblem }: WholeDevice): Observation {
  const name = "passthrough/dma-remapped";
  if (trial === null) return failed(name, trialProblem ?? otherRefusal("the device", "no trial"));
  const { forbidden, granted, allowed, after, faults } = trial;
  const at = forbidden.physicalAddress;
  const logged = faults === null || faults.length === 0 ? "" : `; the kernel logged: ${faults[0]}`;
  return observed(name, {
    value: forbidden.changedBytes === 0,
    seen: `a write by the device to address ${at}, which is not mapped for it, changed ` +
      `${forbidden.changedBytes} bytes there${logged}`,
    controls: [
      positive(
        "the same write arrives where memory is mapped for the device, before and after",
        granted.changedBytes > 0 && after.changedBytes > 0,
        `${granted.changedBytes} bytes before, ${after.changedBytes} after`,
      ),
      positive(
        "and at the very same address while it is mapped",
        allowed.changedBytes > 0,
        `${allowed.changedBytes} bytes at ${at}`,
      ),
      negative(
        "the controller has died of the forbidden write, so that nothing could arrive",
        failedControl(trial) === null,
        failedControl(trial) ?? "it writes as before",
      ),
    ],
  });
}

function bypassesHypervisor({ guest: { charged, lines } }: WholeDevice): Observation {
  const readBytes = READ_MIB * MIB;
  const idle = growth(charged.idle, charged.start);
  const own = growth(charged.start, charged.passed);
  const virtual = growth(charged.passed, charged.virtual);
  const copied = lines.filter((line) => line === `${READ_MIB}+0 records out`).length;
  return observed("passthrough/bypasses-hypervisor", {
    value: own < readBytes * OWN_SHARE,
    seen: `while the guest read ${readBytes} bytes of the device, QEMU was charged with ${own}`,
    controls: [
      positive(
        "it is charged for what the guest reads of its virtual disk",
        virtual >= readBytes && copied === 2,
        `${virtual} bytes for ${readBytes}; the guest read both to the end ${copied} of 2 times`,
      ),
      negative(
        "it is charged while the guest reads nothing",
        idle < readBytes * OWN_SHARE,
        `${idle} bytes`,
      ),
    ],
  });
}

/** The larger of both counters' growths. */
function growth(from: Charged, to: Charged): number {
  return Math.max(to.rchar - from.rchar, to.readBytes - from.readBytes);
}

/** VFIO must refuse what the host's driver has. */
function boundControl(whileBound: Attempt): Control {
  return negative(
    "a device that the host's driver has is given to a guest",
    whileBound.refused !== null && NO_NODE.test(whileBound.refused),
    `QEMU ${attemptInWords(whileBound)}`,
  );
}

function attemptInWords({ refused }: Attempt): string {
  return refused === null ? "takes it" : `refuses: ${shorten(refused, 160)}`;
}

function otherRefusal(address: string, words: string): Problem {
  return new Problem({
    action: `give ${address} to a second guest`,
    condition: "QEMU ended for another reason than that it is in use",
    seen: words,
  });
}

function virtualFunction({ guest: { inside } }: WholeDevice): SeenFunction | undefined {
  return inside.functions.find(({ ids, classCode }) =>
    VIRTIO_IDS.test(ids) && STORAGE_CLASS.test(classCode)
  );
}
