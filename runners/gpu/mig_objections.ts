/**
 * Everything that may speak against making MIG instances on a GPU of this host, and what the user can
 * do about it. MIG mode is the user's to switch: it may reset the GPU, and it outlives the run.
 *
 * Source: NVIDIA Multi-Instance GPU User Guide, section "Enable MIG Mode".
 *
 * @module
 */
import { shorten } from "../../problem.ts";
import type { ChosenGpu, IndexedGpu, MigFacts } from "./mig_facts.ts";
import type { GpuProcess } from "./nvidia_smi_records.ts";

export interface MigObjection {
  /** A clause with its own subject and the value seen. */
  readonly reason: string;
  /** Sentences. */
  readonly cure: string;
}

const NAME_ONE = "Leave MIG mode on for one of them only (nvidia-smi -i GPU -mig 0).";
const MOST_PROCESSES = 4;
const LONGEST_SAID = 160;

/** The GPU that is meant; null where none is, or more than one might be. */
export function chooseGpu(gpus: readonly IndexedGpu[], named: string | null): IndexedGpu | null {
  const meant = named === null
    ? meantByDefault(gpus)
    : gpus.filter(({ index, record }) => [`${index}`, record.uuid, record.busId].includes(named));
  return meant.length === 1 ? meant[0] ?? null : null;
}

/** "GPU 0". */
export function gpuInWords(index: number): string {
  return `GPU ${index}`;
}

/** Every reason against it but that there may be no room. */
export function migObjections(facts: MigFacts, named: string | null): MigObjection[] {
  const { chosen } = facts;
  return [
    ...hostObjections(facts),
    ...(chosen === null ? [choiceObjection(facts.gpus, named)] : gpuObjections(chosen)),
  ];
}

/** Those whose MIG mode is on, else those that have one, else all. */
function meantByDefault(gpus: readonly IndexedGpu[]): readonly IndexedGpu[] {
  const on = gpus.filter(({ record }) => record.mig.current === true);
  if (on.length > 0) return on;
  const able = gpus.filter(({ record }) => record.mig.current !== null);
  return able.length > 0 ? able : gpus;
}

function hostObjections({ root, wholeHost }: MigFacts): MigObjection[] {
  const found: [boolean, reason: string, cure: string][] = [
    [!root, "this is not root", "Run it as root, with sudo."],
    [
      !wholeHost,
      "the processes of the whole host are not in sight",
      "Run it on the host itself, not in a container.",
    ],
  ];
  return found.filter(([holds]) => holds).map(([, reason, cure]) => ({ reason, cure }));
}

function choiceObjection(gpus: readonly IndexedGpu[], named: string | null): MigObjection {
  if (gpus.length === 0) {
    const cure = "See what nvidia-smi -L and lspci -d 10de: list.";
    return { reason: "NVIDIA's driver has no GPU", cure };
  }
  const list = gpus.map(({ index }) => index).join(", ");
  if (named !== null) {
    return { reason: `there is no GPU ${shorten(named, 64)} (GPUs: ${list})`, cure: NAME_ONE };
  }
  const meant = meantByDefault(gpus).map(({ index }) => index).join(", ");
  return { reason: `several GPUs may be meant (${meant})`, cure: NAME_ONE };
}

function gpuObjections(chosen: ChosenGpu): MigObjection[] {
  const { index, record, unread } = chosen;
  const gpu = gpuInWords(index);
  if (record.lost !== null || record.uuid === null) {
    const reason = `${gpu} does not answer (${record.lost ?? "it has no UUID"})`;
    return [{ reason, cure: "See dmesg for its Xid errors; it may need a reset, or a restart." }];
  }
  const mode = modeObjection(chosen);
  const said = unread === null ? [] : [{
    reason: `the MIG listings of ${gpu} are not understood (${shorten(unread, LONGEST_SAID)})`,
    cure: "Run it as root, with a driver that is neither older nor newer than those supported.",
  }];
  return [...mode, ...processObjections(gpu, record.processes), ...said];
}

function modeObjection({ index, record }: ChosenGpu): MigObjection[] {
  const { current, pending } = record.mig;
  const [gpu, command] = [gpuInWords(index), `sudo nvidia-smi -i ${index}`];
  if (current === null) {
    const cure = "Use a GPU that has MIG, such as an A100, H100, H200 or B200.";
    return [{ reason: `${gpu} (${record.name ?? "of no name"}) has no MIG`, cure }];
  }
  if (current && pending !== false) return [];
  if (current) {
    const cure = `Leave it on: ${command} -mig 1`;
    return [{ reason: `MIG mode of ${gpu} ends with its next reset`, cure: `${cure}.` }];
  }
  if (pending === true) {
    const cure = `Reset it while nothing uses it (${command} --gpu-reset), or restart the host.`;
    return [{ reason: `MIG mode of ${gpu} waits for a reset`, cure }];
  }
  const cure = `Switch it on yourself, where that suits all who use it: ${command} -mig 1 ` +
    `(some GPUs then need a reset), and off again afterwards: ${command} -mig 0.`;
  return [{ reason: `MIG mode of ${gpu} is off`, cure }];
}

function processObjections(
  gpu: string,
  processes: readonly GpuProcess[] | null,
): MigObjection[] {
  if (processes === null) {
    const cure = "Run it as root; a vGPU or a driver that does not tell is never divided.";
    return [{ reason: `the driver does not tell which processes use ${gpu}`, cure }];
  }
  if (processes.length === 0) return [];
  const names = processes.map(({ pid, name }) => `${pid ?? "?"} ${shorten(name ?? "", 40)}`.trim());
  const more = names.length - MOST_PROCESSES;
  const shown = names.slice(0, MOST_PROCESSES).join(", ") + (more > 0 ? ` and ${more} more` : "");
  return [{
    reason: `processes use ${gpu} (${shown})`,
    cure: "End them first; nvidia-smi lists them.",
  }];
}
