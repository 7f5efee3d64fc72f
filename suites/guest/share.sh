# Reads the first line of the disk that two guests share, again and again; cannot write to it.
cat /proc/sys/kernel/random/boot_id
head -c 512 /dev/zero | dd of=/dev/vda conv=notrunc,fsync 2>/dev/null && echo "write taken" || echo "write refused"
while :; do
  blockdev --flushbufs /dev/vda
  echo "shared $(head -c 80 /dev/vda | head -n 1 | tr -d '\000')"
  sleep 1
done
