/**
 * Reads settings that were written down as JSON: what is not exactly one of them is none.
 *
 * @module
 */
import { isObject, isText } from "../json_values.ts";
import { parsePciAddress, type PciAddress } from "../pci/pci_address.ts";
import type { HostSetting } from "./setting.ts";

/** NVMe numbers controllers in 16 bits. */
const LARGEST_CONTROLLER = 65535;
/** NVMe numbers namespaces in 32 bits; the last of them means all. */
const LARGEST_NAMESPACE = 2 ** 32 - 2;
/** NVML counts profiles and slices in 32 bits; no GPU has as many as fit into 8. */
const LARGEST_MIG_NUMBER = 255;
const GPU_UUID = /^GPU-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type Fields = Readonly<Record<string, unknown>>;

/** The setting that a JSON value is; null for anything else, and for one with further fields. */
export function parseSetting(value: unknown): HostSetting | null {
  if (!isObject(value)) return null;
  const setting = settingOf({ ...value });
  if (setting === null) return null;
  return Object.keys(setting).length === Object.keys(value).length ? setting : null;
}

function settingOf(fields: Fields): HostSetting | null {
  const { kind, name } = fields;
  if (kind === "kernel-module") {
    return isText(name) && /^[A-Za-z0-9_-]{1,64}$/.test(name) && !name.startsWith("-")
      ? { kind, name }
      : null;
  }
  if (kind === "mig-instance") return migInstance(fields);
  const address = addressOf(fields["address"]);
  if (address === null) return null;
  if (kind === "pci-driver" || kind === "sriov-autoprobe" || kind === "sriov-vfs") {
    return { kind, address };
  }
  return kind === "nvme-secondary" || kind === "nvme-namespace"
    ? nvmeSetting(kind, address, fields)
    : null;
}

function nvmeSetting(
  kind: "nvme-secondary" | "nvme-namespace",
  address: PciAddress,
  { controllerId, namespaceId }: Fields,
): HostSetting | null {
  if (!isWhole(controllerId, LARGEST_CONTROLLER)) return null;
  if (kind === "nvme-secondary") return { kind, address, controllerId };
  if (!isWhole(namespaceId, LARGEST_NAMESPACE) || namespaceId === 0) return null;
  return { kind, address, namespaceId, controllerId };
}

function migInstance({ uuid, profileId, start }: Fields): HostSetting | null {
  if (!isText(uuid) || !GPU_UUID.test(uuid)) return null;
  return isWhole(profileId, LARGEST_MIG_NUMBER) && isWhole(start, LARGEST_MIG_NUMBER)
    ? { kind: "mig-instance", uuid, profileId, start }
    : null;
}

/** Only the whole address as sysfs writes it. */
function addressOf(value: unknown): PciAddress | null {
  const address = isText(value) ? parsePciAddress(value) : null;
  return address === value ? address : null;
}

function isWhole(value: unknown, largest: number): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= largest;
}
