/**
 * The configuration of one container in the words of the Open Container Initiative (runtime
 * specification 1.0.2), with Docker's defaults: namespaces of its own, the same capabilities, and no
 * device but the usual harmless ones and those that are granted.
 *
 * It has no seccomp filter, which Docker's own default has.
 *
 * @module
 */
import type { DeviceNode } from "./device_nodes.ts";

/** What a container runs, and on what. */
export interface OciContainer {
  /** Its host name. */
  readonly name: string;
  /** The folder that is its root; it can only read there. */
  readonly root: string;
  /** Where its control groups lie, below the root of each hierarchy: begins with a slash. */
  readonly cgroup: string;
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** The nodes that it has and may open, beside null, zero, full, random, urandom and tty. */
  readonly devices: readonly DeviceNode[];
}

/** As Docker's `oci.DefaultSpec` has them. */
const CAPABILITIES = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_FSETID",
  "CAP_FOWNER",
  "CAP_MKNOD",
  "CAP_NET_RAW",
  "CAP_SETGID",
  "CAP_SETUID",
  "CAP_SETFCAP",
  "CAP_SETPCAP",
  "CAP_NET_BIND_SERVICE",
  "CAP_SYS_CHROOT",
  "CAP_KILL",
  "CAP_AUDIT_WRITE",
];

const MASKED_PATHS = [
  "/proc/asound",
  "/proc/acpi",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/sys/firmware",
];

const READ_ONLY_PATHS = [
  "/proc/bus",
  "/proc/fs",
  "/proc/irq",
  "/proc/sys",
  "/proc/sysrq-trigger",
];

/** The path, what kind of file system, and its options. */
const MOUNTS: readonly (readonly [string, string, readonly string[]])[] = [
  ["/proc", "proc", ["nosuid", "noexec", "nodev"]],
  ["/dev", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]],
  [
    "/dev/pts",
    "devpts",
    ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
  ],
  ["/dev/shm", "tmpfs", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]],
  ["/sys", "sysfs", ["nosuid", "noexec", "nodev", "ro"]],
  ["/tmp", "tmpfs", ["nosuid", "nodev", "mode=1777"]],
];

const ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
};

/** Whoever may use the node at all may read and write it: the control group decides who may. */
const NODE_MODE = 0o666;

/** The text of the bundle's `config.json`. */
export function ociConfig(container: OciContainer): string {
  return JSON.stringify({
    ociVersion: "1.0.2",
    hostname: container.name,
    root: { path: container.root, readonly: true },
    mounts: MOUNTS.map(([destination, type, options]) => ({
      destination,
      type,
      source: type,
      options,
    })),
    process: ociProcess(container),
    linux: linuxPart(container),
  });
}

function ociProcess({ argv, env }: OciContainer) {
  const variables = Object.entries({ ...ENVIRONMENT, ...env });
  return {
    terminal: false,
    user: { uid: 0, gid: 0 },
    args: argv,
    env: variables.map(([name, value]) => `${name}=${value}`),
    cwd: "/",
    capabilities: { bounding: CAPABILITIES, effective: CAPABILITIES, permitted: CAPABILITIES },
  };
}

function linuxPart({ cgroup, devices }: OciContainer) {
  return {
    cgroupsPath: cgroup,
    namespaces: ["pid", "mount", "ipc", "uts", "network"].map((type) => ({ type })),
    devices: devices.map((node) => ({ ...node, fileMode: NODE_MODE, uid: 0, gid: 0 })),
    resources: {
      devices: [
        { allow: false, access: "rwm" },
        ...devices.map(({ path: _, ...numbers }) => ({ allow: true, ...numbers, access: "rwm" })),
      ],
    },
    maskedPaths: MASKED_PATHS,
    readonlyPaths: READ_ONLY_PATHS,
  };
}
