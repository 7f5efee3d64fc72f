/**
 * The host's devices that can be read without changing anything, and what reading them natively
 * gives.
 *
 * @module
 */
import type { Host } from "../host.ts";

/** What reading the first bytes of a device natively gave. */
export interface DeviceReading {
  /** Such as "/dev/vda". */
  readonly path: string;
  /** "block special file", as stat(1) calls it; null where there is no such node. */
  readonly type: string | null;
  /** Such as "254:0"; null where there is no such node. */
  readonly numbers: string | null;
  /** How many bytes were asked for. */
  readonly asked: number;
  /** How many came; 0 where the host refused. */
  readonly bytes: number;
  /** POSIX cksum's of what came. */
  readonly checksum: number | null;
  /** Why nothing came; null where something did. */
  readonly refusal: string | null;
}

/** Disks of which the first bytes are read, physical ones first; a host may have thousands. */
const MOST_DISKS = 3;
const LIST_DISKS = `for disk in /sys/block/*; do
  size=0
  read -r size <"$disk/size" || continue
  [ "$size" -gt 0 ] || continue
  [ -e "$disk/device" ] && kind=physical || kind=virtual
  name=\${disk##*/}
  printf '%s %s\\n' "$kind" "\${name//!//}"
done 2>/dev/null
:`;
/** Its arguments are pairs of a number of bytes and a device; one line of fields for each. */
const READ_DEVICES = `while [ $# -gt 1 ]; do
  type=; numbers=; error=
  if identity=$(stat -L -c '%t %T %F' -- "$2" 2>/dev/null); then
    read -r major minor type <<<"$identity"
    numbers=$((16#$major)):$((16#$minor))
  fi
  sum=$(timeout 5 head -c "$1" -- "$2" 2>/dev/null | cksum)
  error=$(timeout 5 head -c 1 -- "$2" 2>&1 >/dev/null)
  printf '%s\\t%s\\t%s\\t%s\\n' "$type" "$numbers" "$sum" "\${error##*: }"
  shift 2
done`;
/** A hardware random number generator may be slow; a disk's first 4 KiB tell it from others. */
const FEW_BYTES = 16;
const MANY_BYTES = 4096;
const PLAIN_DEVICES: readonly (readonly [bytes: number, path: string])[] = [
  [MANY_BYTES, "/dev/zero"],
  [FEW_BYTES, "/dev/hwrng"],
];

/** Reads the host's first disks, /dev/zero and the hardware's random numbers. */
export async function readDevices(host: Host): Promise<DeviceReading[]> {
  const listed = await host.run({ argv: ["bash", "-c", LIST_DISKS], timeoutSeconds: 10 });
  const disks = parseDisks(listed.stdout).slice(0, MOST_DISKS);
  return await readNatively(host, [
    ...disks.map((name) => [MANY_BYTES, `/dev/${name}`] as const),
    ...PLAIN_DEVICES,
  ]);
}

/** Reads the first bytes of each device. */
export async function readNatively(
  host: Host,
  devices: readonly (readonly [bytes: number, path: string])[],
): Promise<DeviceReading[]> {
  const { stdout } = await host.run({
    argv: ["bash", "-c", READ_DEVICES, "cellproof-devices", ...devices.flat().map(String)],
    timeoutSeconds: 30,
  });
  return parseDeviceReadings(stdout, devices);
}

/** The names of disks in the list, physical ones first. */
export function parseDisks(text: string): string[] {
  const lines = text.split("\n");
  return ["physical ", "virtual "].flatMap((kind) =>
    lines.filter((line) => line.startsWith(kind)).map((line) => line.slice(kind.length))
  );
}

/** The readings in the order of the devices; one that is not in the text was not read. */
export function parseDeviceReadings(
  text: string,
  devices: readonly (readonly [bytes: number, path: string])[],
): DeviceReading[] {
  const lines = text.split("\n");
  return devices.map(([asked, path], at) => {
    const match = /^([^\t]*)\t([^\t]*)\t(\d+) (\d+)\t(.*)$/.exec(lines[at] ?? "");
    const [, type = "", numbers = "", checksum = "", bytes = "0", refusal = ""] = match ?? [];
    const came = Number(bytes);
    return {
      path,
      type: type || null,
      numbers: numbers || null,
      asked,
      bytes: came,
      checksum: came > 0 ? Number(checksum) : null,
      refusal: came > 0 ? null : refusal || "nothing came",
    };
  });
}
