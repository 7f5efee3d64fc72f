# Holds a reader at three points of its reading, and prints each time what the kernel has charged.
#
#   $4 HALF_BYTES   $5 WORDS   WORDS words of a command   READER [ARGUMENT ...]
#
# READER copies FILE by blocks of 1 MiB into the pipe FOLDER/reader, which is its standard output
# too. Blocks are larger than the pipe: whoever has taken the first byte of a block knows that it is
# read as a whole, and that the next one cannot be. So the reader is held at exactly 1 block, then
# after HALF_BYTES more, then after twice HALF_BYTES more. The command prints the reader's process;
# with 0 words it is the process that is started here. What the reader leaves in FOLDER/inside is
# printed too.
half=$4 words=$5
shift 5
ask=("${@:1:words}")
shift "$words"

rm -f -- "$folder/inside"
begin
empty_cache
mkfifo -- "$folder/reader" || exit 1
exec 3<>"$folder/reader"
"$@" >"$folder/reader" 2>>"$folder/errors" 3<&- 4<&- &
child=$!
take 1 3 "$child"
reader=$child
if [ "$words" -gt 0 ]; then
  reader=$("${ask[@]}" 2>>"$folder/errors") || give_up "its process is not known"
fi
describe
point start
take "$half" 3 "$child"
point half
take "$((2 * half))" 3 "$child"
point end
cat -- "$folder/inside" 2>/dev/null | section inside
finish
echo "# end"
