/**
 * What keeps a device that was given away apart from other guests, devices and memory.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { failedControl } from "../../runners/vfio/dma_trial.ts";
import { failed, negative, observed, positive } from "../probe.ts";
import type { Control, Observation } from "../result.ts";
import { groupsFoundControl, interruptsControl } from "./platform.ts";
import { attemptInWords, boundControl, isRefusedAs } from "./refusals.ts";
import type { PlacedDevice, WholeDevice } from "./whole_device.ts";

/** Whether a second guest is refused what a first one has. */
export function oneAlone({ device, guest, whileBound, whenFree }: WholeDevice): Observation {
  const { second } = guest;
  if (second.refused !== null && !isRefusedAs("busy", second)) {
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
      positive(
        "the guest still runs after that",
        guest.stillRuns,
        `it ${guest.stillRuns ? "runs" : "has stopped"}`,
      ),
      boundControl(whileBound),
    ],
  });
}

/** Whether the IOMMU can tell the device from every other one. */
export function groupIsolated(whole: PlacedDevice): Observation {
  const { device: { address, iommuGroup, groupMembers }, whileBound, ofSharedGroup } = whole;
  const others = groupMembers.filter((member) => member !== address);
  const shared: Control[] = ofSharedGroup === null ? [] : [
    negative(
      "a device whose group has another that the host uses is given to a guest",
      isRefusedAs("not viable", ofSharedGroup),
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
      groupsFoundControl(whole.platform),
      interruptsControl(whole.platform),
      ...shared,
    ],
  });
}

/** Whether the IOMMU refuses what is not mapped for the device. */
export function dmaRemapped({ device, trial, trialProblem }: WholeDevice): Observation {
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
        "the controller that writes is the device's",
        trial.serial !== "" && trial.serial.trim() === device.nvme?.serial.trim(),
        `serial ${trial.serial || "none"}`,
      ),
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
      positive(
        "the forbidden write was made: the controller answered it, or the kernel logged its fault",
        forbidden.status !== "timeout" || logged !== "",
        forbidden.status === "timeout" ? `no answer${logged}` : `status ${forbidden.status}`,
      ),
      negative(
        "the controller has died of the forbidden write, so that nothing could arrive",
        failedControl(trial) === null,
        failedControl(trial) ?? "it writes as before",
      ),
    ],
  });
}

function otherRefusal(address: string, words: string): Problem {
  return new Problem({
    action: `give ${address} to a second guest`,
    condition: "QEMU ended for another reason than that it is in use",
    seen: words,
  });
}
