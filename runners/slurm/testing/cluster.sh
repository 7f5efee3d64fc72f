#!/usr/bin/env bash
# A Slurm cluster on this machine, until standard input ends: what FOLDER/slurm.conf configures, with a
# log for the controller and for each node in that folder. Says "ready" when every node is idle, else
# what the controller said last. Reads one command a line, and answers each with "ok":
#   start NODE   starts its slurmd
#   kill NODE    ends its slurmd and every process of its jobs, without a warning
# Whatever ends this but SIGKILL, nothing of the cluster is left, nor the folder.
#
# Usage: cluster.sh FOLDER CLUSTER NODE...
set -u
folder=$1
cluster=$2
shift 2
PATH=$PATH:/usr/sbin:/sbin
export SLURM_CONF=$folder/slurm.conf

# The processes of node $1, or of the whole cluster where it is empty: those that have its log open,
# those whose environment is of its jobs, and all that descend from these.
processes() {
  {
    find /proc/[0-9]*/fd -lname "$folder/${1:-*}.log" 2>/dev/null
    grep -lsazxF "SLURM_CLUSTER_NAME=$cluster" /proc/[0-9]*/environ |
      xargs -r grep -lsazx "SLURMD_NODENAME=${1:-.*}"
    echo ---
    grep -s '^PPid:' /proc/[0-9]*/status
  } | awk -F '[/:[:space:]]+' '
    /^---/ { listed = 1; next }
    listed { parent[$3] = $NF; next }
    { found[$3] }
    END {
      do {
        more = 0
        for (pid in parent) if (parent[pid] in found && !(pid in found)) { found[pid]; more = 1 }
      } while (more)
      for (pid in found) print pid
    }'
}

# What is killed may have begun another one: so until none is left.
end() {
  local pids
  for _ in {1..50}; do
    mapfile -t pids < <(processes "$1")
    [ "${#pids[@]}" -eq 0 ] && return
    kill -KILL "${pids[@]}" 2>/dev/null
    sleep 0.02
  done
}

start() {
  slurmd -D -N "$1" </dev/null >/dev/null 2>&1 &
}

finish() {
  trap '' TERM
  # Nobody may be listening any more, which would end this.
  exec >/dev/null 2>&1
  end ''
  rm -rf -- "$folder"
  exit 0
}

trap finish TERM EXIT
slurmctld -D -c </dev/null >/dev/null 2>&1 &
for node; do start "$node"; done
for _ in {1..1800}; do
  idle=$(sinfo --noheader --Node --states=idle --format=%N 2>/dev/null | sort -u | wc -l)
  if [ "$idle" -eq $# ]; then break; fi
  sleep 0.05
done
if [ "$idle" -ne $# ]; then
  tail -n 3 "$folder/slurmctld.log" | tr '\n' ' '
  exit 1
fi
echo ready
while read -r command node; do
  case $command in
    start) start "$node" ;;
    kill) end "$node" ;;
  esac
  echo ok
done
