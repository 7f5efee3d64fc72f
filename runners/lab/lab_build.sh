# Fills the root $1 of the lab host, and packs it into $2.
#
#   $3 RELEASE of the kernel   $4 its cache folder, KERNELS/NAME   $5 where it lies in the lab
#   $6 the program that tries DMA   $7 where it lies in the lab
#   on standard input: the files that are taken from this host
set -e -o pipefail
root=$1 packed=$2 release=$3 kernel=$4 kernels=$5 trial=$6 kept=$7
mkdir -p -- "$root"/{proc,sys,dev,tmp,run,root,etc} "$root"/usr/{bin,sbin,lib,lib64}
for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$root/$folder"; done
tar -C / --dereference --no-recursion --files-from - -cf - 2>/dev/null |
  tar -C "$root" --keep-directory-symlink -xf -
chmod +x -- "$root/init"

modules=$root/usr/lib/modules/$release
mkdir -p -- "$modules"
cp -- "$kernel"/modules/*.ko "$modules/"
PATH=$PATH:/usr/sbin:/sbin depmod -b "$root" "$release" 2>/dev/null

mkdir -p -- "$root$kernels" "$root${kept%/*}"
cp -R -- "$kernel" "$root$kernels/"
cp -- "$trial" "$root$kept"
(cd -- "$root" && find . | LC_ALL=C sort | cpio --quiet --reproducible -R 0:0 -o -H newc) >"$packed"
rm -rf -- "$root"
