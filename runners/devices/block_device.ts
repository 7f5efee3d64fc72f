/**
 * The disk under a file.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { Problem } from "../../problem.ts";

/**
 * The whole block device that carries the file system of `path`, such as `/dev/vda`: for a
 * partition its disk, because the kernel throttles disks. A file system that spans several devices
 * answers the one that it names as its source.
 *
 * @throws {Problem} where no block device carries it (tmpfs, overlay, a network file system)
 */
export async function diskUnder(host: Host, path: string): Promise<string> {
  const number = await deviceNumber(host, path);
  const own = await host.readText(`/sys/dev/block/${number}/uevent`);
  const isPartition = own !== null && /^DEVTYPE=partition$/m.test(own);
  const whole = isPartition ? await host.readText(`/sys/dev/block/${number}/../uevent`) : own;
  const name = /^DEVNAME=(.+)$/m.exec(whole ?? "")?.[1];
  if (name === undefined) throw noDevice(path, number);
  return `/dev/${name}`;
}

async function deviceNumber(host: Host, path: string): Promise<string> {
  const columns = "MAJ:MIN,SOURCE";
  const found = await host.run({
    argv: ["findmnt", "--noheadings", "--raw", "--output", columns, "--target", path],
    timeoutSeconds: 10,
  });
  const [number = "", source = ""] = found.stdout.trim().split(" ");
  if (!number.startsWith("0:")) return number;
  // btrfs has a number of its own, but names one of its devices, with the subvolume in brackets.
  const device = source.replace(/\[.*\]$/, "");
  if (!device.startsWith("/dev/")) throw noDevice(path, source);
  const listed = await host.run({
    argv: ["lsblk", "--noheadings", "--nodeps", "--output", "MAJ:MIN", device],
    timeoutSeconds: 10,
  });
  return listed.stdout.trim();
}

function noDevice(path: string, seen: string): Problem {
  return new Problem({
    action: `find the disk under ${path}`,
    condition: "no block device carries its file system",
    seen,
    cure: "Name a folder on a local disk with --target.",
  });
}
