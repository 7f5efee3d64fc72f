#!/usr/bin/env bash
# Measures the link between two nodes of a fleet: the batch script of a Slurm job that has both.
#
#   link.sh FLEET_FOLDER NONCE FROM TO RUNS -- SERVER ... -- CLIENT ...
#
# In each of RUNS runs the command SERVER waits on the node TO, and CLIENT, which is given that node's
# address, on the node FROM writes to it; both are given a TCP port by -p. The file "nonce" in the
# fleet's folder must hold NONCE. What is left in links/FROM+TO of that folder is told in link_job.ts.
set -uo pipefail
LC_ALL=C

readonly WRONG_USE=64 LINKED_FOLDER=71 NO_SHARED_FOLDER=72
readonly LOOK_SECONDS=60 RUN_SECONDS=60 FIRST_PORT=18514 TRIES=40
# What perftest's client says while no server waits yet.
readonly NOT_YET="Couldn't connect to"

fleet='' nonce='' from='' to='' runs='' address='' folder=''
server=() client=()

refuse() { # STATUS REASON
  printf 'cellproof: %s\n' "$2" >&2
  exit "$1"
}

# Becomes a command on a node of the job, with all that the job has there: for a subshell.
on() { # SECONDS NODE COMMAND ...
  local seconds=$1 node=$2
  shift 2
  exec timeout -k 5 "$seconds" srun --quiet --overlap --whole --mpi=none --cpu-bind=none \
    --nodes=1 --ntasks=1 --nodelist="$node" --chdir=/ "$@" </dev/null
}

# Writes a file of the link's folder, of which readers see all or nothing.
tell() { # NAME TEXT
  local draft=$folder/.$1
  rm -f -- "$draft"
  (set -C && printf '%s\n' "$2" >"$draft") && mv -fT -- "$draft" "$folder/$1" && return
  rm -f -- "$draft"
  return 1
}

read_arguments() {
  [[ $# -ge 6 && $6 == -- ]] || refuse "$WRONG_USE" 'Usage: link.sh FLEET_FOLDER NONCE FROM TO RUNS -- SERVER ... -- CLIENT ...'
  fleet=$1 nonce=$2 from=$3 to=$4 runs=$5
  shift 6
  while [[ $# -gt 0 && $1 != -- ]]; do
    server+=("$1")
    shift
  done
  [[ $# -gt 1 && ${#server[@]} -gt 0 ]] || refuse "$WRONG_USE" 'There must be a command for either node.'
  client=("${@:2}")
}

look_around() {
  local name
  for name in "$from" "$to"; do
    [[ $name =~ ^[A-Za-z0-9_][A-Za-z0-9._-]*$ ]] || refuse "$WRONG_USE" "$name is no name of a node."
  done
  [[ $runs =~ ^[1-9][0-9]?$ ]] || refuse "$WRONG_USE" "$runs is no number of runs."
  [[ $fleet == /* && -n $nonce && $(cat -- "$fleet/nonce" 2>/dev/null) == "$nonce" ]] ||
    refuse "$NO_SHARED_FOLDER" "This node does not see the fleet's folder $fleet."
  folder=$fleet/links/$from+$to
  [[ ! -L ${folder%/*} && ! -L $folder ]] ||
    refuse "$LINKED_FOLDER" "A symbolic link stands in the fleet's folder for this link's."
  {
    mkdir -p -- "$folder" && rm -f -- "$folder"/run-* "$folder/failure.txt" "$folder/ended"
  } || refuse "$NO_SHARED_FOLDER" "This node cannot write into the fleet's folder $fleet."
}

# Tells why there are no figures, and ends.
give_up() { # REASON
  tell failure.txt "$1"
  tell ended 1
  exit 0
}

require_program() { # NODE PROGRAM
  local said
  # shellcheck disable=SC2016 # the shell on the node expands it
  said=$(on "$LOOK_SECONDS" "$1" bash -c 'type -P -- "$1" >/dev/null && echo here || echo missing' look "$2" 2>&1)
  # srun may have something to say before.
  said=${said##*$'\n'}
  case $said in
    here) ;;
    missing) give_up "perftest is not installed on $1: apt-get install perftest" ;;
    *) give_up "nothing runs on $1: $said" ;;
  esac
}

# Slurm's name of a node need not be one that can be looked up.
find_address() {
  address=$(scontrol --oneliner show node "$to" | sed -n 's/.* NodeAddr=\([^ ]*\).*/\1/p')
  [[ -n $address ]] || address=$to
}

# Whether a client failed because its server, which lives, does not wait yet.
is_early() { # STATUS SERVER FILE
  [[ $1 -ne 0 ]] && kill -0 "$2" 2>/dev/null && grep -qF -- "$NOT_YET" "$3"
}

measure() { # RUN
  local run=run-$1 port=$((FIRST_PORT + $1)) waiting try status waited
  on "$RUN_SECONDS" "$to" "${server[@]}" -p "$port" >"$folder/$run.server.txt" 2>&1 &
  waiting=$!
  for ((try = 0; try < TRIES; try++)); do
    sleep 0.5
    (on "$RUN_SECONDS" "$from" "${client[@]}" -p "$port" "$address") >"$folder/$run.client.txt" 2>&1
    status=$?
    if ! is_early "$status" "$waiting" "$folder/$run.client.txt"; then break; fi
  done
  [[ $status -eq 0 ]] || kill -TERM "$waiting" 2>/dev/null
  wait "$waiting"
  waited=$?
  tell "$run.json" "{\"client\":$status,\"server\":$waited}"
}

read_arguments "$@"
look_around
require_program "$to" "${server[0]}"
require_program "$from" "${client[0]}"
find_address
for ((number = 1; number <= runs; number++)); do
  measure "$number"
done
tell ended 0
