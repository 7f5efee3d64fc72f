# The reader that shares the host's kernel, natively and in a container. It says which kernel it is
# in and what drives the disk there, and becomes the process that reads FOLDER/file into the pipe
# FOLDER/reader, past the page cache.
#
#   $1 FOLDER   $2 DISK
{
  cat /proc/sys/kernel/random/boot_id
  drivers "$2" | sort -u
} >"$1/inside"
exec dd if="$1/file" of="$1/reader" bs=1048576 iflag=direct
