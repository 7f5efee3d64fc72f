import { assertEquals } from "@std/assert";
import { MissingTool, Problem } from "../../problem.ts";
import type { DmaTrial } from "../../runners/vfio/dma_trial.ts";
import {
  pci,
  PLAIN_DEVICE,
  refusedFor,
  TAKEN,
  WHOLE_DEVICE,
} from "../testing/passthrough_readings.ts";
import { standing } from "../testing/standing.ts";
import { dmaRemapped, groupIsolated, oneAlone } from "./isolation_observations.ts";
import type { Platform } from "./platform.ts";
import type { Attempt } from "./scene.ts";
import type { PlacedDevice } from "./whole_device.ts";

type Patch = Partial<PlacedDevice>;
const SOUND: Platform = { accelerator: "kvm", commandLine: "quiet", unsafeInterrupts: "N" };
const platform = (patch: Partial<Platform>): Patch => ({ platform: { ...SOUND, ...patch } });
/** What is different, how, and what comes of the observation. */
type Difference = readonly [string, Patch, string];

const { guest, trial, whileBound } = WHOLE_DEVICE;
const { address } = PLAIN_DEVICE;
const refused = (words: string) => refusedFor(address, words);
const second = (attempt: Attempt): Patch => ({ guest: { ...guest, second: attempt } });
const members = (...groupMembers: string[]): Patch => ({
  device: { ...PLAIN_DEVICE, groupMembers: groupMembers.map(pci) },
});

const BOUND = "control: a device that the host's driver has is given to a guest";
const FREE = "control: the same command takes it once the guest has ended";
const ENDED = { refused: "QEMU ended (timed-out, null)" };
const BUSY = "Device or resource busy";
const NO_NODE = "No such file or directory";
const ONE_ALONE: readonly Difference[] = [
  ["a second guest gets it", second(TAKEN), "does not hold"],
  ["a newer QEMU refuses it", second(refused(`Could not open '/dev/vfio/8': ${BUSY}`)), "holds"],
  ["it may not be opened", second(refused("failed to open /dev/vfio/8: Not allowed")), "error"],
  ["its node is gone", second(refused(`failed to open /dev/vfio/8: ${NO_NODE}`)), "error"],
  ["another file is busy", second({ refused: `qemu: /dev/nvme1n1: ${BUSY}` }), "error"],
  ["QEMU runs out of time", second(ENDED), "error"],
  ["QEMU says nothing", second({ refused: "" }), "error"],
  [
    "the first guest has died",
    { guest: { ...guest, stillRuns: false } },
    "control: the guest still runs after that",
  ],
  ["it stays refused afterwards", { whenFree: guest.second }, FREE],
  ["it is taken though it is bound", { whileBound: TAKEN }, BOUND],
  ["QEMU runs out of time while it is bound", { whileBound: ENDED }, BOUND],
  [
    "another file is missing while it is bound",
    { whileBound: refused(`romfile: ${NO_NODE}`) },
    BOUND,
  ],
];

const LISTED = "control: the group lists the device itself, and QEMU takes it";
const SHARED = "control: a device whose group has another that the host uses is given to a guest";
const FOUND = "control: the kernel found its IOMMU groups itself, without pcie_acs_override";
const OVERRIDDEN = 'quiet "pcie_acs_override=downstream,multifunction" iommu=pt';
const INTERRUPTS = "control: VFIO takes no device whose interrupts are not remapped";
const GROUP_ISOLATED: readonly Difference[] = [
  ["another is in its group", members(address, "0000:02:00.1"), "does not hold"],
  ["its group lists nothing", members(), LISTED],
  ["its group lists another alone", members("0000:02:00.1"), LISTED],
  ["QEMU refuses it when it is free", { whenFree: ENDED }, LISTED],
  ["it is taken though it is bound", { whileBound: TAKEN }, BOUND],
  ["a shared group is given away", { ofSharedGroup: TAKEN }, SHARED],
  ["a shared group is refused as busy", { ofSharedGroup: guest.second }, SHARED],
  ["a shared group is refused as bound", { ofSharedGroup: whileBound }, SHARED],
  ["there is no shared group to try", { ofSharedGroup: null }, "holds"],
  ["the kernel was told to split groups", platform({ commandLine: OVERRIDDEN }), FOUND],
  ["it was told so first of all", platform({ commandLine: "pcie_acs_override=id:1:2" }), FOUND],
  ["its parameters cannot be read", platform({ commandLine: null }), FOUND],
  ["its parameters only look so", platform({ commandLine: "no_pcie_acs_override=x" }), "holds"],
  ["interrupts need not be remapped", platform({ unsafeInterrupts: "Y" }), INTERRUPTS],
  ["VFIO does not tell whether they must", platform({ unsafeInterrupts: null }), INTERRUPTS],
];

const NONE = { changedBytes: 0, status: 0 } as const;
const WRITTEN =
  "control: the same write arrives where memory is mapped for the device, before and after";
const THERE = "control: and at the very same address while it is mapped";
const DEAD =
  "control: the controller has died of the forbidden write, so that nothing could arrive";
const OTHER = "control: the controller that writes is the device's";
const tried = (patch: Partial<DmaTrial>): Patch => ({ trial: trial && { ...trial, ...patch } });
const forbidden = (patch: Partial<DmaTrial["forbidden"]>) =>
  tried({ forbidden: { ...NONE, physicalAddress: "0x1000", ...patch } });
const parts = { action: "try DMA", condition: "it was reset" };
const MADE =
  "control: the forbidden write was made: the controller answered it, or the kernel logged its fault";
const UNANSWERED = {
  forbidden: { changedBytes: 0, status: "timeout", physicalAddress: "0x1000" },
} as const;
const DMA_REMAPPED: readonly Difference[] = [
  ["the forbidden write arrives", forbidden({ changedBytes: 4096 }), "does not hold"],
  ["one byte of it arrives", forbidden({ changedBytes: 1 }), "does not hold"],
  ["it is answered with an error", forbidden({ status: 4 }), "holds"],
  ["it is not answered, and the kernel logs its fault", forbidden({ status: "timeout" }), "holds"],
  ["nothing tells that it was made", tried({ ...UNANSWERED, faults: [] }), MADE],
  ["nothing tells that it was made, and no log", tried({ ...UNANSWERED, faults: null }), MADE],
  ["the kernel logs nothing", tried({ faults: [] }), "holds"],
  ["the log cannot be read", tried({ faults: null }), "holds"],
  ["the mapped write does not arrive", tried({ granted: NONE }), WRITTEN],
  ["no write arrives afterwards", tried({ after: NONE }), WRITTEN],
  ["nothing arrives at that address either way", tried({ allowed: NONE }), THERE],
  ["the controller fails afterwards", tried({ after: { changedBytes: 9, status: 6 } }), DEAD],
  ["another controller was tried", tried({ serial: "CELLPROOF-PF" }), OTHER],
  ["the controller has no serial", tried({ serial: "" }), OTHER],
  ["the trial fails", { trial: null, trialProblem: new Problem(parts) }, "error"],
  ["there is no compiler", { trial: null, trialProblem: new MissingTool(parts) }, "untested"],
  ["there is neither a trial nor a reason", { trial: null, trialProblem: null }, "error"],
];

const TABLES = [
  [oneAlone, ONE_ALONE],
  [groupIsolated, GROUP_ISOLATED],
  [dmaRemapped, DMA_REMAPPED],
] as const;
for (const [observe, table] of TABLES) {
  for (const [difference, patch, expected] of table) {
    Deno.test(`${observe.name}() says "${expected}" when ${difference}`, () => {
      assertEquals(standing(observe({ ...WHOLE_DEVICE, platform: SOUND, ...patch })), expected);
    });
  }
}
