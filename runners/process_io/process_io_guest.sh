# Runs QEMU, and prints what the kernel has charged it with at each point that the guest names.
#
#   QEMU [ARGUMENT ...]
#
# The guest says "point NAME" in a line, and then reads nothing for half a second. Twice in that time the
# counters are read: they must not have moved.
shift 3

begin
exec 3< <(exec "$@" 2>>"$folder/errors" 4<&-)
child=$! reader=$! described=
held_point() {
  local before
  [ -n "$described" ] || describe
  described=yes
  before=$(cat "/proc/$reader/io" 2>/dev/null)
  point "$1"
  sleep 0.1
  [ "$before" != "" ] || return
  [ "$(grep read_bytes: "/proc/$reader/io")" = "$(echo "$before" | grep read_bytes:)" ] ||
    give_up "QEMU read on while the guest waited"
}
said=
while IFS= read -r line <&3; do
  case $line in
    "guest: point "*) held_point "${line#guest: point }" ;;
    "guest: "*) said+="${line#guest: }"$'\n' ;;
    "guest-status: 0") said+=done$'\n' ;;
  esac
done
wait "$child" || give_up "QEMU ended with status $?"
child=
printf %s "$said" | section inside
finish
echo "# end"
