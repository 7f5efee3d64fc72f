#!/bin/busybox sh
# The guest's first process: runs one script as root and hands back what it said.
#
# The job comes through QEMU's fw_cfg, below opt/cellproof: "modules" names lists of modules to load,
# "nodes" names block and network devices to wait for ("block/vda", "net/eth0"), "script" is run by
# sh, and "reports" says how: "document" hands back one whole document, "lines" each line at once.
# Both go to the virtio-serial port "result". Whatever fails ends the guest without a document; the
# console says why.
export PATH=/programs:/bin
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
  while read -r module; do
    [ -d "/sys/module/$(echo "${module%.ko}" | tr - _)" ] || insmod "/modules/$module" 2>>/tmp/insmod
  done <"/modules/$1"
}

result_port() {
  for port in /sys/class/virtio-ports/*; do
    [ "$(cat "$port/name" 2>/dev/null)" = result ] && echo "/dev/${port##*/}"
  done
}

# Controllers are probed in the background.
await() {
  tries=0
  until [ -e "/sys/class/$1" ]; do
    tries=$((tries + 1))
    [ $tries -le 1000 ] || return
    usleep 10000
  done
}

# A device, its drivers up to its root and its PCI ids up to its root, the nearest first.
describe() {
  drivers= ids= at=$(realpath "/sys/class/$1/device")
  while [ -n "$at" ] && [ "$at" != /sys/devices ]; do
    [ ! -e "$at/driver" ] || drivers=$drivers,$(basename "$(realpath "$at/driver")")
    [ ! -e "$at/class" ] || ids=$ids,$(cat "$at/vendor"):$(cat "$at/device")
    at=${at%/*}
  done
  echo "${1#*/} ${drivers#,} ${ids#,}"
}

# Marks every line, so that no text can pass for a header.
lines() {
  echo "# $1"
  awk '{ print "| " $0 }'
}
# The same for a text that must come back as it was: with one line break more, its end shows. sed
# takes a NUL for the end of a line.
text() {
  echo "# $1"
  { tr -d '\000'; echo; } | sed 's/^/| /'
}
uptime_seconds() { cut -d ' ' -f 1 /proc/uptime; }

document() {
  echo "cellproof guest document 2"
  lines status </tmp/status
  text stdout </tmp/stdout
  text stderr </tmp/stderr
  lines boot_id </proc/sys/kernel/random/boot_id
  lines kernel </proc/sys/kernel/osrelease
  lines uptime </tmp/uptime
  lines devices </tmp/devices
  dmesg | grep -E 'completion polled|I/O error|I/O .* timeout|hung task|exception Emask|BUG:' |
    tail -n 50 | lines kernel_errors
}

# busybox's shell takes its own applets for a command, before the PATH: functions come first.
prefer_programs() {
  for program in /programs/*; do
    busybox --list | grep -Fqx "${program##*/}" && printf '%s() { %s "$@"; }; ' "${program##*/}" "$program"
  done
}

load base
# A port gets its name a little after it appears.
tries=0
until port=$(result_port) && [ -n "$port" ]; do
  tries=$((tries + 1))
  [ $tries -le 1000 ] || give_up "the result port did not appear"
  usleep 10000
done
job=/sys/firmware/qemu_fw_cfg/by_name/opt/cellproof
for part in modules nodes reports script; do
  [ $part != script ] || prefer_programs >/tmp/script
  cat "$job/$part/raw" >>"/tmp/$part" || give_up "the job lacks its $part"
done
read -r reports </tmp/reports
while read -r list; do [ -z "$list" ] || load "$list"; done </tmp/modules
: >/tmp/devices
while read -r node; do
  [ -n "$node" ] || continue
  # A script that is followed line by line sees for itself what there is.
  await "$node" || [ "$reports" = lines ] || give_up "the device $node did not appear"
  describe "$node" >>/tmp/devices
done </tmp/nodes

for shared in dev proc sys; do mount -o bind /$shared /tools/$shared; done
mount -t tmpfs tmpfs /tools/tmp
mkdir -p /dev/shm
mount -t tmpfs tmpfs /dev/shm
ip link set lo up

if [ "$reports" = lines ]; then
  { sh /tmp/script </dev/null 2>&1; echo $? >/tmp/status; } |
    awk '{ print "guest: " $0; fflush() }' >"$port" || give_up "the result port took no lines"
  echo "guest-status: $(cat /tmp/status)" >"$port"
  poweroff -f
fi
uptime_seconds >/tmp/uptime
sh /tmp/script >/tmp/stdout 2>/tmp/stderr </dev/null
echo $? >/tmp/status
uptime_seconds >>/tmp/uptime
document >/tmp/document
echo "# end $(wc -l </tmp/document)" >>/tmp/document
cat /tmp/document >"$port" || give_up "the result port did not take the document"
poweroff -f
