/**
 * Whether this run, made in a guest, and a run on bare metal may be compared.
 *
 * @module
 */
import type { Evidence } from "./evidence.ts";
import { isGuest, isInContainer } from "./host_description.ts";
import type { Baseline, ClaimPart, GpuDescription } from "./result.ts";

/** Why the two runs say nothing of a guest against bare metal; null where they do. */
export function incomparable(
  { bareMetal, environment, cpuModel, gpus, baseline }: Evidence,
): Pick<ClaimPart, "because" | "lacks"> | null {
  if (gpus === null) return { because: "the driver does not tell which GPUs this host has" };
  if (gpus.length === 0) return { because: "this host has no NVIDIA GPU", lacks: "gpu" };
  if (bareMetal || !isGuest(environment)) {
    const because = `what runs here is no guest (${environment}): run cellproof in one that has ` +
      "the GPU, with --baseline and this run's result";
    return { because, lacks: "gpu-guest" };
  }
  if (isInContainer(environment)) {
    const because = `what runs here runs ${environment}: run cellproof in the guest itself`;
    return { because, lacks: "gpu-guest" };
  }
  if (baseline === null) {
    const because = `what runs here runs ${environment}: the same GPU's result on bare metal is ` +
      "missing (--baseline RESULT)";
    return { because, lacks: "baseline" };
  }
  const unlike = unlikeness(baseline, { gpus, cpuModel });
  return unlike === null ? null : { because: unlike, lacks: "baseline" };
}

function unlikeness(
  baseline: Baseline,
  { gpus, cpuModel }: { readonly gpus: readonly GpuDescription[]; readonly cpuModel: string },
): string | null {
  const { source, bareMetal, environment } = baseline;
  if (!bareMetal) return `the baseline ${source} is not of bare metal: it ran ${environment}`;
  const [ours, theirs] = [measured(gpus), measured(baseline.gpus)];
  if (ours === null || theirs === null) {
    return "the figures are of no whole GPU, or of one that does not tell its UUID, " +
      (ours === null ? "here" : `in the baseline ${source}`);
  }
  if (!sameModel(ours, theirs)) {
    return `the baseline ${source} is of another GPU (${named(theirs)}, here ${named(ours)})`;
  }
  if (ours.virtualizationMode === "vgpu") {
    // A vGPU has a UUID of its own: what tells its host is the processor.
    return cpuModel !== "unknown" && cpuModel === baseline.cpuModel
      ? null
      : `the baseline ${source} is of another host, or the guest's processor is not shown as its ` +
        `host's (host-passthrough): ${baseline.cpuModel}, here ${cpuModel}`;
  }
  return ours.uuid === theirs.uuid
    ? null
    : `the baseline ${source} is of another GPU of the same model (${theirs.uuid}, here ${ours.uuid})`;
}

/** The GPU that experiments choose (`gpuSubject`); null where that is none, or only a part of one. */
function measured(gpus: readonly GpuDescription[]): GpuDescription | null {
  return gpus.find(({ lost, uuid, mig, virtualizationMode }) =>
    lost === null && uuid !== null && mig !== true && virtualizationMode !== "host-vgpu"
  ) ?? null;
}

/** A vGPU shows its GPU's ids, and is named after it and its profile: "NVIDIA A40-24Q". */
function sameModel(guest: GpuDescription, host: GpuDescription): boolean {
  if (guest.pciIds !== null && host.pciIds !== null) return guest.pciIds === host.pciIds;
  if (guest.name === null || host.name === null) return false;
  const model = (name: string) => name.replace(/^(NVIDIA|GRID) /, "").trim();
  const [ours, theirs] = [model(guest.name), model(host.name)];
  return ours === theirs ||
    (guest.virtualizationMode === "vgpu" && ours.replace(/-\d+[A-Z]+$/, "") === theirs);
}

function named({ name, pciIds }: GpuDescription): string {
  return name ?? pciIds ?? "of unknown name";
}
