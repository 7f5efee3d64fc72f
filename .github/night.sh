#!/usr/bin/env bash
# One night on a host: measures, keeps the result, renders what changed. `night.sh STATE [RESULT]`
#
# STATE is a folder that stays from night to night: the history, the site, and the changes of the
# last night. RESULT is the folder of tonight's result (STATE/results/TIME). From the environment:
# BUDGET (45m), and EXPECT, a file of expectations, which need not be there yet; its path is one from
# the root of the repository.
# The exit status is that of `deno task bench`; 3 too where something could not be put back, and 2
# where all was well but could not be rendered.
set -euo pipefail
if [ "$#" -lt 1 ] || [ "${1#-}" != "$1" ]; then
  echo "It takes a folder that stays from night to night: night.sh STATE [RESULT]" >&2
  exit 1
fi
state=$(realpath -m "$1")
result=$(realpath -m "${2:-$state/results/$(date -u +%Y-%m-%dT%H%M%SZ)}")
history=$state/history.sqlite
expect=${EXPECT:-}
cd "$(dirname "${BASH_SOURCE[0]}")/.."

render() {
  deno task history changes --db "$history" --json > "$state/changes.partial" &&
    deno task site --db "$history" --out "$state/site" &&
    mv "$state/changes.partial" "$state/changes.json"
}

mkdir -p "$state"
# What yesterday left must not pass for what tonight found.
rm -f "$state/changes.json" "$state/changes.partial"
options=(--budget "${BUDGET:-45m}" --history "$history" --confirm --out "$result")
if [ -e "$expect" ]; then
  options+=(--expect "$expect")
elif [ -n "$expect" ]; then
  echo "Nothing is expected yet. To hold the next nights to this one, if you trust it:" >&2
  echo "deno task expect $result --out $expect" >&2
fi

# A night that was killed may have left something, too.
deno task recover
status=0
deno task bench "${options[@]}" || status=$?
deno task recover || status=3

case $status in
  0 | 100 | 101) render || { [ "$status" -ne 0 ] || status=2; } ;;
esac
exit "$status"
