# What this place shows of a GPU; runs in any POSIX shell, busybox's among them.
#
#   $1 MINOR of its node /dev/nvidiaMINOR
#   $2 "container" or "host"
#   $3 MINOR of another GPU's node; empty for none
section() {
  echo "# $1"
  sed 's/^/| /'
}
numbers() { [ -e "$1" ] && stat -c '%t:%T' "$1"; }
# Opens a node and closes it at once.
open() { (: <"$1") 2>&1 && echo opened; }
# Makes a character device of these numbers where nodes may be made at all, and opens it.
make() {
  own=/dev/cellproof-own-node
  mknod "$own" c "$1" "$2" 2>&1 && open "$own"
  rm -f "$own"
}

cat /proc/sys/kernel/random/boot_id 2>&1 | section boot_id
cat /proc/sys/kernel/hostname 2>&1 | section hostname
cat /proc/driver/nvidia/version 2>/dev/null | section driver
numbers "/dev/nvidia$1" | section node
numbers /dev/null | section null
open "/dev/nvidia$1" | section opened
# The host's own /dev is left alone.
[ "$2" = container ] && make 195 "$1" | section made
[ "$2" = container ] && make 1 3 | section made-null
[ "$2" = container ] && [ -n "$3" ] && open "/dev/nvidia$3" | section other-opened
[ "$2" = container ] && [ -n "$3" ] && make 195 "$3" | section other-made
nvidia-smi -L 2>&1 | section list
nvidia-smi -q -x 2>/dev/null | section log
