/**
 * What an isolation that is seen rests on: settings of the host with which it would be seen though it is
 * not there.
 *
 * @module
 */
import { positive } from "../probe.ts";
import type { Control } from "../result.ts";
import type { Scene } from "./scene.ts";

/** What the host's kernel and QEMU say of themselves. */
export interface Platform {
  /** What carries out the guest's instructions. */
  readonly accelerator: "kvm" | "tcg";
  /** The kernel's parameters; null where they cannot be read. */
  readonly commandLine: string | null;
  /** Whether VFIO takes devices whose interrupts are not remapped: "Y" or "N"; null where it says nothing. */
  readonly unsafeInterrupts: string | null;
}

const UNSAFE = "/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts";
const ACS_OVERRIDE = /(?:^|[\s"])(pcie_acs_override=[^\s"]*)/;

/** Looks at the host while VFIO's modules are loaded. */
export async function lookAtPlatform({ host, accelerator }: Scene): Promise<Platform> {
  const commandLine = await host.readText("/proc/cmdline");
  const unsafe = await host.readText(UNSAFE);
  return {
    accelerator: accelerator.name,
    commandLine: commandLine?.trim() ?? null,
    unsafeInterrupts: unsafe?.trim() ?? null,
  };
}

/** A widespread patch has the kernel split groups whose devices nothing keeps apart. */
export function groupsFoundControl({ commandLine }: Platform): Control {
  const [, override] = ACS_OVERRIDE.exec(commandLine ?? "") ?? [];
  const known = commandLine !== null && commandLine !== "";
  return positive(
    "the kernel found its IOMMU groups itself, without pcie_acs_override",
    known && override === undefined,
    override ?? (known ? "it has no such parameter" : "its parameters cannot be read"),
  );
}

/** Without it, a guest's device can raise any interrupt of the host (vfio_iommu_type1.c). */
export function interruptsControl({ unsafeInterrupts }: Platform): Control {
  return positive(
    "VFIO takes no device whose interrupts are not remapped",
    unsafeInterrupts === "N",
    `allow_unsafe_interrupts is ${unsafeInterrupts ?? "not told"}`,
  );
}

/** Under TCG, QEMU itself carries out every access to the device, and no counter tells. */
export function processorControl({ accelerator }: Platform): Control {
  return positive(
    "the processor itself runs the guest (KVM), not QEMU in its place",
    accelerator === "kvm",
    `it runs by ${accelerator.toUpperCase()}`,
  );
}
