# What every process_io_*.sh begins with: they watch whose counters grow while a file is read.
# Beside the reader another one of the same file is held at its first block all the while: it must not
# be charged for what the first reads.
#
#   $1 FOLDER for pipes   $2 FILE that is read   $3 DISK under it, by its kernel name
folder=$1 file=$2 disk=$3
child='' idle=''

finish() {
  exec 3<&- 4<&- 5<&-
  [ -z "$child" ] || wait "$child" 2>/dev/null
  [ -z "$idle" ] || wait "$idle" 2>/dev/null
  rm -f -- "$folder/reader" "$folder/idle" "$folder/second"
}
give_up() {
  echo "process_io: $1" >&2
  cat -- "$folder/errors" >&2
  finish
  exit 1
}

# Marks every line of a text, so that no text can pass for a header.
section() {
  echo "# $1"
  sed 's/^/| /'
}

# Takes $1 bytes of the pipe on descriptor $2, as long as the process $3 lives.
take() {
  head -c "$1" <&"$2" >/dev/null &
  local taker=$!
  while kill -0 "$taker" 2>/dev/null; do
    kill -0 "$3" 2>/dev/null || { kill "$taker"; give_up "the reader ended before it was asked to"; }
    sleep 0.01
  done
}

# The counters at a point: of the reader, of the idle one and of the disk.
point() {
  cat "/proc/$reader/io" 2>>"$folder/errors" | section "reader_$1"
  cat "/proc/$idle/io" 2>>"$folder/errors" | section "idle_$1"
  cat "/sys/class/block/$disk/stat" | section "disk_$1"
}

# Who the reader is, and what carries its requests here.
describe() {
  echo "$reader" | section process
  section name <"/proc/$reader/comm"
  sed -n 's/^NSpid:[[:space:]]*//p' "/proc/$reader/status" | section process_ids
  section host_boot_id </proc/sys/kernel/random/boot_id
  drivers "$disk" | sort -u | section host_drivers
}

# What lies in the page cache is not read from the disk.
empty_cache() {
  dd of="$file" oflag=nocache conv=notrunc,fdatasync count=0 2>>"$folder/errors" ||
    give_up "the page cache was not emptied of the file"
}

begin() {
  : >"$folder/errors"
  mkfifo -- "$folder/idle" || exit 1
  exec 4<>"$folder/idle"
  dd if="$file" bs=1M iflag=direct >"$folder/idle" 2>>"$folder/errors" 4<&- &
  idle=$!
  take 1 4 "$idle"
}
