#!/usr/bin/env bash
# Opens an issue for each change that has none: `report_changes.sh CHANGES`
#
# CHANGES is what `deno task history changes --json` printed: a list of objects with the texts key,
# title and body, and machine and night. The issue of a change carries a marker that is made of its key, so
# it is opened once, however many nights the change lasts, and also if its issue was closed since.
# At most MOST_ISSUES (10) are opened; a comment on the last one names the other changes, which get
# theirs on the next nights. It takes gh, logged in by GH_TOKEN, with GH_REPO, and jq.
set -euo pipefail
changes=$1
most=${MOST_ISSUES:-10}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One word, so that a search for it finds nothing else, and whatever the key may hold.
marker_of() {
  printf 'cellproof%s' "$(jq -j '.key' "$1" | sha256sum | cut -c 1-32)"
}

# Text of somebody else's as code, where GitHub takes nothing for markup, a link or a mention.
quoted() {
  tr '\r' '\n' | tr -d '\000-\010\013-\037\177' | fmt -s -w 100 | sed 's/^/    /'
}

# Whether an issue, open or closed, carries the marker; fails where GitHub cannot tell.
is_told() {
  gh issue list --state all --search "$1 in:body" --json number,body --limit 100 \
    > "$work/found.json" || exit
  jq -e --arg marker "$1" 'any(.[]; .body | contains($marker))' "$work/found.json" > "$work/told" ||
    [ "$?" -eq 1 ] || exit
  [ "$(cat "$work/told")" = true ]
}

open_issue() {
  jq -r '.title | gsub("[[:cntrl:]]+"; " ") | .[:200]' "$1" > "$work/title"
  {
    jq -r '"\(.body[:20000])\n\nMachine: \(.machine)\nNight: \(.night)"' "$1" | quoted
    printf '\nThis change is told once, and never again while %s stands here.\n' "$2"
  } > "$work/body.md"
  gh issue create --title="$(cat "$work/title")" --body-file "$work/body.md"
}

is_change='([.key, .title, .body] | all(.[]; type == "string"))
  and ([.machine, .night] | all(.[]; type == "string" or type == "number"))'
is_list="length == 1 and all(.[]; type == \"array\" and all(.[]; $is_change))"
if ! jq -e --slurp "$is_list" "$changes" > "$work/valid"; then
  echo "$changes is no list of changes" >&2
  exit 1
fi

opened=0
last=
: > "$work/rest"
# The newest night first: it is what somebody is waiting for.
jq -c 'unique_by(.key) | sort_by(.night) | reverse | .[]' "$changes" > "$work/lines"
while IFS= read -r change <&3; do
  printf '%s' "$change" > "$work/change.json"
  marker=$(marker_of "$work/change.json")
  if is_told "$marker"; then continue; fi
  if [ "$opened" -ge "$most" ]; then
    jq -r '.title | gsub("[[:cntrl:]]+"; " ")' "$work/change.json" >> "$work/rest"
    continue
  fi
  last=$(open_issue "$work/change.json" "$marker")
  opened=$((opened + 1))
done 3< "$work/lines"

rest=$(wc -l < "$work/rest")
if [ "$rest" -gt 0 ]; then
  {
    printf 'Of the last night, there are %d more changes without an issue:\n\n' "$rest"
    head -n 200 "$work/rest" | quoted
  } > "$work/comment.md"
  gh issue comment "${last##*/}" --body-file "$work/comment.md"
fi
echo "$opened issues opened, $rest changes left for the next nights"
