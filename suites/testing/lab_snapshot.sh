# Prints all of a host that giving PCI functions away changes, one fact a line, in an order of its own.
# Physical functions with NVMe controllers are named as arguments.
shopt -s nullglob
cd /sys/bus/pci/devices || exit 1
find ./*/ -mindepth 1 -maxdepth 1 \( -name driver -o -name iommu_group -o -name 'virtfn*' \) \
  -printf 'link %p %l\n' | sort
grep -H '' ./*/driver_override ./*/sriov_numvfs ./*/sriov_drivers_autoprobe | sed 's/^/value /'
find /sys/kernel/iommu_groups -type l -printf 'member %p\n' | sort
while read -r name _; do echo "module $name"; done </proc/modules | sort
find /dev -path '/dev/vfio*' -printf 'node %p\n' -o -name 'n[vg]*[0-9]*' -printf 'node %p\n' | sort
grep -H '' /sys/class/nvme/*/{state,address,cntlid} | sed 's/^/nvme /'
for function; do
  for controller in "$function"/nvme/nvme*; do
    node=/dev/${controller##*/}
    nvme list-secondary "$node" -o json
    nvme list-ns "$node" --all -o json
    for namespace in 1 2 3; do nvme list-ctrl "$node" -n "$namespace" -o json; done
  done
done
exit 0
