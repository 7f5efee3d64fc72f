# The reader in a guest: it reads the disk vda past the guest's page cache and is held at the same
# points as the host's readers; at each it says what its kernel has charged it with. HALF is set
# before. A "point" line promises that nothing is read for half a second.
point() {
  echo "charged $1 $(sed -n 's/^read_bytes: //p' "/proc/$reader/io")"
  echo "point $1"
  usleep 500000
}
echo "kernel $(cat /proc/sys/kernel/random/boot_id)"
drivers vda | sort -u | sed 's/^/driver /'
mkfifo /tmp/pipe
dd if=/dev/vda bs=1048576 iflag=direct >/tmp/pipe 2>/tmp/errors &
reader=$!
exec 3</tmp/pipe
head -c 1 <&3 >/tmp/first
[ -s /tmp/first ] || { cat /tmp/errors; exit 1; }
point start
head -c "$HALF" <&3 >/dev/null
point half
head -c $((2 * HALF)) <&3 >/dev/null
point end
