/**
 * Device nodes of the host, as a container is given them.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { Problem } from "../../problem.ts";
import { runStep } from "../run_step.ts";

/** A device node: its numbers are what the kernel knows the device by. */
export interface DeviceNode {
  readonly path: string;
  /** `c` for a character device, `b` for a block device. */
  readonly type: "c" | "b";
  readonly major: number;
  readonly minor: number;
}

/**
 * Reads the numbers of device nodes, a link's from where it leads.
 *
 * @throws {Problem} where one of the paths is missing, or is no device
 */
export async function readDeviceNodes(
  host: Host,
  paths: readonly string[],
): Promise<DeviceNode[]> {
  if (paths.length === 0) return [];
  const printed = await runStep(host, {
    action: "give a container devices",
    argv: ["stat", "--dereference", "--printf=%t %T %F\\n", "--", ...paths],
    timeoutSeconds: 10,
    cure: "Look whether the driver is loaded and has made its device nodes.",
  });
  const lines = printed.split("\n");
  return paths.map((path, index) => parseNode(path, lines[index] ?? ""));
}

/** The numbers are hexadecimal, see `stat(1)`. */
function parseNode(path: string, line: string): DeviceNode {
  const [, major, minor, kind] =
    /^([0-9a-f]+) ([0-9a-f]+) (character|block) special file$/.exec(line) ?? [];
  if (major === undefined || minor === undefined || kind === undefined) {
    throw new Problem({
      action: "give a container devices",
      condition: `${path} is no device node`,
      seen: line,
    });
  }
  const type = kind === "block" ? "b" : "c";
  return { path, type, major: parseInt(major, 16), minor: parseInt(minor, 16) };
}
