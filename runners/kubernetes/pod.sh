#!/usr/bin/env bash
# Runs node.sh, which lies beside it, in a pod of Kubernetes; takes its arguments. Kubernetes calls a job
# failed whose pod exits with anything but 0. A run that refuted claims, or left some open, did what it
# was asked.
set -uo pipefail

readonly REFUTED=100 UNDECIDED=101

running='' cancelled='' signalled=''

pass_on() {
  cancelled=1 signalled=1
  [[ -z $running ]] || kill -TERM "$running" 2>/dev/null
}

trap pass_on TERM INT HUP
bash -- "${0%/*}/node.sh" "$@" &
running=$!
[[ -z $cancelled ]] || kill -TERM "$running" 2>/dev/null
# A signal ends the waiting, not the run, which puts its node back.
while
  signalled=''
  wait "$running"
  status=$?
  [[ -n $signalled ]]
do :; done
case $status in
  "$REFUTED" | "$UNDECIDED") exit 0 ;;
esac
exit "$status"
