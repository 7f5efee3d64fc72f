/**
 * A disk of the run's own: a small file behind a loop device, for hosts whose disks may not be read.
 *
 * @module
 */
import { MissingTool } from "../../problem.ts";
import type { Host, Session } from "../../runners/host.ts";
import type { DeviceNode } from "../../runners/inventory/inventory.ts";

export interface LoopDisk {
  readonly node: DeviceNode;
  readonly sizeBytes: number;
  /** Detaches it. */
  detach(): Promise<void>;
}

const SIZE_BYTES = 65_536;

/**
 * Attaches the file `$1` of `$2` bytes, tells its node, and holds it until a line or the end of
 * standard input. It is marked to be detached by the kernel as soon as nobody holds it, so that
 * nothing is left after a kill either.
 */
const HOLD = `set -e
seq "$2" | head -c "$2" >"$1"
node=$(losetup --find --show --read-only -- "$1")
exec 3<"$node"
losetup --detach "$node"
echo "$node $(stat -c '%t %T' "$node")"
read -r _ || :`;

/**
 * Attaches a disk whose blocks all differ.
 *
 * @throws {MissingTool} where this user or this kernel has no loop devices
 */
export async function attachLoopDisk(host: Host): Promise<LoopDisk> {
  const folder = await host.temporaryFolder();
  const session = await host.start({
    argv: ["bash", "-c", HOLD, "cellproof-loop", `${folder}/disk.img`, `${SIZE_BYTES}`],
    timeoutSeconds: 600,
  });
  const node = parseNode(await session.receive(10) ?? "");
  if (node === null) throw await refused(session);
  return {
    node,
    sizeBytes: SIZE_BYTES,
    async detach(): Promise<void> {
      await session.send("detach");
      await session.stop(5);
    },
  };
}

/** The node with its numbers, which `stat` prints in hexadecimal. */
export function parseNode(line: string): DeviceNode | null {
  const [, path, major, minor] = /^(\/dev\/\S+) ([0-9a-f]+) ([0-9a-f]+)$/.exec(line) ?? [];
  if (path === undefined || major === undefined || minor === undefined) return null;
  return { path, kind: "block", major: parseInt(major, 16), minor: parseInt(minor, 16) };
}

async function refused(session: Session): Promise<MissingTool> {
  const { stderr } = await session.stop(5);
  return new MissingTool({
    action: "attach a disk of the run's own",
    condition: "no loop device could be had",
    seen: stderr,
    cure: "Run as root, on a host with loop devices.",
  }, "root");
}
