/**
 * The escape battery in a guest, by its root, on QEMU's default user network.
 *
 * @module
 */
import { attemptArguments, parseAttempts } from "../../runners/security/attempts.ts";
import { runGuestScript, scriptOutput } from "../../runners/guest/guest_script.ts";
import { runStep } from "../../runners/run_step.ts";
import type { GuestPlace } from "../places.ts";
import { aimsAt, CLOSED_PORT, type Prepared, tryNatively } from "./host_aims.ts";
import { type Battery, batteryOf, callsOf, hashesOf } from "./outcomes.ts";

export interface GuestEscape {
  /** Its further answer is to reading the granted disk. */
  readonly inside: Battery;
  readonly native: Battery;
  /** What the host reads of the disk that it granted: the guest must read the same. */
  readonly granted: readonly string[];
}

/** The host, as QEMU's user network shows it to guests (qemu(1), "-netdev user"). */
const HOST_IN_GUEST = "10.0.2.2";
const TIMEOUT_SECONDS = 90;
const DISK = "/dev/vda";

/** The program comes on the first disk, because a guest's script must be short. */
const SCRIPT = `set -e
ip address add 10.0.2.15/24 dev eth0
ip link set eth0 up
ip route add default via ${HOST_IN_GUEST}
cat ${DISK} >/tmp/attempts
chmod +x /tmp/attempts
cd /tmp
exec /tmp/attempts`;

/** Makes every attempt in a guest, and natively with what the guest can name. */
export async function escapeGuest(
  prepared: Prepared,
  { guest, accelerator }: GuestPlace,
): Promise<GuestEscape> {
  const { host, otherAddress, loopback } = prepared;
  const others = otherAddress === null ? [] : [otherAddress];
  const port = loopback.slice(loopback.indexOf(":"));
  const aims = aimsAt(prepared, {
    addresses: [...others, `${HOST_IN_GUEST}${port}`],
    closed: `${HOST_IN_GUEST}:${CLOSED_PORT}`,
    ownAttributes: ["/sys/block/vda/queue/read_ahead_kb"],
  });
  const nativeAims = aimsAt(prepared, {
    addresses: [...others, loopback],
    closed: `127.0.0.1:${CLOSED_PORT}`,
  });
  const image = await diskOf(prepared);
  const read = { verb: "read-device", argument: DISK } as const;
  const calls = callsOf(aims, [read]);
  const words = attemptArguments(calls).map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  const run = await runGuestScript(host, guest, {
    accelerator,
    name: "escape",
    script: `${SCRIPT} ${words.join(" ")}\n`,
    devices: [
      { path: image.path, model: "virtio-blk", readOnly: true },
      { model: "virtio-net", netdev: { kind: "user" } },
    ],
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  return {
    native: await tryNatively(prepared, nativeAims),
    inside: batteryOf(parseAttempts(scriptOutput(run), calls), aims),
    granted: image.hashes,
  };
}

/** The program as a disk of whole sectors, with what the host reads of it. */
async function diskOf(
  { host, folder, program }: Prepared,
): Promise<{ readonly path: string; readonly hashes: readonly string[] }> {
  const path = `${folder}/attempts.img`;
  const calls = [{ verb: "read-device", argument: path }] as const;
  const stdout = await runStep(host, {
    action: "make the guest's disk",
    argv: [
      ...[
        "bash",
        "-c",
        `cp -- "$1" "$2" && truncate -s %4096 -- "$2" && exec "$1" "\${@:3}"`,
      ] as const,
      ...["cellproof-disk", program, path, ...attemptArguments(calls)],
    ],
    timeoutSeconds: 30,
    cure: "Check the free space of the temporary folder.",
  });
  return { path, hashes: parseAttempts(stdout, calls).flatMap(hashesOf) };
}
