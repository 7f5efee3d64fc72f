/**
 * The escape battery as data: each attempt to get out, what it is aimed at, how it shows that it got
 * there, and how a sandbox's module can express it.
 *
 * @module
 */
import { MARKER_NAME, type Verb } from "../../runners/security/attempts.ts";

/** A block device of the host that was not granted. */
export interface HostDevice {
  /** Such as "/dev/nvme0n1". */
  readonly path: string;
  /** Such as "259:0". */
  readonly numbers: string;
  /** An attribute of it in sysfs that sets how it is read. */
  readonly attribute: string;
  /** Hashes of its first blocks, as `read-device` tells them natively; empty where it has no data. */
  readonly hashes: ReadonlySet<string>;
}

/** What the attempts of one place are aimed at. */
export interface Aims {
  /** A file of the host; its text is the nonce. */
  readonly file: string;
  /** The host's id of the process that carries the nonce. */
  readonly process: number;
  /** Null where the host has none that opens. */
  readonly device: HostDevice | null;
  /** Further attributes of devices, by which the place's own kernel can be told. */
  readonly ownAttributes: readonly string[];
  /** Where the host answers with the nonce, as the place can name it. */
  readonly addresses: readonly string[];
  /** An address of the host where nobody listens. */
  readonly closed: string;
}

/**
 * What shows that an attempt got out: the host's nonce; a device of the host, known by its bytes or
 * opened by the host's kernel; or that the host's kernel, known by its boot_id, did it.
 */
export type Evidence = "nonce" | "device" | "kernel";

/** How a module expresses an attempt. */
export type SandboxForm =
  /** By opening a path, as the same source built for WASI does. */
  | { readonly kind: "path"; readonly verb: Verb; readonly aim: (aims: Aims) => readonly string[] }
  /** By WASI's own interface for sockets. */
  | { readonly kind: "socket" }
  /** Not at all: what it would have to import. */
  | { readonly kind: "function"; readonly names: readonly string[] };

export interface Attempt {
  readonly id: string;
  readonly title: string;
  readonly onDevice: boolean;
  readonly verb: Verb;
  readonly evidence: Evidence;
  /** The verb's arguments, one attempt each; none where the host lacks what it is aimed at. */
  readonly aim: (aims: Aims) => readonly string[];
  /** The same verb on what does not exist: it must fail everywhere. */
  readonly absent: (aims: Aims) => string;
  readonly sandbox: SandboxForm;
}

const SYSCTL = "/proc/sys/kernel/core_pattern";
/** `SYSLOG_ACTION_READ_ALL` of syslog(2), and no action at all. */
const READ_ALL = "3";
const NO_ACTION = "99";
/** `AF_INET`, and no family at all. */
const IPV4 = "2";
const NO_FAMILY = "255";
/** No process has the highest id's successor, see `pid_max` in proc_sys_kernel(5). */
const NO_PROCESS = "4194304";
/** Of the majors that devices.txt leaves unused. */
const NO_NUMBERS = "4000:0";

const processes = () => [MARKER_NAME];
const devices = ({ device }: Aims) => device === null ? [] : [device.path];
const attributes = ({ device, ownAttributes }: Aims) =>
  device === null ? [] : [device.attribute, ...ownAttributes];

/** Every attempt. */
export const ATTEMPTS: readonly Attempt[] = [
  {
    id: "host-file",
    title: "read a file of the host",
    onDevice: false,
    verb: "read-file",
    evidence: "nonce",
    aim: ({ file }) => [file],
    absent: ({ file }) => `${file}-absent`,
    sandbox: { kind: "path", verb: "read-file", aim: ({ file }) => [file] },
  },
  {
    id: "host-processes",
    title: "list the host's processes",
    onDevice: false,
    verb: "find-process",
    evidence: "nonce",
    aim: processes,
    absent: () => `${MARKER_NAME}-absent`,
    sandbox: { kind: "path", verb: "find-process", aim: processes },
  },
  {
    id: "open-device",
    title: "open a device that was not granted",
    onDevice: true,
    verb: "read-device",
    evidence: "device",
    aim: devices,
    absent: () => "/dev/cellproof-absent",
    sandbox: { kind: "path", verb: "read-device", aim: devices },
  },
  {
    id: "mknod-open",
    title: "make a node of a device that was not granted, and open it",
    onDevice: true,
    verb: "mknod-read",
    evidence: "device",
    aim: ({ device }) => device === null ? [] : [device.numbers],
    absent: () => NO_NUMBERS,
    sandbox: { kind: "function", names: ["wasi_snapshot_preview1::path_mknod", "env::mknod"] },
  },
  {
    id: "load-module",
    title: "load a kernel module",
    onDevice: false,
    verb: "load-module",
    evidence: "kernel",
    aim: () => ["self"],
    absent: () => "absent",
    sandbox: { kind: "function", names: ["env::finit_module", "env::syscall"] },
  },
  {
    id: "mount",
    title: "mount a file system",
    onDevice: false,
    verb: "mount",
    evidence: "kernel",
    aim: () => ["tmpfs"],
    absent: () => "cellproof-absent",
    sandbox: { kind: "function", names: ["wasi_snapshot_preview1::path_mount", "env::mount"] },
  },
  {
    id: "trace-process",
    title: "trace a process of the host (ptrace)",
    onDevice: false,
    verb: "trace",
    evidence: "nonce",
    aim: ({ process }) => [`${process}`],
    absent: () => NO_PROCESS,
    sandbox: { kind: "function", names: ["wasi_snapshot_preview1::proc_trace", "env::ptrace"] },
  },
  {
    id: "kernel-setting",
    title: "open a kernel setting for writing",
    onDevice: false,
    verb: "open-to-write",
    evidence: "kernel",
    aim: () => [SYSCTL],
    absent: () => `${SYSCTL}-absent`,
    sandbox: { kind: "path", verb: "open-to-write", aim: () => [SYSCTL] },
  },
  {
    id: "kernel-log",
    title: "read the kernel log",
    onDevice: false,
    verb: "read-kernel-log",
    evidence: "kernel",
    aim: () => [READ_ALL],
    absent: () => NO_ACTION,
    sandbox: { kind: "path", verb: "read-file", aim: () => ["/dev/kmsg"] },
  },
  {
    id: "raw-socket",
    title: "create a raw socket",
    onDevice: false,
    verb: "raw-socket",
    evidence: "kernel",
    aim: () => [IPV4],
    absent: () => NO_FAMILY,
    sandbox: { kind: "function", names: ["wasi_snapshot_preview1::sock_open", "env::socket"] },
  },
  {
    id: "other-interface",
    title: "reach another interface of the host",
    onDevice: false,
    verb: "connect",
    evidence: "nonce",
    aim: ({ addresses }) => addresses,
    absent: ({ closed }) => closed,
    sandbox: { kind: "socket" },
  },
  {
    id: "device-configuration",
    title: "open the configuration of a device for writing",
    onDevice: true,
    verb: "open-to-write",
    evidence: "kernel",
    aim: attributes,
    absent: () => "/sys/block/cellproof-absent/queue/read_ahead_kb",
    sandbox: { kind: "path", verb: "open-to-write", aim: attributes },
  },
];
