/**
 * clinfo: which devices OpenCL offers, by platform. That a device is offered says that its driver is
 * there; whether it computes is another question.
 *
 * Source: clinfo's manual (`clinfo -l`), versions 2.1 to 3.0.
 *
 * @module
 */
import type { CommandResult } from "../host.ts";
import { MissingTool, Problem } from "../../problem.ts";

/** One driver's offer. */
export interface OpenClPlatform {
  /** Such as "NVIDIA CUDA" or "Portable Computing Language". */
  readonly platform: string;
  readonly devices: readonly string[];
}

export function clinfoArguments(): string[] {
  return ["-l"];
}

/**
 * Reads `clinfo -l`: a line for each platform, and below it one for each device. No platform at all is
 * an empty list, and so is a driver whose libraries are missing: clinfo is silent about it.
 *
 * @throws {MissingTool} where there is no clinfo
 * @throws {Problem} where the output is none of clinfo's
 */
export function parseClinfoList(run: CommandResult): OpenClPlatform[] {
  const action = "list OpenCL's devices";
  if (run.ended === "not-found") {
    throw new MissingTool({ action, condition: "there is no clinfo", cure: "Install clinfo." });
  }
  if (saysNoPlatform(run)) return [];
  const platforms: { platform: string; devices: string[] }[] = [];
  for (const line of run.stdout.split("\n")) {
    const [, platform] = /^Platform #\d+: (.+)$/.exec(line) ?? [];
    const [, device] = /^ *[`+]-- Device #\d+: (.+)$/.exec(line) ?? [];
    if (platform !== undefined) platforms.push({ platform: platform.trim(), devices: [] });
    if (device !== undefined) platforms.at(-1)?.devices.push(device.trim());
  }
  if (run.ended === "exited" && run.status === 0 && platforms.length > 0) return platforms;
  throw new Problem({
    action,
    condition: "clinfo's output is not understood",
    seen: run.stderr.trim() === "" ? run.stdout || "nothing" : run.stderr,
    cure: "Run by hand: clinfo -l",
  });
}

/** Some versions print nothing at all where there is no platform, others its number. */
function saysNoPlatform({ ended, status, stdout, stderr }: CommandResult): boolean {
  if (ended !== "exited" || status !== 0 || stderr.trim() !== "") return false;
  return stdout.trim() === "" || /^Number of platforms +0$/m.test(stdout);
}
