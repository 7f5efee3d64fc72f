/**
 * The names of all that WebGPU tells a program, and its limits: what
 * `programs/webgpu_interface.js` prints.
 *
 * @module
 */
import type { CommandResult, Host } from "../host.ts";
import program from "../programs/webgpu_interface.js" with { type: "text" };
import { confinedProgram } from "./confined_deno.ts";
import { Section } from "./webgpu_section.ts";
import { type AdapterInfo, readAdapter } from "./webgpu_view.ts";

/** Limits (`GPUSupportedLimits`) that CUDA knows, too. */
export const COMMON_LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
] as const;
export type CommonLimit = typeof COMMON_LIMITS[number];

/** An adapter's limit, and what came of asking for a device that has it. */
export interface InterfaceLimit {
  /** Bytes of a size, else a count. */
  readonly value: number;
  /** The error of asking for just as much, and for one more; null where it was given. */
  readonly same: string | null;
  readonly more: string | null;
}

export interface WebgpuInterface {
  readonly adapter: AdapterInfo;
  /** The members of each object (`gpu`, `adapter`, `info`, `limits`, `device`, `queue`), and features. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  readonly limits: Readonly<Record<CommonLimit, InterfaceLimit>>;
}

/** A driver that hangs is given up after this long. */
const RUN_SECONDS = 30;

/** Asks for it; `printedBy` and {@linkcode parseWebgpuInterface} read what was printed. */
export function runWebgpuInterface(host: Host): Promise<CommandResult> {
  return host.run({ ...confinedProgram(program, []), timeoutSeconds: RUN_SECONDS });
}

/**
 * Reads the document.
 *
 * @throws {Problem} where it is anything else, or where the program met an error
 */
export function parseWebgpuInterface(stdout: string): WebgpuInterface {
  const document = Section.parse(stdout);
  const [names, limits] = [document.section("names"), document.section("limits")];
  const limit = (name: CommonLimit): readonly [CommonLimit, InterfaceLimit] => {
    const section = limits.section(name);
    const [same, more] = [section.error("same"), section.error("more")];
    return [name, { value: section.count("value"), same, more }];
  };
  return {
    adapter: readAdapter(document) ?? document.missing("adapter"),
    names: new Map(names.members().map((name) => [name, names.names(name)])),
    limits: Object.fromEntries(COMMON_LIMITS.map(limit)) as Record<CommonLimit, InterfaceLimit>,
  };
}
