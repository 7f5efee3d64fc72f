#!/bin/bash
# Prints what speaks for and against giving PCI functions to a guest, for plan_facts.ts. Reads only.
#
#   plan_facts.sh PREFIX [ADDRESS...]   PREFIX stands before /sys and /proc (tests have own trees)
#
# A section begins with "== NAME", and the last line is "== end". A line of a section is
# "./PATH<tab>TEXT" (one line of a file, or a fact), a line of `ls -ldn`, or a device number with the
# place where it was found; so no file's text can pass for a header. Whatever is missing is left out:
# the reader counts it against the device. Files are read in batches, without a process for each.
root=$1
shift
LC_ALL=C
export LC_ALL
unset CDPATH GREP_OPTIONS GREP_COLOR QUOTING_STYLE TIME_STYLE POSIXLY_CORRECT
shopt -s nullglob
exec 2>/dev/null

for tool in find grep ls sort stat tr xargs; do
  type -P "$tool" >/dev/null || echo "./missing	$tool"
done

# The paths of the arguments, each ended by a NUL. What follows a pattern's last star is not looked
# for first: that would cost as much as reading it.
paths() {
  local pattern rest
  for pattern in "$@"; do
    rest=${pattern##*\*}
    # shellcheck disable=SC2059,SC2086 # the pattern is to be expanded, the rest is our own text
    printf "%s$rest\0" ${pattern%"$rest"}
  done
}
# Every line of the files that standard input names.
lines() { xargs -0r grep -aZHs "" | tr '\0' '\t'; }

# files SECTION FOLDER PATTERN...: every line of these files.
files() {
  echo "== $1"
  (cd "$root/$2" && shift 2 && paths "$@" | lines)
}
# links SECTION FOLDER PATTERN...: where these links lead.
links() {
  echo "== $1"
  (cd "$root/$2" && shift 2 && paths "$@" | xargs -0r ls -ldn)
}
fact() { printf './%s\t%s\n' "$1" "${2//$'\n'/ }"; }

# The first of these by which the kernel has a module.
module() {
  local builtin="$root/lib/modules/$release/modules.builtin"
  if [ -d "$root/sys/module/${1//-/_}" ] || [ -d "$root/sys/bus/pci/drivers/$1" ]; then
    fact "$1" loaded
  elif grep -qs "/${1//_/[-_]}\.ko" "$builtin" || modprobe -n -q "$1"; then
    fact "$1" available
  else
    fact "$1" absent
  fi
}

echo "== system"
read -r release <"$root/proc/sys/kernel/osrelease"
fact uid "$EUID"
fact self "$$"
module vfio-pci
module vfio_iommu_type1
(cd "$root/proc" && stat -L -c './namespace	%i' ./self/ns/pid)
(cd "$root/proc" && grep -aZHs -m1 '^vendor_id' ./cpuinfo | tr '\0' '\t')

files pci sys/bus/pci/devices './*/class' './*/vendor' './*/device' './*/subsystem_vendor' \
  './*/subsystem_device' './*/driver_override' './*/reset_method' './*/sriov_totalvfs' \
  './*/sriov_numvfs' './*/boot_vga'
links pci-links sys/bus/pci/devices './*/driver' './*/iommu_group' './*/physfn'
echo "== pci-present"
(cd "$root/sys/bus/pci/devices" && for path in ./*; do fact "${path#./}" function; done
  for path in ./*/reset; do fact "${path#./}" reset; done
  for path in ./*/net; do fact "${path#./}" network; done)
links groups sys/kernel/iommu_groups './*/devices/*'
files group-names sys/kernel/iommu_groups './*/name'

# The number of every node of these functions, however deep below them.
echo "== nodes"
(cd "$root/sys/bus/pci/devices" && for address in "$@"; do
  find "./$address/" -name dev -type f -print0
done | lines)
files nvme sys/class/nvme './*/serial'
links nvme-links sys/class/nvme './*'
links nvme-subsystems sys/class/nvme-subsystem './*/nvme*'
files generic sys/class/nvme-generic './*/dev'
links generic-links sys/class/nvme-generic './*'
files vfio sys/class/vfio './*/dev'
(cd "$root/proc/driver/nvidia/gpus" && echo "== nvidia" && paths './*/information' |
  xargs -0r grep -aZHs '^Device Minor' | tr '\0' '\t')

files block sys/class/block './*/dev'
links block-links sys/class/block './*' './*/slaves/*'
# Each mount namespace once: what is mounted in a container is in use as well.
echo "== mounts"
(cd "$root/proc" && paths './[0-9]*/ns/mnt' | xargs -0r stat -L -c '%i %n' | sort -u -k1,1 |
  while read -r _ path; do printf '%s\0' "${path%/ns/mnt}/mountinfo"; done | lines)
# File systems that list their disks by name, in whichever mount namespace they are mounted.
echo "== filesystems"
(cd "$root/sys/fs" && for path in ./{ext4,xfs,f2fs,jfs,erofs,exfat,btrfs/*/devices}/*; do
  fact "${path##*/}" "$path"
done)
links bcachefs sys/fs/bcachefs './*/dev-*/block'
files swaps proc ./swaps
# Files and nodes that the kernel itself holds open: loop devices, swap, exports to other hosts.
echo "== held"
held() { [ -b "$2" ] && stat -L -c "%t:%T %f ./$1" -- "$2"; }
for file in "$root"/sys/class/block/loop*/loop/backing_file; do
  read -r path <"$file" && loop=${file%/loop/backing_file} && held "${loop##*/}" "$path"
done
while read -r path _; do held swap "$(printf %b "$path")"; done <"$root/proc/swaps"
for file in "$root"/sys/kernel/config/nvmet/subsystems/*/namespaces/*/device_path \
  "$root"/sys/kernel/config/target/core/*/*/udev_path; do
  read -r path <"$file" && held export "$path"
done
# ZFS leaves no trace of its disks in sysfs.
echo "== zfs"
for pool in "$root"/proc/spl/kstat/zfs/*/; do
  fact pool "${pool%/}"
done
if [ -d "$root/proc/spl/kstat/zfs" ]; then
  zpool list -vHPL | while read -r path _; do
    [ -b "$path" ] && stat -L -c '%t:%T %f ./zfs' -- "$path"
  done
fi

# The device numbers of every open file, by the file that it really is and not by its name.
echo "== open"
exec 9<"$root/dev/null"
(cd "$root/proc" && paths './[0-9]*/fd/*' | xargs -0r stat -L -c '%t:%T %f %n' | grep -v '^0:0 ')
files processes proc './[0-9]*/comm'

files network sys/class/net './*/flags'
links network-links sys/class/net './*' './*/upper_*'
files routes proc ./net/route ./net/ipv6_route ./net/if_inet6
echo "== addresses"
while read -r line; do fact address "$line"; done < <(ip -o address show)
# Whether `ip` came to its end: without it no interface is known to have no address.
wait "$!" && fact listed yes
# The ancestors' environments tell of an SSH session even under sudo.
echo "== ssh"
process=$PPID
while [ "${process:-0}" -gt 0 ]; do
  printf '%s\0' "./$process/environ"
  read -r stat <"$root/proc/$process/stat" || break
  read -r _ process _ <<<"${stat##*) }"
done | (cd "$root/proc" && xargs -0r grep -azhso '^SSH_CONNECTION=[0-9A-Za-z.:% ]*' |
  while IFS= read -r -d '' line; do fact ssh "$line"; done)
echo "== end"
