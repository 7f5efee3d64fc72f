/**
 * The lab: a machine that QEMU emulates as a whole, with an IOMMU, an NVMe device of virtual
 * functions, a plain one, and network devices, of which two share an IOMMU group. It plays the host
 * of a passthrough where there is no hardware for one. Its processor is emulated, with AMD's
 * virtualization, so that it can boot guests of its own by KVM.
 *
 * @module
 */
import { parsePciAddress, type PciAddress } from "../pci/pci_address.ts";
import { optionText } from "../guest/guest_devices.ts";
import type { LabImage } from "./lab_image.ts";

/** The PCI addresses that the machine's devices come to have. */
export const LAB_DEVICES = {
  /** An NVMe device with SR-IOV; its namespaces 2 and 3 are attached to no controller. */
  physicalFunction: address("0000:01:00.0"),
  /** An NVMe device with an IOMMU group of its own. */
  plain: address("0000:02:00.0"),
  /** A network device with an IOMMU group of its own. */
  nic: address("0000:03:00.0"),
  /** Two network devices that share an IOMMU group. */
  groupMates: [address("0000:05:01.0"), address("0000:05:02.0")],
} as const;

/** The folder in the lab that stands for the project's cache. */
export const LAB_CACHE = "/cellproof";

/** Its disks: what QEMU calls each, and the size. */
export const LAB_DISKS = [
  { name: "shared", bytes: 64 * 2 ** 20 },
  { name: "first", bytes: 64 * 2 ** 20 },
  { name: "second", bytes: 64 * 2 ** 20 },
  { name: "plain", bytes: 1280 * 2 ** 20 },
] as const;

/** By this name a processor says that QEMU's own translator plays it (`-cpu max` says the same). */
const CPU = "qemu64,+svm,+npt,model-id=QEMU TCG CPU version 2.5+";
const ROOT_PORTS = 4;

const DEVICES: readonly string[] = [
  "intel-iommu,intremap=on,caching-mode=on,device-iotlb=on",
  ...Array.from({ length: ROOT_PORTS }, (_, index) => {
    const number = index + 1;
    return `pcie-root-port,id=port${number},bus=pcie.0,chassis=${number},slot=${number}`;
  }),
  "nvme-subsys,id=subsystem,nqn=cellproof-lab",
  "nvme,id=functions,serial=CELLPROOF-PF,subsys=subsystem,bus=port1,sriov_max_vfs=4," +
  "sriov_vq_flexible=8,sriov_vi_flexible=4,max_ioqpairs=12,msix_qsize=9",
  "nvme-ns,drive=shared,bus=functions,nsid=1,shared=on",
  "nvme-ns,drive=first,bus=functions,nsid=2,shared=on,detached=on",
  "nvme-ns,drive=second,bus=functions,nsid=3,shared=on,detached=on",
  "nvme,id=plain,serial=CELLPROOF-PLAIN,drive=plain,bus=port2",
  "e1000e,netdev=net0,bus=port3,romfile=",
  "pcie-pci-bridge,id=bridge,bus=port4",
  "e1000,netdev=net1,bus=bridge,addr=1,romfile=",
  "e1000,netdev=net2,bus=bridge,addr=2,romfile=",
];

/** QEMU's command for the lab, which lives in `folder`. */
export function labArguments(image: LabImage, folder: string): [string, ...string[]] {
  return [
    "qemu-system-x86_64",
    ...["-accel", "tcg,thread=multi", "-cpu", CPU],
    ...["-M", "q35,kernel-irqchip=split", "-smp", "2", "-m", "5120"],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    ...["-kernel", image.kernel, "-initrd", image.initramfs],
    ...[
      "-append",
      "console=ttyS0 quiet panic=-1 intel_iommu=on transparent_hugepage=never nvme_core.io_timeout=5",
    ],
    ...["-serial", `file:${labConsole(folder)}`],
    ...[
      "-chardev",
      `pipe,id=agent,path=${optionText(agentPipe(folder))}`,
      "-device",
      "virtio-serial-pci",
    ],
    ...["-device", "virtserialport,chardev=agent,name=agent"],
    ...LAB_DISKS.flatMap(({ name }) => ["-blockdev", blockdev(name, folder)]),
    ...["net0", "net1", "net2"].flatMap((id) => ["-netdev", `user,id=${id},restrict=on`]),
    ...DEVICES.flatMap((device) => ["-device", device]),
  ];
}

/** The pipe behind which the agent listens. */
export function agentPipe(folder: string): string {
  return `${folder}/agent`;
}

/** Where the lab's console is logged. */
export function labConsole(folder: string): string {
  return `${folder}/console.log`;
}

/** The file of a disk. */
export function diskPath(name: string, folder: string): string {
  return `${folder}/${name}.img`;
}

function blockdev(name: string, folder: string): string {
  const file = optionText(diskPath(name, folder));
  return `driver=raw,node-name=${name},file.driver=file,file.filename=${file}`;
}

function address(text: string): PciAddress {
  const parsed = parsePciAddress(text);
  if (parsed === null) throw new TypeError(`lab: "${text}" is no PCI address`);
  return parsed;
}
