/**
 * How many different system calls of the host a guest's QEMU makes on its behalf.
 *
 * @module
 */
import { runGuestScript, scriptOutput } from "../../runners/guest/guest_script.ts";
import type { Host } from "../../runners/host.ts";
import { readStrace, straceLauncher, type StraceReport } from "../../runners/security/strace.ts";
import type { GuestPlace, Places } from "../places.ts";
import { negative, observed, positive } from "../probe.ts";
import type { Control, Observation } from "../result.ts";

const TIMEOUT_SECONDS = 120;
const DISK_MIB = 8;
/** The host, as QEMU's user network shows it (qemu(1), "-netdev user"). */
const HOST_IN_GUEST = "10.0.2.2";

/** Reads and writes a disk and speaks to the network, as a guest does; nobody serves the port. */
const GUEST_WORK = `set -e
dd if=/dev/zero of=/dev/vda bs=64k count=16 conv=fsync
dd if=/dev/vda of=/dev/null bs=64k
ip address add 10.0.2.15/24 dev eth0
ip link set eth0 up
ip route add default via ${HOST_IN_GUEST}
nc -w 2 ${HOST_IN_GUEST} 1 </dev/null || true
ping -c 1 -W 2 ${HOST_IN_GUEST}
`;
/** Each a way to wait for several files at once. */
const POLLS = ["ppoll", "poll", "pselect6", "epoll_wait", "epoll_pwait"];

/** Counts the calls of QEMU and, as a control, of a program that does nothing. */
export async function countGuestCalls(
  places: Places,
  readings: Record<string, unknown>,
): Promise<Observation> {
  const { host } = places;
  places.tool("strace");
  const folder = await host.temporaryFolder();
  const small = await traced(host, `${folder}/small`, (launcher) => {
    const [program = "bash", ...args] = [...launcher, "true"];
    return host.run({ argv: [program, ...args], timeoutSeconds: 30 });
  });
  const place = await places.guest();
  const report = await traced(
    host,
    `${folder}/guest`,
    (launcher) => runTraced(host, place, { folder, launcher }),
  );
  readings["system-calls-qemu.json"] = {
    calls: Object.fromEntries(report.calls),
    seccomp: report.seccomp,
  };
  return observeTraced(report, small, place.accelerator.name);
}

async function runTraced(
  host: Host,
  { guest, accelerator }: GuestPlace,
  { folder, launcher }: { readonly folder: string; readonly launcher: readonly string[] },
): Promise<{ readonly stderr: string }> {
  const disk = `${folder}/disk.img`;
  await host.run({ argv: ["truncate", "-s", `${DISK_MIB}M`, disk], timeoutSeconds: 10 });
  const run = await runGuestScript(host, guest, {
    accelerator,
    name: "traced",
    launcher,
    script: GUEST_WORK,
    devices: [
      { path: disk, model: "virtio-blk" },
      { model: "virtio-net", netdev: { kind: "user" } },
    ],
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  scriptOutput(run);
  return run.command;
}

async function traced(
  host: Host,
  summary: string,
  run: (launcher: readonly string[]) => Promise<{ readonly stderr: string }>,
): Promise<StraceReport> {
  const command = await run(straceLauncher(summary));
  return readStrace(command, {
    summary: await host.readText(summary),
    seccomp: await host.readText(`${summary}.seccomp`),
  });
}

/** The guest's count, from the calls of its QEMU and of a program that does nothing. */
export function observeTraced(
  report: StraceReport,
  small: StraceReport,
  accelerator: string,
): Observation {
  const { calls, seccomp } = report;
  const confined = seccomp === "filter"
    ? "behind a seccomp filter"
    : `not seen behind a seccomp filter (mode: ${seccomp ?? "unknown"})`;
  return observed("attack-surface/guest-calls", {
    value: calls.size,
    seen: `QEMU (${accelerator}), ${confined}, used ${calls.size} different system calls of the ` +
      "host while its guest booted, read and wrote a disk and used the network (of calls that return).",
    controls: tracedControls(calls, small.calls),
  });
}

type Calls = StraceReport["calls"];

function tracedControls(calls: Calls, small: Calls): Control[] {
  const polls = POLLS.filter((name) => calls.has(name));
  const without = ["socket", "ioctl", ...POLLS].filter((name) => small.has(name));
  return [
    positive(
      "what QEMU cannot do without is among them: mmap, a poll, and ioctl (KVM) or futex (TCG)",
      calls.has("mmap") && polls.length > 0 && (calls.has("ioctl") || calls.has("futex")),
      ["mmap", "ioctl", "futex", ...polls].map((name) => `${calls.get(name) ?? 0} ${name}`)
        .join(", "),
    ),
    positive(
      "a program that does nothing is seen to be started, and makes fewer calls",
      small.has("execve") && small.size < calls.size,
      `it uses ${small.size}`,
    ),
    negative(
      "a program that does nothing controls no device, polls nothing and has no socket",
      small.size > 0 && without.length === 0,
      list(small),
    ),
  ];
}

function list(calls: Calls): string {
  return [...calls.keys()].sort().join(", ");
}
