# What a guest says of the devices that it was given: its kernel, every PCI function, NVMe controllers and
# what their namespaces begin with. READ_MIB is set before: where it is not 0, the guest then reads as
# much of the passed device and of its virtual disk, and waits at points at which it reads nothing.
name_of() { [ -e "$1" ] && basename "$(realpath "$1")" || echo -; }
text() { [ -e "$1" ] && cat "$1" || echo -; }
# Past the cache of the guest, which would answer a second time in place of the device.
hash_of() { dd if="$1" bs=1048576 count=1 iflag=direct 2>/dev/null | sha256sum | cut -d ' ' -f 1; }
namespaces() {
  for disk in /sys/block/nvme*n*; do
    [ -e "$disk/nsid" ] || continue
    # Where several controllers may reach it, the path of each looks like a disk, and has no node.
    [ "$(text "$disk/hidden")" = 1 ] && continue
    echo "namespace $(cat "$disk/nsid") $(hash_of "/dev/${disk##*/}")"
  done
}
point() {
  echo "point $1"
  sleep 1
}

echo "kernel $(cat /proc/sys/kernel/random/boot_id)"
for function in /sys/bus/pci/devices/*; do
  echo "function ${function##*/}" \
    "$(cat "$function/vendor" "$function/device" "$function/subsystem_vendor" \
      "$function/subsystem_device" "$function/class" | tr '\n' ' ')$(name_of "$function/driver")"
done
for controller in /sys/class/nvme/nvme*; do
  [ -e "$controller" ] || continue
  echo "controller $(text "$controller/address") $(text "$controller/serial")"
done
namespaces
if [ "$READ_MIB" -gt 0 ]; then
  point idle
  point start
  dd if=/dev/nvme0n1 of=/dev/null bs=1048576 count="$READ_MIB" iflag=direct 2>&1 | tail -n 1
  point passed
  dd if=/dev/vda of=/dev/null bs=1048576 count="$READ_MIB" iflag=direct 2>&1 | tail -n 1
  point virtual
fi
echo "told all"
# The guest stays, and keeps its devices, until it is ended. What it reads meanwhile tells whether they
# still work beside those of others.
while sleep 2; do
  # shellcheck disable=SC2046 # all in one line
  echo "again" $(namespaces)
done
