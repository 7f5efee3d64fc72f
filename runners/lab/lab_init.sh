#!/bin/busybox sh
# The lab host's first process: loads what a distribution's init would, and becomes the agent that
# runs cellproof's commands.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
busybox mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs -o size=75% tmpfs /tmp
mount -t tmpfs tmpfs /run
mkdir -p /dev/shm
mount -t tmpfs tmpfs /dev/shm
ln -s /proc/self/fd /dev/fd
for name in stdin stdout stderr; do ln -s "/proc/self/fd/$((number))" "/dev/$name"; number=$((number + 1)); done
ip link set lo up
hostname cellproof-lab
modprobe -a virtio_pci virtio_console nvme e1000 e1000e kvm_amd

agent_port() {
  for port in /sys/class/virtio-ports/*; do
    [ "$(cat "$port/name" 2>/dev/null)" = agent ] && echo "/dev/${port##*/}"
  done
}

tries=0
until [ -n "$(agent_port)" ]; do
  tries=$((tries + 1))
  [ $tries -le 100 ] || { echo "cellproof: the agent's port did not appear"; poweroff -f; }
  busybox usleep 50000
done
exec qemu-ga --method virtio-serial --path "$(agent_port)" --statedir /run
