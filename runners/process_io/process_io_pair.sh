# Lets two processes read one device (FILE) at once, in turns, and prints what each is charged with.
#
#   $4 HALF_BYTES
#
# Both hold the device open from the first point to the last. Between "start" and "half" only the
# first one reads, then both do.
half=$4
begin
mkfifo -- "$folder/reader" "$folder/second" || exit 1
exec 3<>"$folder/reader" 5<>"$folder/second"
blocks=$((1 + 3 * half / 1048576))
dd if="$file" bs=1M iflag=direct count=$blocks >"$folder/reader" 2>>"$folder/errors" 3<&- 4<&- 5<&- &
reader=$!
dd if="$file" bs=1M iflag=direct count=$blocks >"$folder/second" 2>>"$folder/errors" 3<&- 4<&- 5<&- &
second=$!
take 1 3 "$reader"
take 1 5 "$second"
both() {
  point "$1"
  cat "/proc/$second/io" 2>>"$folder/errors" | section "second_$1"
}
# What the process $1 has open that is FILE itself, whatever its name there.
opened() {
  local descriptor
  for descriptor in "/proc/$1/fd"/*; do
    [ ! "$descriptor" -ef "$file" ] || { readlink "$descriptor"; return; }
  done
  echo nothing
}
describe
{ opened "$reader"; opened "$second"; } 2>>"$folder/errors" | section opened
both start
take "$half" 3 "$reader"
both half
for turn in 1 2; do
  take "$half" 3 "$reader"
  take "$half" 5 "$second"
done
both end
head -c 1048575 <&3 >/dev/null
wait "$reader"
first_status=$?
head -c "$((half + 1048575))" <&5 >/dev/null
wait "$second"
echo "$first_status $?" | section statuses
finish
echo "# end"
