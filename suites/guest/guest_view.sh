# What a guest tells of itself: sections that begin with "## NAME" and end with "##". The last one
# never ends: it names what comes ("+ block/vdc …"), what goes ("- block/vdc") and then all that is
# there ("= …"). A definition of inventory() comes first.

first_line() { head -c 80 "/dev/$1" 2>/dev/null | head -n 1 | tr -d '\000'; }
link_name() { [ ! -e "$1" ] || basename "$(realpath "$1")"; }

# The first device of /sys/class/$1 that hangs on a driver $2, and the place of what is bound to it.
found_by() {
  for device in "/sys/class/$1"/*; do
    at=$(realpath "$device/device" 2>/dev/null)
    while [ -n "$at" ]; do
      [ "$(link_name "$at/driver")" != "$2" ] || { echo "${device##*/} $at" && return; }
      at=${at%/*}
    done
  done
}

echo "## boot"
cat /proc/sys/kernel/random/boot_id /proc/sys/kernel/random/boot_id
cat /sys/devices/system/clocksource/clocksource0/available_clocksource
echo "##"

echo "## inventory"
inventory
echo "##"

echo "## disks"
for disk in /sys/block/*; do echo "${disk##*/} $(first_line "${disk##*/}")"; done
echo "##"

echo "## written"
# The second MiB of the image is the guest's own to write.
cat /proc/sys/kernel/random/boot_id >/tmp/mark
[ ! -b /dev/vda ] || dd if=/tmp/mark of=/dev/vda bs=1M seek=1 conv=notrunc,fsync 2>&1
echo "##"

echo "## unbind"
set -- $(found_by block nvme)
address=${2##*/} driver=/sys/bus/pci/drivers/nvme
state() { echo "$1 $([ -b /dev/nvme0n1 ] && echo yes || echo no) $(link_name "$2/driver")"; }
state before "$2"
echo "$address" >$driver/unbind
state without "$2"
echo "$address" >$driver/bind
tries=0
until [ -b /dev/nvme0n1 ] || [ $tries -ge 500 ]; do
  tries=$((tries + 1))
  usleep 10000
done
state after "$2"
echo "##"

echo "## network"
ip addr add 10.0.2.15/24 dev eth0
ip link set eth0 up
for peer in 10.0.2.2 10.0.2.77; do
  ping -c 1 -W 1 $peer >/dev/null 2>&1
  echo "$peer $?"
done
echo "##"

echo "## interrupts"
set -- $(found_by block ahci)
disk=$1 irq=$(ls "$2/msi_irqs" 2>/dev/null | head -n 1)
echo "$disk $irq"
counts() { awk -v irq="$irq:" '$1 == irq { print $2, $3 }' /proc/interrupts; }
# 4 MiB from the disk itself: what was read before is forgotten.
read_disk() {
  blockdev --flushbufs "/dev/$disk"
  dd if="/dev/$disk" of=/dev/null bs=64k count=64 2>/dev/null
}
before=$(counts)
usleep 200000
echo "idle $before $(counts)"
for mask in 1 2; do # processor 0, processor 1
  echo $mask >"/proc/irq/$irq/smp_affinity"
  read_disk # an interrupt moves when it next comes
  before=$(counts)
  read_disk
  echo "mask$mask $before $(counts)"
done
(echo 4 >"/proc/irq/$irq/smp_affinity") 2>/dev/null && echo "absent taken" || echo "absent refused"
echo "##"

echo "## watch"
while :; do
  blockdev --flushbufs /dev/vdb
  echo "shared $(first_line vdb)"
  sleep 1
done &
seen=
while :; do
  now=" "
  for path in /sys/class/net/* /sys/class/block/* /sys/bus/pci/devices/* /sys/bus/usb/devices/*; do
    [ -e "$path" ] || continue
    path=${path#/sys/*/}
    now="$now${path/\/devices/} "
  done
  if [ "$now" != "$seen" ]; then
    for one in ${seen:+$now}; do
      case "$seen" in *" $one "*) continue ;; esac
      case $one in
        block/*) echo "+ $one $(first_line "${one#*/}")" ;;
        net/*)
          echo "+ $one $(link_name "/sys/class/$one/device/driver") $(cat "/sys/class/$one/address")"
          ;;
        *) echo "+ $one" ;;
      esac
    done
    for one in $seen; do case "$now" in *" $one "*) ;; *) echo "- $one" ;; esac; done
    echo "=$now"
    seen=$now
  fi
  usleep 50000
done
