#!/bin/sh
# Prints what the kernel shows of its machine, for inventory.ts: devices, links, interrupts.
#
#   inventory.sh [PREFIX]     PREFIX stands before /sys, /proc, /dev and /etc (tests have own trees)
#
# A section begins with "== NAME", and the last line is "== end". A line of a section is either
# "PATH:TEXT" (one line of a file) or a line of `ls -ldn` (a link or a device node), so no file's
# text can pass for a header. Whatever is missing or unreadable is left out. Files are read in
# batches: a machine may have thousands of devices, so there is no process for each of them.
root=${1-}
LC_ALL=C
export LC_ALL
unset CDPATH GREP_OPTIONS GREP_COLOR QUOTING_STYLE TIME_STYLE POSIXLY_CORRECT
exec 2>/dev/null

# The paths of the arguments, each ended by a NUL. A pattern is expanded up to its last star, and what
# follows is added unseen: looking for it first would cost as much as reading it.
paths() {
  for pattern in "$@"; do
    rest=${pattern##*\*}
    # shellcheck disable=SC2059,SC2086 # the pattern is to be expanded, the rest is our own text
    printf "%s$rest\n" ${pattern%"$rest"}
  done | tr '\n' '\0'
}

# files SECTION FOLDER PATTERN...: every line of these files.
files() {
  echo "== $1"
  (cd "$root/$2" && shift 2 && paths "$@" | xargs -0 grep -aHs "")
}

# links SECTION FOLDER PATTERN...: where these links lead.
links() {
  echo "== $1"
  (cd "$root/$2" && shift 2 && paths "$@" | xargs -0 ls -ldn)
}

files system "" ./proc/sys/kernel/osrelease ./proc/sys/kernel/random/boot_id ./etc/os-release \
  ./sys/devices/system/cpu/online

# Every device of these buses, with its place in the tree, and its driver.
set --
for bus in pci pci_express usb virtio scsi mmc platform xen vmbus auxiliary; do
  set -- "$@" "./$bus/devices/*" "./$bus/devices/*/driver"
done
links devices sys/bus "$@"

files pci sys/bus/pci/devices './*/class' './*/vendor' './*/device' './*/subsystem_vendor' \
  './*/subsystem_device' './*/current_link_speed' './*/current_link_width' './*/max_link_speed' \
  './*/max_link_width' './*/sriov_totalvfs' './*/sriov_numvfs' './*/numa_node' './*/removable' \
  './*/ari_enabled'
links pci-links sys/bus/pci/devices './*/iommu_group' './*/physfn'
files slots sys/bus/pci/slots './*/address' './*/power' './*/adapter' './*/max_bus_speed' \
  './*/cur_bus_speed'

files usb sys/bus/usb/devices './*/idVendor' './*/idProduct' './*/speed' './*/bDeviceClass' \
  './*/bInterfaceClass' './*/product' './*/maxchild' './*/version'

files block sys/class/block './*/dev' './*/size' './*/ro' './*/removable' './*/partition' \
  './*/queue/rotational' './*/queue/logical_block_size' './*/device/model' './*/device/vendor' \
  './*/device/serial' './*/serial' './*/device/transport' './*/loop/backing_file' './*/dm/name'
links block-links sys/class/block './*' './*/slaves/*'
files nvme sys/class/nvme './*/transport' './*/model' './*/serial'
links nvme-links sys/class/nvme-subsystem './*/nvme*'
files scsi-hosts sys/class/scsi_host './*/proc_name'
files fc-hosts sys/class/fc_host './*/port_state' './*/speed'

files net sys/class/net './*/speed' './*/duplex' './*/operstate' './*/carrier' './*/address' \
  './*/type' './*/uevent' './*/dev' './*/tap*/dev' './*/macvtap/*/dev' './*/ipvtap/*/dev'
links net-links sys/class/net './*' './*/device' './*/lower_*'
files infiniband sys/class/infiniband './*/ports/*/rate' './*/ports/*/state' \
  './*/ports/*/link_layer'

links iommu sys/class/iommu './*'
links iommu-groups sys/kernel/iommu_groups './*/devices/*'
files iommu-types sys/kernel/iommu_groups './*/type'

files interrupts proc ./interrupts
files affinity proc/irq './*/smp_affinity_list' './*/effective_affinity_list'
files tables proc ./devices ./mounts ./net/arp

echo "== nodes"
(cd "$root/dev" && find . -xdev \( -type b -o -type c -o -type l \) -print0 | xargs -0 ls -ldn)
echo "== end"
