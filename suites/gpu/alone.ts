/**
 * Whether a process that computes is alone on the GPU.
 *
 * @module
 */
import { parseNvidiaSmiLog } from "../../runners/gpu/nvidia_smi_log.ts";
import type { GpuProcess } from "../../runners/gpu/nvidia_smi_records.ts";
import { runNvidiaSmi } from "../../runners/gpu/nvidia_smi.ts";
import type { Host } from "../../runners/host.ts";
import { isInContainer } from "../host_description.ts";
import type { ObservationName } from "../observations.ts";
import type { Places } from "../places.ts";
import { lacking, negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import { besideBusy } from "./aggressor.ts";
import type { SamplesPlace } from "./cuda_samples.ts";
import type { GpuSubject } from "./gpu_place.ts";

/**
 * "a process that computes is the only one on the GPU, by the driver's list": of all kinds, for a display
 * is drawn by a process, too. Where there are others, that one could be alone is not refuted.
 */
export async function alone(
  name: ObservationName,
  { cuda, subject }: SamplesPlace,
  { host, options: { environment } }: Places,
): Promise<Observation> {
  if (!subject.isWhole) return lacking(name, `${subject.title} is no bare GPU`, "gpu");
  if (isInContainer(environment)) {
    return lacking(name, "a container is not told of the processes outside it", "gpu");
  }
  const before = await processesOn(host, subject);
  if (before === null) return lacking(name, "the driver does not tell of processes", "gpu");
  if (before.length > 0) {
    return lacking(name, `other processes are on the GPU now (${inWords(before)})`, "gpu");
  }
  const { during, own } = await besideBusy({ host, place: cuda, subject }, async (busy) => ({
    during: await processesOn(host, subject) ?? [],
    own: busy.app.pid,
  }));
  const after = await processesOn(host, subject);
  if (after === null) return lacking(name, "the driver tells of processes no more", "gpu");
  const has = (processes: readonly GpuProcess[]) => processes.some(({ pid }) => pid === own);
  if (during.length > 1) {
    const others = during.filter(({ pid }) => pid !== own);
    return lacking(name, `others came to the GPU with it (${inWords(others)})`, "gpu");
  }
  return observed(name, {
    value: during.length === 1,
    seen: `while n-body computes, the driver lists ${inWords(during)} and no other`,
    controls: [
      positive("the process itself is in the list", has(during), `${own} among ${inWords(during)}`),
      negative("it is not when it has ended", !has(after), inWords(after)),
    ],
  });
}

/** All processes on the subject's GPU, those of a display among them; null where not told. */
async function processesOn(
  host: Host,
  { gpu: { uuid } }: GpuSubject,
): Promise<readonly GpuProcess[] | null> {
  const which = uuid === null ? [] : ["-i", uuid];
  const { gpus } = parseNvidiaSmiLog(await runNvidiaSmi(host, ["-q", "-x", ...which]));
  return gpus.find((gpu) => gpu.uuid === uuid)?.processes ?? null;
}

function inWords(processes: readonly GpuProcess[]): string {
  return processes.map(({ pid, name, type }) =>
    `process ${pid ?? "?"}${name === null ? "" : ` ${name}`}${type === null ? "" : ` (${type})`}`
  ).join(", ") || "none";
}
