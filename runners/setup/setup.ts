/**
 * Set-up: says what is missing and what would be done about it, then does it. Asking takes less than
 * a second where nothing is missing.
 *
 * @module
 */
import {
  buildCudaPrograms,
  type CudaBuild,
  describeCudaBuild,
  planCudaBuild,
} from "../cuda/cuda_build.ts";
import { aptCommandLine, aptInstall, hasApt } from "./apt.ts";
import { findGuestKernel, prepareGuestKernel } from "../guest/guest_image.ts";
import type { Host } from "../host.ts";
import { Problem } from "../../problem.ts";
import { probeTools, type ToolReport } from "./tools.ts";
import { installWasmtime, WASMTIME_PINNED_VERSION } from "../sandbox/wasmtime.ts";

/** One thing to do. */
export type SetupStep =
  | { readonly kind: "packages"; readonly packages: readonly string[] }
  | { readonly kind: "wasmtime" }
  | { readonly kind: "guest kernel" }
  | { readonly kind: "cuda programs"; readonly build: CudaBuild }
  /** Something that only the user can do. */
  | { readonly kind: "by hand"; readonly cure: string };

export interface SetupPlan {
  readonly cacheFolder: string;
  /** Every tool that is missing or too old. */
  readonly missing: readonly ToolReport[];
  /** Empty where nothing is missing. */
  readonly steps: readonly SetupStep[];
}

/** What downloading and unpacking a release needs. */
const DOWNLOAD_PACKAGES = ["curl", "ca-certificates", "xz-utils"];

/**
 * Finds out what is missing; changes nothing. CUDA programs in `samplesFolder` are not missing.
 *
 * @throws {Problem} where `samplesFolder` is none
 */
export async function planSetup(
  host: Host,
  cacheFolder: string,
  samplesFolder: string | null = null,
): Promise<SetupPlan> {
  const [tools, kernel, build] = await Promise.all([
    probeTools(host, cacheFolder),
    findGuestKernel(host, cacheFolder),
    planCudaBuild(host, { samplesFolder, cacheFolder }),
  ]);
  const missing = tools.filter(({ cure }) => cure !== null);
  const steps = await packageSteps(host, missing, build?.packages ?? []);
  if (missing.some(({ name }) => name === "wasmtime")) steps.push({ kind: "wasmtime" });
  if (kernel === null) steps.push({ kind: "guest kernel" });
  if (build !== null) steps.push({ kind: "cuda programs", build });
  return { cacheFolder, missing, steps };
}

/** The plan as lines of text for the user. */
export function describePlan({ missing, steps, cacheFolder }: SetupPlan): string {
  if (steps.length === 0) return "Nothing is missing.";
  const lacks = missing.map(({ name, purpose, version, minimum, tooOld }) =>
    tooOld
      ? `  ${name}, which ${purpose}: ${version} is older than ${minimum}`
      : `  ${name}, which ${purpose}`
  );
  return [
    ...(lacks.length === 0 ? [] : ["Missing:", ...lacks]),
    "To do:",
    ...steps.map((step) => `  ${describeStep(step, cacheFolder)}`),
  ].join("\n");
}

/**
 * Carries the plan out, telling `say` each step. A step that fails does not stop the others: what
 * went wrong is returned, so that a run can go on with what is there.
 */
export async function runSetup(
  host: Host,
  plan: SetupPlan,
  say: (text: string) => void,
): Promise<Problem[]> {
  const failures: Problem[] = [];
  for (const step of plan.steps) {
    say(describeStep(step, plan.cacheFolder));
    try {
      await carryOut(host, step, plan.cacheFolder);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      say(error.message);
      failures.push(error);
    }
  }
  return failures;
}

async function packageSteps(
  host: Host,
  missing: readonly ToolReport[],
  forBuild: readonly string[],
): Promise<SetupStep[]> {
  if (missing.length === 0 && forBuild.length === 0) return [];
  const download = missing.some(({ name }) => name === "wasmtime") ? DOWNLOAD_PACKAGES : [];
  const needed = [...missing.flatMap((tool) => tool.packages), ...download, ...forBuild];
  const packages = [...new Set(needed)];
  if (!await hasApt(host)) {
    const others = missing.filter((tool) => tool.packages.length > 0);
    const cures = others.map(({ cure }) => cure ?? "");
    if (forBuild.length > 0) {
      cures.push(`Install what CUDA programs need (${forBuild.join(", ")}).`);
    }
    return cures.map((cure) => ({ kind: "by hand", cure }));
  }
  const tooOld = missing.filter((tool) => tool.tooOld && tool.packages.length > 0);
  const newer = tooOld.map(({ cure }): SetupStep => ({ kind: "by hand", cure: cure ?? "" }));
  const { stdout } = await host.run({ argv: ["id", "-u"], timeoutSeconds: 10 });
  if (stdout.trim() === "0") return [{ kind: "packages", packages }, ...newer];
  return [{ kind: "by hand", cure: `Run: ${aptCommandLine(packages)}` }, ...newer];
}

function describeStep(step: SetupStep, cacheFolder: string): string {
  switch (step.kind) {
    case "packages":
      return `Install with apt-get: ${step.packages.join(", ").replaceAll("|", " or ")}`;
    case "wasmtime":
      return `Install Wasmtime ${WASMTIME_PINNED_VERSION} into ${cacheFolder}: its release, or with ` +
        "cargo (some ten minutes)";
    case "guest kernel":
      return `Download a kernel for guests into ${cacheFolder}; this host's own stays as it is`;
    case "cuda programs":
      return describeCudaBuild(step.build, cacheFolder);
    case "by hand":
      return step.cure;
  }
}

async function carryOut(host: Host, step: SetupStep, cacheFolder: string): Promise<void> {
  switch (step.kind) {
    case "packages":
      return await aptInstall(host, step.packages);
    case "wasmtime":
      return void await installWasmtime(host, cacheFolder);
    case "guest kernel":
      return void await prepareGuestKernel(host, cacheFolder);
    case "cuda programs":
      return await buildCudaPrograms(host, step.build, cacheFolder);
    case "by hand":
      throw new Problem({
        action: "install everything",
        condition: "a part of it is left to you",
        cure: step.cure,
      });
  }
}
