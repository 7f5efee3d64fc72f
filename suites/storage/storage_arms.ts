/**
 * The arms of the storage experiment: how the same fio job runs in each place.
 *
 * @module
 */
import { containerArguments, dockerFailure, runInContainer } from "../../runners/docker/docker.ts";
import { fioArguments, implausible, parseFio } from "../../runners/fio.ts";
import type { CommandResult, Host } from "../../runners/host.ts";
import type { PciAddress } from "../../runners/pci/pci_address.ts";
import { Problem } from "../../problem.ts";
import { type DiskModel, guestDevice, runGuestJob } from "../../runners/guest/qemu.ts";
import type { ArmDriver, Measurement } from "../paired.ts";
import type { ContainerPlace, GuestPlace } from "../places.ts";
import type { Arm } from "../result.ts";
import { figuresOf, storageJob } from "./storage_cases.ts";
import type { StorageSubject } from "./storage_subject.ts";

const NATIVE_TIMEOUT_SECONDS = 60;
const CONTAINER_TIMEOUT_SECONDS = 90;
const GUEST_TIMEOUT_SECONDS = 180;

/** What one process or boot gave, before its figures are read. */
interface FioRun {
  readonly argv: readonly string[];
  readonly command: CommandResult;
  /** What fio printed; null with `failure` when it never ran to its end. */
  readonly fioStdout: string | null;
  readonly failure: string | null;
}

/** What every arm needs to know. */
export interface Setting {
  readonly host: Host;
  readonly subject: StorageSubject;
  readonly runtimeSeconds: number;
  /** Has fio itself refuse to write, whatever the job is. */
  readonly readOnly?: boolean;
}

/** Runs fio as it is. */
export function nativeArm(arm: Arm, place: Setting & { readonly fioPath: string }): ArmDriver {
  const { host, subject, fioPath } = place;
  return fioArm(arm, { ...place, filename: subject.path }, async (args) => {
    const argv = [fioPath, ...args] as const;
    const command = await host.run({ argv, timeoutSeconds: NATIVE_TIMEOUT_SECONDS });
    return { argv, command, fioStdout: command.stdout, failure: failureOf(command) };
  });
}

/** Runs fio in a container that sees nothing of the host but the subject. */
export function containerArm(
  arm: Arm,
  place: Setting & ContainerPlace & ContainerLimit,
): ArmDriver {
  const { host, subject, docker, image, deviceReadIops } = place;
  const mounts = subject.folder === null
    ? []
    : [{ source: subject.folder, target: "/data", readOnly: false }];
  const filename = subject.folder === null ? subject.path : "/data/storage.dat";
  return fioArm(arm, { ...place, filename }, async (args) => {
    const request = {
      image,
      name: arm.name,
      argv: ["fio", ...args] as const,
      mounts,
      devices: subject.folder === null ? [subject.path] : [],
      ...(deviceReadIops === undefined ? {} : { deviceReadIops }),
      timeoutSeconds: CONTAINER_TIMEOUT_SECONDS,
    };
    const command = await runInContainer(host, docker, request);
    const failure = dockerFailure(command) ?? failureOf(command);
    return {
      argv: containerArguments(docker, request),
      command,
      fioStdout: command.stdout,
      failure,
    };
  });
}

/** How fast a container may read. */
export interface ContainerLimit {
  /** Lets the container read from a disk at most so often a second. */
  readonly deviceReadIops?: { readonly device: string; readonly iops: number };
}

/** The disk that a guest sees. */
export interface GuestDiskCase {
  readonly model: DiskModel;
  /** The guest may only read it. */
  readonly readOnly?: boolean;
  /** Lets the guest do at most so many operations a second. */
  readonly iopsLimit?: number;
}

/** The guest that is booted for each run. */
type BootedGuest = Pick<GuestPlace, "guest" | "accelerator">;

/** Boots a guest that has the device itself, and runs fio on its disk. */
export function passthroughArm(
  arm: Arm,
  place: Setting & BootedGuest & { readonly address: PciAddress; readonly ids: string },
): ArmDriver {
  const { host, guest, accelerator, address, ids } = place;
  return fioArm(arm, { ...place, filename: guestDevice("nvme") }, async (args) => {
    const run = await runGuestJob(host, guest, {
      accelerator,
      disk: { model: "vfio-pci", address, modules: ["nvme"], node: "block/nvme0n1" },
      fioArguments: args,
      timeoutSeconds: GUEST_TIMEOUT_SECONDS,
    });
    const { argv, command, fioStdout, document } = run;
    const seen = document?.devices[0]?.pciIds[0] ?? "none";
    const other = seen === ids ? null : `the guest read the disk of ${seen} instead of ${ids}`;
    return { argv, command, fioStdout, failure: run.failure ?? other };
  });
}

/** Boots a guest that sees the subject as a disk of the given model, and runs fio on that disk. */
export function guestArm(arm: Arm, place: Setting & BootedGuest & GuestDiskCase): ArmDriver {
  const { host, subject, guest, accelerator, model, iopsLimit, readOnly = false } = place;
  return fioArm(arm, { ...place, filename: guestDevice(model) }, async (args) => {
    const run = await runGuestJob(host, guest, {
      accelerator,
      disk: {
        path: subject.path,
        model,
        readOnly,
        ...(iopsLimit === undefined ? {} : { iopsLimit }),
      },
      fioArguments: args,
      timeoutSeconds: GUEST_TIMEOUT_SECONDS,
    });
    const { argv, command, fioStdout } = run;
    return { argv, command, fioStdout, failure: run.failure ?? wrongDriver(model, run.drivers) };
  });
}

/** The guest's own word for which driver carried the reads: proof that the model is what was used. */
const DRIVERS: Readonly<Record<DiskModel, string>> = {
  "virtio-blk": "virtio_blk",
  "nvme": "nvme",
  "ahci": "ahci",
  "ide": "ata_piix",
  "usb-storage": "usb-storage",
};

function wrongDriver(model: DiskModel, drivers: readonly string[]): string | null {
  if (drivers.includes(DRIVERS[model])) return null;
  return `the guest drove the ${model} disk by ${drivers.join(", ") || "no driver that it names"}`;
}

function fioArm(
  arm: Arm,
  { filename, runtimeSeconds, readOnly = false }: Omit<Setting, "host" | "subject"> & {
    readonly filename: string;
  },
  run: (args: string[]) => Promise<FioRun>,
): ArmDriver {
  return {
    arm,
    async measure(workload, block) {
      const request = storageJob(workload, { block, filename, runtimeSeconds });
      const refusal = readOnly ? ["--readonly"] : [];
      const ran = await run([...refusal, ...fioArguments(request)]);
      return ran.command.ended === "cancelled" ? null : measurementOf(workload, request, ran);
    },
  };
}

function measurementOf(
  workload: string,
  request: ReturnType<typeof storageJob>,
  { argv, command, fioStdout, failure }: FioRun,
): Measurement {
  const { status, startedAt, durationSeconds } = command;
  const common = { argv, status, startedAt, durationSeconds };
  if (failure !== null || fioStdout === null) {
    return { ...common, value: null, details: {}, failure: failure ?? "fio printed nothing" };
  }
  try {
    const record = parseFio(fioStdout);
    const figures = figuresOf(workload, record);
    const doubt = implausible(record, request, durationSeconds);
    return doubt === null
      ? { ...common, ...figures, failure: null }
      : { ...common, ...figures, value: null, failure: `the figures cannot be right: ${doubt}` };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { ...common, value: null, details: {}, failure: error.message };
  }
}

function failureOf({ ended, status, stderr }: CommandResult): string | null {
  if (ended !== "exited") return `the command ended: ${ended}`;
  return status === 0 ? null : `the command exited with status ${status}: ${stderr.trim()}`;
}
