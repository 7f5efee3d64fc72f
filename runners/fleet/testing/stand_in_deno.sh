#!/usr/bin/env bash
# Stands in for Deno in a harness that tests pack: `bench` does what its first argument says, and
# `recover` undoes a journal that can be undone. STAND_IN_STATUS is what it exits with where it is asked
# for its version.
[[ $1 != --version ]] || exit "${STAND_IN_STATUS:-0}"
while [[ $1 != */main.ts ]]; do shift; done
journal=${1%/*}/.cache/journal command=$2
shift 2
if [[ $command == recover ]]; then
  rm -f -- "$journal/undoable.json"
  exit
fi
[[ $command == bench && $1 == --out ]] || exit 99
out=$2 status=0
shift 2
mkdir -p -- "$out" "$journal"

case ${1-} in
  exit) status=$2 ;;
  journal) echo '{}' >"$journal/$2.json" ;;
  mark) CELLPROOF_COMMAND=stand-in.1. sleep 20 <&- >&- 2>&- & ;;
  stubborn) trap '' TERM ;;
  wait) trap 'echo TERM >>"$out/signals"' TERM ;;
esac
printf '%s\n' "$HOME" "$TMPDIR" "$DENO_DIR" "$PPID" "$$" "${CELLPROOF_COMMAND-none}" >"$out/told"
# Last: who waits for it may go on.
printf '%s\0' "$@" >"$out/draft" && mv -- "$out/draft" "$out/arguments"

# It ends half a second after the first signal, and hears of others meanwhile.
if [[ ${1-} == wait || ${1-} == stubborn ]]; then
  for ((left = 400; left > 0; left--)); do
    [[ ! -s $out/signals || $left -lt 10 ]] || left=10
    sleep 0.05
  done
  status=130
fi
exit "$status"
