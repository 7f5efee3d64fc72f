#!/bin/sh
# Tries to open devices, and reads a disk, on the word of whoever holds its standard input.
#
#   sh -c SCRIPT attempts DISK COUNT STEP DRIVEN KIND:MAJOR:MINOR:PATH...
#
# The commands are lines; every answer is lines of fields with a tab between, and ends with ".".
#   attempt  opens each PATH for reading, then /dev/null and a path that does not exist
#   make     makes a node of each KIND (b or c) and number, and opens it
#   stat     the kind and number of the nodes of DISK, DRIVEN and /dev/null
#   hold     opens DISK and DRIVEN until "release"
#   read     checksums of COUNT blocks of 4096 bytes of DISK, STEP blocks apart
#   draw     how many bytes DRIVEN gives when it is asked for a few
disk=$1 count=$2 step=$3 driven=$4
shift 4
LC_ALL=C
export LC_ALL

# "opened", or the system's word for the error
open() {
  if said=$( (: <"$1") 2>&1); then said=opened; else said=${said##*: }; fi
}

attempt() {
  for device in "$@"; do
    open "${device#*:*:*:}"
    printf '%s\t%s\n' "$device" "$said"
  done
}

make() {
  for device in "$@"; do
    IFS=: read -r kind major minor path <<END
$device
END
    node=/tmp/made-$kind-$major-$minor
    if said=$(mknod "$node" "$kind" "$major" "$minor" 2>&1); then open "$node"; else
      said="mknod: ${said##*: }"
    fi
    rm -f "$node"
    printf '%s\t%s\n' "$device" "$said"
  done
}

hold() {
  open "$disk"
  [ "$said" != opened ] || exec 3<"$disk"
  printf '%s\t%s\n' "$disk" "$said"
  open "$driven"
  [ "$said" != opened ] || exec 4<"$driven"
  printf '%s\t%s\n' "$driven" "$said"
}

checksum() { printf '%s\t%s\n' "$1" "$(sha256sum | cut -d ' ' -f 1)"; }

blocks() {
  checksum empty </dev/null
  head -c 4096 /dev/zero | checksum zeros
  at=0
  while [ $at -lt "$count" ]; do
    dd if="$disk" bs=4096 skip=$((at * step)) count=1 2>/dev/null | checksum $((at * step))
    at=$((at + 1))
  done
}

while read -r command; do
  case $command in
    attempt) attempt "$@" c:1:3:/dev/null c:0:0:/dev/cellproof-absent ;;
    make) make "$@" ;;
    stat) stat -c '%n	%F %t:%T' "$disk" "$driven" /dev/null ;;
    hold) hold ;;
    release) exec 3<&- 4<&- ;;
    read) blocks ;;
    draw) printf '%s\t%s\n' "$driven" "$(timeout 5 head -c 512 "$driven" 2>/dev/null | wc -c)" ;;
  esac
  echo .
done
