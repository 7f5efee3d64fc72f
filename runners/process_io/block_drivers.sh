# Prints the nearest driver of each device that the block device $1 rests on; any sh runs it.
drivers() {
  local slave at
  for slave in /sys/class/block/"$1"/slaves/*; do
    [ -e "$slave" ] && drivers "${slave##*/}"
  done
  at=$(realpath "/sys/class/block/$1/device" 2>/dev/null) || return
  while [ "${at#/sys/devices/}" != "$at" ]; do
    [ -e "$at/driver" ] && { basename "$(realpath "$at/driver")"; return; }
    at=${at%/*}
  done
}
