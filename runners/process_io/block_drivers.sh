# Prints the nearest driver of each device that the block device $1 rests on; any sh runs it.
drivers() {
  local slave path
  for slave in /sys/class/block/"$1"/slaves/*; do
    [ -e "$slave" ] && drivers "${slave##*/}"
  done
  driver_above "/sys/class/block/$1"
  # An NVMe disk with several paths hangs on a subsystem without a driver, beside its controllers.
  for path in /sys/class/block/"$1"/device/nvme*/device; do
    [ -e "$path" ] && driver_above "$path"
  done
}

# Prints the driver of the device at $1, or of the nearest one above it that has one.
driver_above() {
  local at
  at=$(realpath "$1" 2>/dev/null)
  while [ "${at#/sys/devices/}" != "$at" ]; do
    [ -e "$at/driver" ] && { basename "$(realpath "$at/driver")"; return; }
    at=${at%/*}
  done
}
