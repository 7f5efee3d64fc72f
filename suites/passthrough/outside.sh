# What the host says of the PCI function $1: its driver, its NVMe controllers, and for each of the disks
# that follow whether it is there and what it begins with. Nothing is ever opened but a block device.
function=/sys/bus/pci/devices/$1
shift
[ -e "$function" ] && echo "ids $(cat "$function/vendor" "$function/device" |
  tr '\n' ' ')" || echo "ids"
[ -e "$function/driver" ] && echo "driver $(basename "$(realpath "$function/driver")")" || echo "driver"
for controller in "$function"/nvme/nvme*; do
  [ -e "$controller" ] && echo "controller $(cat "$controller/serial")"
done
driver=$(basename "$(realpath "$function/driver")")
for disk; do
  node=/dev/$disk
  # A driver that was just bound makes its disks a little later.
  tries=0
  until [ -b "$node" ] || [ "$driver" = vfio-pci ] || [ $((tries += 1)) -gt 100 ]; do sleep 0.1; done
  if [ -b "$node" ] && hash=$(set -o pipefail; dd if="$node" bs=1048576 count=1 2>/dev/null | sha256sum); then
    echo "disk $disk ${hash%% *}"
  else
    echo "disk $disk"
  fi
done
exit 0
