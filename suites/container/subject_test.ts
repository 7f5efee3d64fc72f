import { assertEquals } from "@std/assert";
import type { CommandRequest, Host } from "../../runners/host.ts";
import type { BlockDevice, DeviceNode, Inventory } from "../../runners/inventory/inventory.ts";
import { chooseSubject } from "./subject.ts";

const RNG: DeviceNode = { path: "/dev/hwrng", kind: "character", major: 10, minor: 183 };

/** Disks by name with their drivers, and where random number generators hang. */
function inventory(disks: Readonly<Record<string, string[]>>, generators: string[]): Inventory {
  const names = Object.keys(disks);
  const node = (name: string, minor: number): DeviceNode => ({
    path: `/dev/${name}`,
    kind: "block",
    major: 8,
    minor,
  });
  const block = names.map((name, minor): Partial<BlockDevice> => {
    const numbers = { major: 8, minor, sizeBytes: 2 ** 20, partition: false, removable: false };
    return { name, path: `/sys/devices/${name}`, ...numbers, drivers: disks[name] ?? [] };
  });
  const devices = generators.map((path) => ({ path, driver: "virtio_rng" }));
  return { block, devices, nodes: [...names.map(node), RNG] } as unknown as Inventory;
}

/** A host whose root is on /dev/dm-0, and which can read the disk that is asked for first. */
function host(): Host {
  const run = ({ argv }: CommandRequest) => {
    const stdout = argv[0] === "findmnt" ? "253:0 /dev/dm-0\n" : `${argv[4] ?? ""}\n`;
    return Promise.resolve({ stdout, status: 0 });
  };
  const texts = new Map([
    ["/sys/dev/block/253:0/uevent", "DEVNAME=dm-0\n"],
    ["/sys/class/misc/hw_random/rng_current", "virtio_rng.0\n"],
  ]);
  const readText = (path: string) => Promise.resolve(texts.get(path) ?? null);
  return { run, readText } as unknown as Host;
}

Deno.test("chooseSubject() watches a disk's driver, else that of the only generator", async () => {
  const cases: [Readonly<Record<string, string[]>>, string[], string, string | undefined][] = [
    [{ "dm-0": [], sda: ["sd"] }, [], "/dev/sda", "/sys/devices/sda"],
    [{ "dm-0": [] }, ["/sys/devices/v1"], "/dev/dm-0", "/sys/devices/v1"],
    [{ "dm-0": [] }, ["/sys/devices/v1", "/sys/devices/v2"], "/dev/dm-0", undefined],
    [{ "dm-0": [] }, [], "/dev/dm-0", undefined],
  ];
  for (const [disks, generators, disk, driven] of cases) {
    const { subject } = await chooseSubject(host(), inventory(disks, generators));
    assertEquals([subject.disk.path, subject.driven?.path], [disk, driven]);
  }
});
