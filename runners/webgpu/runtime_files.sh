# Lists what a process has open while it computes, and what a sleeping one has beside it; then both of
# their numbers, and those of the processes that NVIDIA's driver lists.
#
#   $@ COMMAND [ARGUMENT ...]
#
# COMMAND takes its program from the standard input, and prints a line when it has begun.
exec 3<&0
coproc RUNTIME { exec "$@" <&3 3<&-; }
runtime=$RUNTIME_PID
sleep 60 3<&- >/dev/null 2>&1 &
idle=$!
end() { kill "$runtime" "$idle" 2>/dev/null; }
trap end EXIT

# Marks every line of a text, so that no name can pass for a header.
section() {
  echo "# $1"
  sed 's/^/| /'
}
open_files() {
  for link in /proc/"$1"/fd/*; do readlink -- "$link"; done
}

if ! IFS= read -r -t 20 -u "${RUNTIME[0]}" began; then
  echo "runtime_files: the program did not begin" >&2
  exit 1
fi
echo "$began" | section began
readlink -- "/proc/$runtime/exe" | section runtime_program
open_files "$runtime" | section runtime_files
readlink -- "/proc/$idle/exe" | section idle_program
open_files "$idle" | section idle_files
printf '%s\n' "$runtime" "$idle" | section numbers
{ echo listed; nvidia-smi -q -x 2>/dev/null | grep -o '<pid>[0-9]*'; } | section gpu_processes
