/**
 * The probe "host-inventory": what sysfs and procfs of this host say to the statements.
 *
 * @module
 */
import type { Inventory } from "../../runners/inventory/inventory.ts";
import { readInventory } from "../../runners/inventory/inventory.ts";
import { Problem } from "../../problem.ts";
import { observationsOf } from "../observations.ts";
import { attempt, failed, lacking, negative, observed, positive, type Probed } from "../probe.ts";
import type { Places } from "../places.ts";
import type { Control, Observation } from "../result.ts";
import { type ControlMachines, readControlMachines } from "./control_machines.ts";
import { diskBetween, latencyOrder, usbSharedBandwidth } from "./measurements.ts";
import { infiniband200, network100, networkLinks, nicDeviceNode } from "./network.ts";
import { highAndAtMost32, pointToPoint } from "./pcie.ts";
import type { Question, Reading } from "./reading.ts";
import { storageTransports } from "./storage.ts";
import { interruptsSpread, sysfsProcfs } from "./system.ts";
import { usbRate, usbTree } from "./usb.ts";

/** Every observation of the probe, in the order in which they are shown. */
export const QUESTIONS: readonly Question[] = [
  {
    name: "host-inventory/pcie-point-to-point",
    ask: pointToPoint,
    control: { machine: "noneTrue", answer: false },
  },
  {
    name: "host-inventory/pcie-high-and-at-most-32-gb/s",
    ask: highAndAtMost32,
    control: { machine: "noneTrue", answer: false },
    hardwareOnly: true,
  },
  {
    name: "host-inventory/usb-tree",
    ask: usbTree,
    control: { machine: "noneTrue", answer: false },
  },
  {
    name: "host-inventory/usb-5-10-20-gbit/s",
    ask: usbRate,
    control: { machine: "noneTrue", answer: false },
    hardwareOnly: true,
  },
  {
    name: "host-inventory/storage-transports",
    ask: storageTransports,
    control: { machine: "noneTrue", answer: false },
  },
  {
    name: "host-inventory/network-links",
    ask: networkLinks,
    control: { machine: "noneTrue", answer: null },
  },
  {
    name: "host-inventory/network-100-gbit/s",
    ask: network100,
    control: { machine: "noneTrue", answer: false },
  },
  { name: "host-inventory/usb-shared-bandwidth", ask: usbSharedBandwidth, control: null },
  {
    name: "host-inventory/infiniband-200-gbit/s",
    ask: infiniband200,
    control: { machine: "noneTrue", answer: false },
  },
  { name: "host-inventory/nic-device-node", ask: nicDeviceNode, control: null },
  { name: "host-inventory/disk-between-usb-and-pcie", ask: diskBetween, control: null },
  { name: "host-inventory/latency-order", ask: latencyOrder, control: null },
  {
    name: "host-inventory/sysfs-procfs",
    ask: sysfsProcfs,
    control: { machine: "empty", answer: false },
  },
  {
    name: "host-inventory/interrupts-spread",
    ask: interruptsSpread,
    control: { machine: "noneTrue", answer: false },
  },
];

/** Takes the inventory of the host, and of the machines that are known beforehand. */
export async function collectHostInventory({ host, options }: Places): Promise<Probed> {
  const readings: Record<string, unknown> = {};
  const observations = await attempt(observationsOf("host-inventory"), async () => {
    const { text, inventory } = await readInventory(host);
    readings["host-inventory.txt"] = text;
    readings["host-inventory.json"] = inventory;
    const machines = await readControlMachines(host);
    return QUESTIONS.map((question) => observe(question, inventory, { ...options, machines }));
  });
  return { observations, readings };
}

/** Where the inventory was taken, and what it is held against. */
export interface Circumstances {
  readonly bareMetal: boolean;
  /** What runs natively here: "bare metal", "inside a KVM guest (Firecracker)". */
  readonly environment: string;
  readonly machines: ControlMachines;
}

/** Answers one question. */
export function observe(
  question: Question,
  inventory: Inventory,
  { bareMetal, environment, machines }: Circumstances,
): Observation {
  const { name, ask, hardwareOnly = false } = question;
  const reading = ask(inventory);
  const ofMachines = controlsOf(question, machines);
  if (reading.value === null) {
    const unread = ofMachines.find(({ kind, held }) => kind === "positive" && !held);
    if (unread !== undefined) return failed(name, notRead(unread));
    const { because, lacks, inDoubt = false } = reading;
    const without = lacking(name, `${because}.`, lacks);
    if (!inDoubt) return without;
    return { ...without, absence: { verdict: "inconclusive", because: `${because}.`, lacks } };
  }
  const seen = `${reading.seen}.`;
  if (hardwareOnly && !bareMetal) {
    const because = `${seen} But this runs ${environment}, and a hypervisor shows its guests ` +
      "rates of its own making. Run it on bare metal.";
    return lacking(name, because, "bare-metal");
  }
  const controls = [...ofMachines, ...reading.controls ?? []];
  return observed(name, { value: reading.value, seen, controls });
}

/** What is not found where it surely is may be here too. */
function notRead({ seen }: Control): Problem {
  return new Problem({
    action: "read the inventory of this host",
    condition: "what is there on a made-up machine is not read from it either",
    seen,
    cure: "Check that grep, ls, find, tr and xargs on PATH are the usual ones.",
  });
}

/** The same question to machines whose answers are known. */
function controlsOf({ ask, control }: Question, machines: ControlMachines): readonly Control[] {
  if (control === null) return [];
  const { machine, answer } = control;
  const [yes, no] = [ask(machines.allTrue), ask(machines[machine])];
  const where = machine === "empty" ? "in an empty folder" : "on a made-up machine where it is not";
  return [
    positive("it is found on a made-up machine where it is so", yes.value === true, shown(yes)),
    negative(`it is not found ${where}`, no.value === answer, shown(no)),
  ];
}

function shown(reading: Reading): string {
  return reading.value === null ? reading.because : reading.seen;
}
