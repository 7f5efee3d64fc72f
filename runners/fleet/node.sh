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

readonly WRONG_USE=64 UNFIT_HARNESS=66 MISSING_PROGRAM=69 LINKED_FOLDER=71 NO_SHARED_FOLDER=72
readonly DAMAGED_HARNESS=73 NO_ROOM=74 FULL_FOLDER=76 NO_PROGRAMS=78
readonly FILES_LEFT=70 IN_USE=75 FOREIGN_FOLDER=77
# As bench has it, and as a shell calls what SIGKILL ended.
readonly NOT_RESTORED=3 INTERRUPTED=130 KILLED=137
readonly PROGRAMS=(
  cat cp env find grep gzip ls mkdir mktemp mv rm sed sha256sum sleep stat sync tar uname
)
# How long a run that is told to end may take: as long as Slurm gives one that is cancelled.
readonly END_SECONDS=30
# The permissions of `bench` in deno.json, and nothing over the network.
readonly ALLOWED=(--allow-run=bash --allow-read --allow-write --allow-env --allow-sys --no-prompt)
readonly OFFLINE=(--no-remote --cached-only --node-modules-dir=manual)
# Why the node's folder cannot be written.
readonly -A CANNOT_WRITE=(
  ["$LINKED_FOLDER"]="A symbolic link stands in the fleet's folder for this node's, or for what is in it."
  ["$NO_SHARED_FOLDER"]="This node cannot write into the fleet's folder."
  ["$FULL_FOLDER"]="The fleet's folder has no room."
)

fleet='' nonce='' node='' node_folder=''
# The folder on the node itself; empty while there is none.
private=''
# Why it stays: "journal", "files", or nothing where it does not.
left_for=''
# What runs now, and gets the signals; whether one came, ever and just now.
running='' cancelled='' signalled=''
# The processes that are at work in the private folder, as folders of /proc.
users=()

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

# Runs Deno, which leaves nothing in the user's home; contexts of Docker are there. Its temporary
# folders lie beside the private one: sockets in them need short paths.
deno() {
  run env -u XDG_CACHE_HOME -u XDG_CONFIG_HOME -u XDG_DATA_HOME -u XDG_STATE_HOME \
    DOCKER_CONFIG="${DOCKER_CONFIG:-${HOME:-/root}/.docker}" HOME="$private/home" \
    TMPDIR="${private%/*}" DENO_DIR="$private/deno" DENO_NO_UPDATE_CHECK=1 NO_COLOR=1 \
    "$private/harness/deno" "$@"
}

# Runs a command of cellproof.
cellproof() {
  deno run "${OFFLINE[@]}" "${ALLOWED[@]}" "$private/harness/main.ts" "$@"
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

# Whether a link leads out of the node's folder.
is_linked() {
  local path
  for path in "${node_folder%/*}" "$node_folder" "$node_folder"/{log.txt,result}; do
    [[ ! -L $path ]] || return 0
  done
  return 1
}

# The status that says why a program could not write into the node's folder.
status_of() { # WHAT_IT_SAID
  case $1 in
    *'No space left on device'* | *'Disk quota exceeded'*) return "$FULL_FOLDER" ;;
  esac
  return "$NO_SHARED_FOLDER"
}

# Writes a file of the node's folder, of which readers see all or nothing. Some file systems tell that
# they are full only when asked to keep it; a link that stands for the draft is not followed.
tell() { # NAME TEXT
  local draft=$node_folder/.$1.$$ said
  ! is_linked || return "$LINKED_FOLDER"
  rm -f -- "$draft"
  said=$(
    export LC_ALL
    trap '' TERM INT HUP
    set -C
    {
      printf '%s\n' "$2" >"$draft" && sync -- "$draft" && mv -fT -- "$draft" "$node_folder/$1"
    } 2>&1
  ) && return
  rm -f -- "$draft"
  status_of "$said"
}

tell_start() {
  local job=${CELLPROOF_JOB:-${SLURM_JOB_ID:-}}
  tell started.json "{\"hostname\":$(json "$(uname -n)"),\"epochSeconds\":$(seconds),\"jobId\":$(
    json "$job"
  ),\"folder\":$(json "$private")}"
}

tell_end() { # STATUS SECONDS
  local left=null
  [[ -z $left_for ]] || left="{\"folder\":$(json "$private"),\"because\":\"$left_for\"}"
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
  local said
  ! is_linked || return "$LINKED_FOLDER"
  said=$(
    export LC_ALL
    trap '' TERM INT HUP
    { mkdir -p -- "$node_folder" && : >>"$node_folder/log.txt"; } 2>&1
  ) || {
    status_of "$said"
    return
  }
  exec >>"$node_folder/log.txt" 2>&1 || return "$NO_SHARED_FOLDER"
}

begin() {
  open_log || refuse "$?" "${CANNOT_WRITE[$?]}"
  clean_up_earlier
  rm -f -- "$node_folder/ended.json"
  make_private
  tell_start || give_up "$?" "${CANNOT_WRITE[$?]}"
}

# What an earlier job of this node left here, which was killed, would be forgotten.
clean_up_earlier() {
  local text earlier status
  text=$(sed -n 's/.*"folder":"\(.*\)"}$/\1/p' -- "$node_folder/started.json" 2>/dev/null)
  # What json() writes; %b leaves quotes alone.
  printf -v earlier %b "${text//\\\"/\"}"
  [[ -e $earlier || -L $earlier ]] || return 0
  say "An earlier job of this node left $earlier."
  run bash -- "$0" --clean "$fleet" "$nonce" "$earlier"
  status=$?
  case $status in
    0 | "$FOREIGN_FOLDER") ;;
    *) exit "$status" ;;
  esac
}

make_private() {
  local parent=${CELLPROOF_TMP:-${TMPDIR:-/tmp}}
  private=$(cd -- "$parent" && mktemp -d -- "$(pwd -P)/cellproof-fleet-XXXXXXXX") || private=''
  [[ -n $private ]] || return
  # It tells whose the folder is, and that this script is still at work in it.
  cd -- "$private" && printf '%s\n' "$nonce" >fleet && mkdir home harness
}

# Ends before the run has begun. A program that a signal ended says nothing of the node.
give_up() { # STATUS REASON
  [[ -z $cancelled ]] || finish "$INTERRUPTED"
  say "$2"
  finish "$1"
}

# What is hashed is what is unpacked: a file of this node's own.
unpack() { # SHA256
  local archive=$private/harness.tar.gz
  [[ -d $private/harness ]] ||
    give_up "$NO_ROOM" 'CELLPROOF_TMP, or else TMPDIR, or else /tmp is missing or has no room.'
  fetch "$archive"
  [[ $(sha256sum <"$archive") == "$1  -" ]] ||
    give_up "$DAMAGED_HARNESS" 'What this node reads of the harness is not what was packed.'
  run tar -xz --no-same-owner -f "$archive" -C "$private/harness" ||
    give_up "$NO_ROOM" "There is no room to unpack the harness in $private."
  rm -f -- "$archive"
  require_deno
}

require_deno() {
  [[ -x $private/harness/deno ]] ||
    give_up "$NO_PROGRAMS" "No program may run from $private: CELLPROOF_TMP may name another place."
  deno --version >/dev/null || give_up "$UNFIT_HARNESS" 'Deno does not run on this node.'
}

fetch() { # FILE
  run cp -- "$fleet/harness.tar.gz" "$1" && return
  # Where it can be read to its end, it was the writing that failed.
  run cat -- "$fleet/harness.tar.gz" >/dev/null ||
    give_up "$DAMAGED_HARNESS" "This node cannot read the harness in $fleet."
  give_up "$NO_ROOM" "There is no room for the harness in $private."
}

bench() {
  [[ -z $cancelled ]] || finish "$INTERRUPTED"
  cellproof bench --out "$node_folder/result" "${@//\%N/$node}"
  finish "$?"
}

# Cleans up undisturbed, tells the end, and ends.
finish() { # STATUS
  local status=$1
  trap '' TERM INT HUP
  cancelled=''
  clean
  tell_end "$1" "$(seconds)" || {
    status=$?
    say "${CANNOT_WRITE[$status]}"
  }
  exit "$status"
}

# Puts the host back and removes the private folder, which stays where something cannot be put back.
clean() {
  [[ -n $private ]] || return
  if has_journal; then
    say 'The run did not put the host back: recovering.'
    cellproof recover
  fi
  if has_journal; then
    left_for=journal
    say "The host is not put back, and $private keeps the journal of what was changed."
  # The name occurs nowhere else. What is mounted there is not the folder's own.
  elif grep -qF -- "/${private##*/}/" /proc/self/mountinfo; then
    left_for=files
    say "Something is still mounted below $private."
  elif ! rm -rf --one-file-system -- "$private"; then
    left_for=files
    say "$private cannot be removed."
  fi
}

# A folder that cannot be read may hold one.
has_journal() {
  local journal=$private/harness/.cache/journal names
  [[ -e $journal || -L $journal ]] || return
  names=$(ls -A -- "$journal" 2>/dev/null) || return 0
  [[ -n $names ]]
}

# Cleans up after a run that was killed, and tells an end that nobody has told. Whatever keeps this from
# being told does not keep the host from being put back.
clean_up() {
  local status seconds
  trap '' TERM INT HUP
  cd /
  open_log || say "${CANNOT_WRITE[$?]}"
  if is_there && ! end_run; then refuse "$IN_USE" "A run goes on in $private."; fi
  # Its own end may have removed it.
  if is_there; then clean; fi
  status=$(told status) seconds=$(told epochSeconds)
  tell_end "${status:-$KILLED}" "${seconds:-$(seconds)}" || say "${CANNOT_WRITE[$?]}"
  case $left_for in
    journal) exit "$NOT_RESTORED" ;;
    files) exit "$FILES_LEFT" ;;
  esac
}

is_there() {
  [[ -e $private || -L $private ]] || return
  is_ours || refuse "$FOREIGN_FOLDER" "$private is no folder of this fleet."
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

# Tells a run that goes on to end, as Slurm would, and waits for it.
end_run() {
  local left
  for ((left = END_SECONDS; left > 0; left--)); do
    find_users
    [[ ${#users[@]} -gt 0 ]] || return 0
    [[ $left -lt $END_SECONDS ]] || tell_to_end
    sleep 1
  done
  return 1
}

tell_to_end() {
  local process
  say "A run goes on in $private: ending it."
  for process in "${users[@]}"; do
    # Whatever else is at work there, such as somebody's shell, is not ended.
    if grep -qsxzF -e "$nonce" -e "$private/harness/deno" "$process/cmdline"; then
      kill -TERM "${process#/proc/}" 2>/dev/null
    fi
  done
}

# Finds whether this script or a command of cellproof is at work in the folder, also in one that it has
# just removed. What a command starts has a mark in its environment, and is for `recover` to end.
find_users() {
  local process place
  users=()
  while read -r -d '' process place; do
    [[ ${place% (deleted)} == "$private" || $place == "$private"/* ]] || continue
    grep -qsaz '^CELLPROOF_COMMAND=' "$process/environ" || users+=("$process")
  done < <(find /proc/[0-9]*/cwd /proc/[0-9]*/exe -maxdepth 0 -printf '%h %l\0' 2>/dev/null)
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
