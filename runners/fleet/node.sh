#!/usr/bin/env bash
# Runs cellproof on one node of a fleet, or cleans up after a run there that was killed.
#
#   node.sh FLEET_FOLDER NONCE SHA256 -- [ARGUMENT ...]
#   node.sh --clean FLEET_FOLDER NONCE FOLDER
#
# The file "nonce" in the fleet's folder must hold NONCE; SHA256 is the archive's. The arguments are
# those of `bench`, with absolute paths; "%N" in them stands for the node's name, which CELLPROOF_NODE
# or else SLURMD_NODENAME tells. FOLDER is the one that started.json of the node tells.
#
# What it leaves in the node's folder is told in fleet_folder.ts, and what it may exit with, other than
# the run's own status, in node_job.ts. CELLPROOF_TMP, or else TMPDIR, says where it may unpack.
set -uo pipefail
LC_ALL=C

readonly WRONG_USE=64 MISSING_PROGRAM=69 NO_SHARED_FOLDER=72 DAMAGED_HARNESS=73 NO_ROOM=74
readonly IN_USE=75 FOREIGN_FOLDER=77
# As bench has it, and as a shell calls what SIGKILL ended.
readonly NOT_RESTORED=3 INTERRUPTED=130 KILLED=137
readonly PROGRAMS=(cat cp env find grep gzip ls mkdir mktemp mv rm sed sha256sum stat tar uname)
# The permissions of `bench` in deno.json, and nothing over the network.
readonly ALLOWED=(--allow-run=bash --allow-read --allow-write --allow-env --allow-sys --no-prompt)
readonly OFFLINE=(--no-remote --cached-only --node-modules-dir=manual)
readonly CANNOT_WRITE="This node cannot write into the fleet's folder."

fleet='' nonce='' node='' node_folder=''
# The folder on the node itself; empty while there is none.
private=''
# What runs now, and gets the signals; whether one came, ever and just now.
running='' cancelled='' signalled=''

say() {
  printf 'cellproof: %s\n' "$1" >&2
}

refuse() { # STATUS REASON
  say "$2"
  exit "$1"
}

# shellcheck disable=SC2317 # the trap calls it
pass_on() {
  cancelled=1 signalled=1
  [[ -z $running ]] || kill -TERM "$running" 2>/dev/null
}

# Runs a program to its end, which a signal asks for; waits for it however many signals come.
run() {
  local status
  "$@" </dev/null &
  running=$!
  [[ -z $cancelled ]] || kill -TERM "$running" 2>/dev/null
  while
    signalled=''
    wait "$running"
    status=$?
    [[ -n $signalled ]]
  do :; done
  running=''
  return "$status"
}

# Runs a command of cellproof, which leaves nothing in the user's home; contexts of Docker are there.
# Its temporary folders lie beside the private one: sockets in them need short paths.
cellproof() {
  run env -u XDG_CACHE_HOME -u XDG_CONFIG_HOME -u XDG_DATA_HOME -u XDG_STATE_HOME \
    DOCKER_CONFIG="${DOCKER_CONFIG:-${HOME:-/root}/.docker}" HOME="$private/home" \
    TMPDIR="${private%/*}" DENO_DIR="$private/deno" DENO_NO_UPDATE_CHECK=1 NO_COLOR=1 \
    "$private/harness/deno" run "${OFFLINE[@]}" "${ALLOWED[@]}" "$private/harness/main.ts" "$@"
}

# A text as JSON has it.
json() {
  local text=$1 quoted='' char i
  for ((i = 0; i < ${#text}; i++)); do
    char=${text:i:1}
    case $char in
      '"' | \\) quoted+=\\$char ;;
      [[:cntrl:]])
        printf -v char '\\u%04x' "'$char"
        quoted+=$char
        ;;
      *) quoted+=$char ;;
    esac
  done
  printf '"%s"' "$quoted"
}

seconds() {
  printf '%(%s)T' -1
}

# Writes a file of the node's folder, of which readers see all or nothing.
tell() { # NAME TEXT
  local draft=$node_folder/.$1.$$
  printf '%s\n' "$2" >"$draft" && mv -f -- "$draft" "$node_folder/$1"
}

tell_start() {
  local job=${CELLPROOF_JOB:-${SLURM_JOB_ID:-}}
  tell started.json "{\"hostname\":$(json "$(uname -n)"),\"epochSeconds\":$(seconds),\"jobId\":$(
    json "$job"
  ),\"folder\":$(json "$private")}"
}

tell_end() { # STATUS SECONDS LEFT
  local left=null
  [[ -z $3 ]] || left=$(json "$3")
  tell ended.json "{\"status\":$1,\"epochSeconds\":$2,\"left\":$left}"
}

# Makes sure of the fleet's folder and of the node's name, before anything is written.
look_around() {
  local program
  for program in "${PROGRAMS[@]}"; do
    type -P -- "$program" >/dev/null || refuse "$MISSING_PROGRAM" "This node has no $program."
  done
  [[ $node =~ ^[A-Za-z0-9_][A-Za-z0-9._-]*$ ]] ||
    refuse "$WRONG_USE" 'CELLPROOF_NODE or SLURMD_NODENAME must tell the name of the node.'
  [[ $fleet == /* && -n $nonce && $(cat -- "$fleet/nonce" 2>/dev/null) == "$nonce" ]] ||
    refuse "$NO_SHARED_FOLDER" "This node does not see the fleet's folder $fleet."
}

open_log() {
  { mkdir -p -- "$node_folder" && exec >>"$node_folder/log.txt" 2>&1; } ||
    refuse "$NO_SHARED_FOLDER" "$CANNOT_WRITE"
}

begin() {
  open_log
  rm -f -- "$node_folder/ended.json"
  make_private
  tell_start || abandon "$NO_SHARED_FOLDER" "$CANNOT_WRITE"
}

make_private() {
  local parent=${CELLPROOF_TMP:-${TMPDIR:-/tmp}}
  private=$(cd -- "$parent" && mktemp -d -- "$(pwd -P)/cellproof-fleet-XXXXXXXX") || private=''
  [[ -n $private ]] || return
  # It tells whose the folder is, and that this script is still at work in it.
  cd -- "$private" && printf '%s\n' "$nonce" >fleet && mkdir home harness
}

abandon() { # STATUS REASON
  say "$2"
  finish "$1"
}

# What is hashed is what is unpacked: a file of this node's own.
unpack() { # SHA256
  local archive=$private/harness.tar.gz
  [[ -d $private/harness ]] ||
    abandon_unpacking "$NO_ROOM" 'There is no room in CELLPROOF_TMP, or else TMPDIR, or else /tmp.'
  fetch "$archive"
  [[ $(sha256sum <"$archive") == "$1  -" ]] ||
    abandon_unpacking "$DAMAGED_HARNESS" 'What this node reads of the harness is not what was packed.'
  run tar -xz --no-same-owner -f "$archive" -C "$private/harness" ||
    abandon_unpacking "$NO_ROOM" "There is no room to unpack the harness in $private."
  rm -f -- "$archive"
}

fetch() { # FILE
  run cp -- "$fleet/harness.tar.gz" "$1" && return
  # Where it can be read to its end, it was the writing that failed.
  run cat -- "$fleet/harness.tar.gz" >/dev/null ||
    abandon_unpacking "$DAMAGED_HARNESS" "This node cannot read the harness in $fleet."
  abandon_unpacking "$NO_ROOM" "There is no room for the harness in $private."
}

# A program that a signal ended says nothing of the harness or the room.
abandon_unpacking() { # STATUS REASON
  [[ -z $cancelled ]] || finish "$INTERRUPTED"
  abandon "$@"
}

bench() {
  local status
  [[ -z $cancelled ]] || finish "$INTERRUPTED"
  cellproof bench --out "$node_folder/result" "${@//\%N/$node}"
  status=$?
  case $status in
    126 | 127)
      say "Deno does not run from $private; CELLPROOF_TMP may name a folder where programs may."
      ;;
  esac
  finish "$status"
}

# Cleans up undisturbed, tells the end, and ends.
finish() { # STATUS
  local left=''
  trap '' TERM INT HUP
  cancelled=''
  clean || left=$private
  tell_end "$1" "$(seconds)" "$left"
  exit "$1"
}

# Puts the host back and removes the private folder, which stays where something cannot be put back.
clean() {
  [[ -n $private ]] || return 0
  if has_journal; then
    say 'The run did not put the host back: recovering.'
    cellproof recover
  fi
  if has_journal; then
    say "The host is not put back, and $private keeps the journal of what was changed."
    return 1
  fi
  # The name occurs nowhere else. What is mounted there is not the folder's own.
  if grep -qF -- "/${private##*/}/" /proc/self/mountinfo; then
    say "Something is still mounted below $private."
    return 1
  fi
  cd / && rm -rf --one-file-system -- "$private"
}

has_journal() {
  [[ -n $(ls -A -- "$private/harness/.cache/journal" 2>/dev/null) ]]
}

# Cleans up after a run that was killed, and tells an end that nobody has told.
clean_up() {
  local left='' status seconds
  trap '' TERM INT HUP
  open_log
  if [[ -e $private || -L $private ]]; then
    is_ours || refuse "$FOREIGN_FOLDER" "$private is no folder of this fleet."
    is_in_use && refuse "$IN_USE" "A run goes on in $private."
    clean || left=$private
  fi
  status=$(told status) seconds=$(told epochSeconds)
  tell_end "${status:-$KILLED}" "${seconds:-$(seconds)}" "$left" ||
    refuse "$NO_SHARED_FOLDER" "$CANNOT_WRITE"
  [[ -z $left ]] || exit "$NOT_RESTORED"
}

# A number of what was told of the end; nothing where there is none.
told() { # NAME
  sed -n "s/.*\"$1\":\([0-9]\{1,12\}\)[,}].*/\1/p" -- "$node_folder/ended.json" 2>/dev/null
}

# Whether the folder is one that this script made for this fleet, and no way leads elsewhere.
is_ours() {
  [[ ${private##*/} =~ ^cellproof-fleet-[A-Za-z0-9]{8}$ && ! -L $private && -d $private ]] &&
    [[ -O $private && $(stat -c %a -- "$private") == 700 ]] &&
    [[ $(cd -- "$private" && pwd -P) == "$private" ]] &&
    [[ -f $private/fleet && ! -L $private/fleet && -O $private/fleet ]] &&
    [[ $(cat -- "$private/fleet") == "$nonce" ]]
}

# Whether this script or a command of cellproof is at work in the folder. What a command starts has a
# mark in its environment, and is for `recover` to end.
is_in_use() {
  local process place
  while read -r -d '' process place; do
    [[ $place == "$private" || $place == "$private"/* ]] || continue
    grep -qsaz '^CELLPROOF_COMMAND=' "$process/environ" || return 0
  done < <(find /proc/[0-9]*/cwd /proc/[0-9]*/exe -maxdepth 0 -printf '%h %l\0' 2>/dev/null)
  return 1
}

main() {
  node=${CELLPROOF_NODE:-${SLURMD_NODENAME:-}}
  if [[ ${1-} == --clean && $# -eq 4 ]]; then
    fleet=$2 nonce=$3 private=$4
  elif [[ $# -ge 4 && $4 == -- ]]; then
    fleet=$1 nonce=$2
  else
    refuse "$WRONG_USE" 'Usage: node.sh FLEET_FOLDER NONCE SHA256 -- [ARGUMENT ...]'
  fi
  look_around
  node_folder=$fleet/nodes/$node
  if [[ $1 == --clean ]]; then
    clean_up
    exit
  fi
  trap pass_on TERM INT HUP
  begin
  unpack "$3"
  bench "${@:5}"
}

# The mark of whoever submitted this would make it one of their processes.
if [[ -n ${CELLPROOF_COMMAND-} ]]; then
  exec env -u CELLPROOF_COMMAND bash -- "$0" "$@"
fi
main "$@"
