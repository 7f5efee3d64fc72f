# Builds CUDA programs into the folder $1 with the compiler $2, in the folder $3, which is emptied.
# Each source is a tag of NVIDIA's and the commit that it must be; on standard input, a line each:
#
#   repository NAME TAG COMMIT
#   sample PROGRAM KIND NAME/TAG SOURCE...
#   nvbandwidth nvbandwidth NAME/TAG
#
# Says "built PROGRAM", or "failed PROGRAM REASON", of each.
export GIT_TERMINAL_PROMPT=0
target=$1 nvcc=$2 work=$3
toolkit=$(dirname -- "$(dirname -- "$(readlink -f -- "$nvcc")")")
mkdir -p -- "$target" "$work/new" || exit
trap 'find "$work" -mindepth 1 -delete' EXIT
libraries=(-L"$toolkit"/lib{64,}{,/stubs} -L/usr/lib/{x86_64,aarch64}-linux-gnu/stubs)
# What is built here runs in containers too, whose libraries are others.
static=(-Xcompiler -static-libstdc++,-static-libgcc)

# Only what is asked for comes over the network.
repository() {
  local folder=$work/$1/$2
  git clone --quiet --depth 1 --filter=blob:none --sparse --branch "$2" \
    "https://github.com/NVIDIA/$1.git" "$folder" || return
  [ "$(git -C "$folder" rev-parse HEAD)" = "$3" ] && return
  rm -rf -- "$folder"
  echo "error: $2 is not the commit $3"
  return 1
}

# For the GPUs that are here; where the compiler cannot find out which, for those that it takes by
# itself, whose drivers translate.
compile() {
  local output=$1 arguments
  shift
  arguments=(-O3 -std=c++17 "${static[@]}" -o "$output" "$@" "${libraries[@]}")
  "$nvcc" -arch=native "${arguments[@]}" >/dev/null 2>&1 || "$nvcc" "${arguments[@]}"
}

sample() {
  local program=$1 kind=$2 tree=$work/$3 sources=()
  shift 3
  git -C "$tree" sparse-checkout set --no-cone /Common/ "/Samples/$kind/$program/" || return
  sources=("${@/#/$tree/Samples/$kind/$program/}")
  if [ "$program" = concurrentKernels ]; then clock_of_cuda_13 "${sources[0]}"; fi
  if [ "$program" = nbody ]; then without_graphics "$tree" "${sources[@]}" && sources+=("$work/drawing.o"); fi
  compile "$work/new/$program" -I "$tree/Common" "${sources[@]}"
}

# CUDA 13 tells a device's clock no longer among its properties.
clock_of_cuda_13() {
  sed -i 's/deviceProp\.clockRate/({ int khz = 0; cudaDeviceGetAttribute(\&khz, cudaDevAttrClockRate, cuda_device); khz; })/' "$1"
}

# nbody draws nothing in its benchmark. What it would draw with is left out, so that it starts where
# no graphics library is.
without_graphics() {
  local tree=$1 source objects=()
  shift
  for source; do
    objects+=("$work/drawing-${#objects[@]}.o")
    "$nvcc" -c -std=c++17 -I "$tree/Common" -o "${objects[-1]}" "$source" || return
  done
  nm -u -- "${objects[@]}" | awk '$1 == "U" && $2 ~ /^(gl|glu|glut|glX)[A-Z]/ { print $2 }' |
    sort -u | sed 's/.*/void *&(void) { return 0; }/' >"$work/drawing.c" &&
    gcc -c -o "$work/drawing.o" "$work/drawing.c"
}

nvbandwidth() {
  local tree=$work/$1 version=${1##*/}
  git -C "$tree" sparse-checkout disable || return
  compile "$work/new/nvbandwidth" -I "$tree" -I "$tree/json" "-DGIT_VERSION=\"$version\"" \
    "$tree"/*.cpp "$tree/json/jsoncpp.cpp" "$tree/kernels.cu" \
    -Xlinker -l:libboost_program_options.a -lnvidia-ml -lcuda
}

reason() {
  grep -m 1 -E 'error:|fatal:|undefined|cannot find|not found' "$work/log" || tail -n 1 "$work/log"
}

while read -r kind name rest; do
  case $kind in
    # The rest of a line is words that have no blanks.
    repository) repository "$name" $rest >"$work/log" 2>&1 || echo "failed $name $(reason)" ;;
    sample) sample "$name" $rest >"$work/log" 2>&1 ;;
    nvbandwidth) nvbandwidth "$rest" >"$work/log" 2>&1 ;;
  esac
  [ "$kind" != repository ] || continue
  if [ -x "$work/new/$name" ] && mv -f -- "$work/new/$name" "$target/$name"; then
    echo "built $name"
  else
    echo "failed $name $(reason)"
  fi
done
