/**
 * What a host can decide: every claim by what it needs, and whether that is here.
 *
 * @module
 */
import type { CudaProgram } from "../runners/cuda/cuda_programs.ts";
import type { Host } from "../runners/host.ts";
import type { ToolReport } from "../runners/setup/tools.ts";
import type { PassthroughOutlook } from "../runners/vfio/givable.ts";
import { type Check, CHECKS } from "./checks.ts";
import { CLAIMS } from "./claims/claims.ts";
import { gpuCures } from "./doctor_gpus.ts";
import {
  GUEST_KERNEL,
  needInWords,
  type NeedName,
  needsOfPart,
  VIRTUAL_FUNCTIONS,
} from "./doctor_needs.ts";
import type { HostDescription } from "./result.ts";
import { checkOfPart, type Part, partsOf } from "./rules/rule.ts";
import { ruleOf } from "./rules/rules.ts";

/** What was found. */
export interface Findings {
  readonly host: HostDescription;
  readonly tools: readonly ToolReport[];
  readonly guestKernel: boolean;
  readonly features: HostFeatures;
  readonly passthrough: PassthroughOutlook;
  readonly cudaPrograms: readonly CudaProgram[];
}

/** What the host itself has, as far as that is seen without trying. */
export interface HostFeatures {
  readonly root: boolean;
  /** `/dev/kvm` is there; whether guests boot with it, a run tries. */
  readonly kvmDevice: boolean;
  /** NVIDIA's GPUs that have a node in `/dev`. */
  readonly nvidiaNodes: number;
  /** A PCIe link, a USB controller, a network port with a speed, as sysfs shows them. */
  readonly pcie: boolean;
  readonly usb: boolean;
  readonly networkPort: boolean;
  readonly infiniband: boolean;
}

/** Names what sysfs shows; a virtual network device has no `device`. */
const LOOK = `
for link in /sys/bus/pci/devices/*/current_link_speed; do
  [ -e "$link" ] && echo pcie && break
done
[ -e /sys/bus/usb/devices/usb1 ] && echo usb
for port in /sys/class/net/*/; do
  [ -e "$port/device" ] && grep -qs '^[1-9]' "$port/speed" && echo network-port && break
done
for adapter in /sys/class/infiniband/*; do
  [ -e "$adapter" ] && echo infiniband && break
done
exit 0
`;

/** One thing that claims need. */
export interface Need {
  readonly what: NeedName;
  /** In words. */
  readonly title: string;
  /** How many claims need it (each may need others too). */
  readonly claims: number;
  /** What keeps it from being here, or how to get it; null when it is here, as far as is known. */
  readonly cure: string | null;
}

/** A check, and what it lacks here. */
export interface CheckFindings {
  readonly check: Check;
  /** How many claims rest on it. */
  readonly claims: number;
  /** For how many of them nothing that the check itself needs is missing. */
  readonly measurable: number;
  /** What some of its observations or arms lack. */
  readonly lacks: readonly NeedName[];
}

export interface Examination extends Findings {
  /** What the host itself must have. */
  readonly needs: readonly Need[];
  readonly checks: readonly CheckFindings[];
  readonly editorial: number;
  /** Claims for which every need is met; they may still come out as inconclusive. */
  readonly measurable: number;
  readonly total: number;
}

/** Looks for what claims need of the host itself. */
export async function findFeatures(host: Host): Promise<HostFeatures> {
  const user = await host.run({ argv: ["id", "-u"], timeoutSeconds: 10 });
  const looked = await host.run({ argv: ["sh", "-c", LOOK], timeoutSeconds: 10 });
  const shown = looked.stdout.split("\n");
  const nodes = await host.readFolder("/dev") ?? [];
  return {
    root: user.stdout.trim() === "0",
    kvmDevice: nodes.includes("kvm"),
    nvidiaNodes: nodes.filter((name) => /^nvidia\d+$/.test(name)).length,
    pcie: shown.includes("pcie"),
    usb: shown.includes("usb"),
    networkPort: shown.includes("network-port"),
    infiniband: shown.includes("infiniband"),
  };
}

/** Sets what the claims need against what was found. */
export function examine(findings: Findings): Examination {
  const rules = CLAIMS.flatMap(({ id }) => ruleOf(id) ?? []);
  const claims = rules.map(partsOf);
  const cures = curesOf(findings);
  return {
    ...findings,
    needs: needsOf(claims, cures),
    checks: examineChecks(claims, cures),
    editorial: rules.filter(({ kind }) => kind === "editorial").length,
    measurable:
      claims.filter((parts) => parts.length > 0 && lacksOf(parts, cures).size === 0).length,
    total: CLAIMS.length,
  };
}

/** What is not here, each with the cure. */
function curesOf(findings: Findings): Map<NeedName, string> {
  const { host, tools, guestKernel, features, cudaPrograms } = findings;
  const known: [is: boolean, name: NeedName, cure: string][] = [
    [guestKernel, GUEST_KERNEL, "deno task bench --setup downloads it."],
    [host.bareMetal, "bare-metal", `What is native here runs ${host.environment}.`],
    [features.root, "root", "Run as root."],
    [features.kvmDevice, "kvm", "There is no /dev/kvm: guests are emulated."],
    [features.pcie, "pcie", "sysfs shows no current_link_speed of a PCI device."],
    [features.usb, "usb", "sysfs shows no USB controller."],
    [features.networkPort, "network-port", "sysfs shows no speed of a network device."],
    [features.infiniband, "infiniband", "sysfs shows no InfiniBand adapter."],
    [false, "fleet", "Run it on many hosts, and merge what they give: deno task merge RESULT ..."],
  ];
  const missing = known.filter(([is]) => !is).map(([, name, cure]) => [name, cure] as const);
  return new Map([
    ...tools.flatMap(({ name, cure }) => cure === null ? [] : [[name, cure] as const]),
    ...missing,
    ...gpuCures(host, { nodes: features.nvidiaNodes, cudaPrograms }),
    ...passthroughCures(findings),
  ]);
}

/** What keeps this host from giving away an NVMe device, and one with virtual functions. */
function passthroughCures({ host, passthrough }: Findings): [NeedName, string][] {
  const { hasIommu, refusal, devices } = passthrough;
  const free = devices.filter((device) => device.refusal === null);
  if (refusal !== null || free.length === 0) {
    const none = devices.length === 0
      ? "This host has no NVMe device."
      : "Each NVMe device of this host has something against it.";
    const cure = refusal === null ? none : hasIommu ? refusal : `${refusal}\n${iommuHint(host)}`;
    return [["iommu", cure], [VIRTUAL_FUNCTIONS, "It must be one that could be given away."]];
  }
  return free.some(({ totalVfs }) => totalVfs > 0)
    ? []
    : [[VIRTUAL_FUNCTIONS, "None of the devices that could be given has SR-IOV."]];
}

/** Where the kernel's parameters are, or who else has to do it. */
function iommuHint({ bareMetal, environment }: HostDescription): string {
  return bareMetal
    ? "Debian and Ubuntu: parameters go into GRUB_CMDLINE_LINUX in /etc/default/grub; then run " +
      "update-grub, and reboot."
    : `But what is native here runs ${environment}: whoever runs that must first give it an IOMMU.`;
}

function examineChecks(
  claims: readonly (readonly Part[])[],
  cures: ReadonlyMap<NeedName, string>,
): CheckFindings[] {
  return (Object.keys(CHECKS) as Check[]).map((check) => {
    const own = claims.map((parts) => parts.filter((part) => checkOfPart(part) === check))
      .filter((parts) => parts.length > 0);
    const measurable = own.filter((parts) => lacksOf(parts, cures).size === 0).length;
    return { check, claims: own.length, measurable, lacks: [...lacksOf(own.flat(), cures)] };
  }).filter(({ claims }) => claims > 0);
}

function needsOf(
  claims: readonly (readonly Part[])[],
  cures: ReadonlyMap<NeedName, string>,
): Need[] {
  const needs = claims.map((parts) => new Set(parts.flatMap((part) => [...needsOfPart(part)])));
  return [...new Set(needs.flatMap((one) => [...one]))].map((what) => ({
    what,
    title: needInWords(what),
    claims: needs.filter((one) => one.has(what)).length,
    cure: cures.get(what) ?? null,
  }));
}

function lacksOf(parts: readonly Part[], cures: ReadonlyMap<NeedName, string>): Set<NeedName> {
  return new Set(parts.flatMap((part) => [...needsOfPart(part)].filter((need) => cures.has(need))));
}
