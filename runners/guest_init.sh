#!/bin/busybox sh
# The guest's first process: runs one fio job and hands back one document.
#
# The job comes through QEMU's fw_cfg: opt/cellproof/model names the disk to be measured, and
# opt/cellproof/arguments holds fio's arguments, one a line. The document goes to the virtio-serial
# port "result". Whatever fails ends the guest without a document; the console says why.
export PATH=/bin
/bin/busybox mkdir -p /proc /sys /dev /tmp
/bin/busybox mount -t proc proc /proc
/bin/busybox --install -s /bin
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev

give_up() {
  cat /tmp/insmod
  echo "cellproof: $1"
  poweroff -f
}

# Loads a list of modules. A processor without some instruction refuses modules that have a generic
# twin in the same list, so failures are kept and shown only when something is missing later.
load() {
  while read -r module; do insmod "/modules/$module" 2>>/tmp/insmod; done <"/modules/$1"
}

result_port() {
  for port in /sys/class/virtio-ports/*; do
    [ "$(cat "$port/name" 2>/dev/null)" = result ] && echo "/dev/${port##*/}"
  done
}

# A field of every device from the disk up to its root that has it, the nearest first.
ascend() {
  at=$(realpath "/sys/block/$disk/device")
  while [ -n "$at" ] && [ "$at" != /sys/devices ]; do
    "$1"
    at=${at%/*}
  done
}
driver() { [ ! -e "$at/driver" ] || basename "$(realpath "$at/driver")"; }
pci_id() { [ ! -e "$at/class" ] || echo "$(cat "$at/vendor"):$(cat "$at/device")"; }

# Marks every line of a text, so that no text can pass for a header.
section() {
  echo "# $1"
  awk '{ print "| " $0 }'
}

document() {
  echo "cellproof guest document 1"
  section fio_status </tmp/status
  section fio_stdout </tmp/stdout
  section fio_stderr </tmp/stderr
  section boot_id </proc/sys/kernel/random/boot_id
  section kernel </proc/sys/kernel/osrelease
  section uptime </tmp/uptime
  section drivers </tmp/drivers
  section pci_ids </tmp/pci_ids
  dmesg | grep -E 'completion polled|I/O error|I/O .* timeout|hung task|exception Emask|BUG:' |
    tail -n 50 | section kernel_errors
}

load base
job=/sys/firmware/qemu_fw_cfg/by_name/opt/cellproof
cat $job/model/raw >/tmp/model || give_up "no job was given"
cat $job/arguments/raw >/tmp/arguments || give_up "no arguments were given"
read -r model </tmp/model
case $model in
  virtio-blk) disk=vda ;;
  nvme) disk=nvme0n1 ;;
  ahci) disk=sda ;;
  none) disk= ;;
  *) give_up "unknown disk model $model" ;;
esac
: >/tmp/drivers
: >/tmp/pci_ids
if [ -n "$disk" ]; then
  load "$model"
  tries=0
  until [ -b "/dev/$disk" ]; do # controllers are probed in the background
    tries=$((tries + 1))
    [ $tries -le 1000 ] || give_up "the disk /dev/$disk did not appear"
    usleep 10000
  done
  ascend driver >/tmp/drivers
  ascend pci_id >/tmp/pci_ids
fi

for shared in dev proc sys; do mount -o bind /$shared /tools/$shared; done
mount -t tmpfs tmpfs /tools/tmp
mkdir -p /dev/shm
mount -t tmpfs tmpfs /dev/shm
set --
while IFS= read -r argument; do set -- "$@" "$argument"; done </tmp/arguments

cut -d ' ' -f 1 /proc/uptime >/tmp/uptime
chroot /tools /fio "$@" >/tmp/stdout 2>/tmp/stderr </dev/null
echo $? >/tmp/status
cut -d ' ' -f 1 /proc/uptime >>/tmp/uptime

document >/tmp/document
echo "# end $(wc -l </tmp/document)" >>/tmp/document
cat /tmp/document >"$(result_port)" || give_up "the result port did not take the document"
poweroff -f
