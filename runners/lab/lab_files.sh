# Prints every file that the programs $@ need to run: the programs, what their links lead to, and
# their libraries, one a line. A program that is not here is named on standard error.
export PATH=$PATH:/usr/sbin:/sbin
status=0
for name; do
  path=$(type -P -- "$name") || { echo "there is no $name" >&2; status=1; continue; }
  echo "$path"
  real=$(realpath -- "$path")
  echo "$real"
  ldd "$real" 2>/dev/null | grep -oE '/[^ ]+'
done
exit "$status"
