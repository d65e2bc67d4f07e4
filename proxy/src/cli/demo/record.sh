#!/usr/bin/env bash
# Makes conversation.json: what a coding agent sends while it works on this repository. The commands
# are run, in a copy of the repository that holds one fault; what they print is what the request
# holds. Only the tracker's answers are written by hand, in tracker.jq.
#
# Needs git, cargo and jq. Run it where you like; it writes next to itself.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
repository=$work/brevity
git clone -q "$(git -C "$here" rev-parse --show-toplevel)" "$repository"
cd "$repository"
export CARGO_TERM_COLOR=never RUST_BACKTRACE=0

# The fault: what was taken from the front is not taken off the length.
sed -i 's/self\.len -= len;/self.len -= front.slices.len();/' engine/src/held.rs
git diff --quiet && { echo 'the fault found no place' >&2; exit 1; }

calls=0
: >"$work/messages"

message() { jq -c . >>"$work/messages"; }

# neutral < text: the paths of this machine, replaced.
neutral() {
  sed -e "s|$repository|/home/dev/brevity|g" -e "s|${CARGO_HOME:-$HOME/.cargo}|/home/dev/.cargo|g" \
    -e 's|registry/src/[^/"]*/|registry/src/|g' -e 's|registry+[^#"]*|registry|g' \
    -e "s|$work|/home/dev|g" -e "s|$HOME|/home/dev|g"
}

# say WORDS: what the assistant says before its next calls.
say() { words=$1; uses=; results=; }

# call TOOL INPUT < result: one call of the assistant, and what came of it.
call() {
  calls=$((calls + 1))
  local id
  id=$(printf 'toolu_01BREVITY%04d' "$calls")
  uses+=$(jq -nc --arg id "$id" --arg name "$1" --argjson input "$2" \
    '{type: "tool_use", id: $id, name: $name, input: $input}')
  results+=$(neutral | jq -Rsc --arg id "$id" \
    '{tool_use_id: $id, type: "tool_result", content: rtrimstr("\n")}')
}

# shell COMMAND: a call of the shell.
shell() { call Bash "$(jq -nc --arg command "$1" '{command: $command}')" < <(bash -c "$1" 2>&1); }

# turn: the assistant's message is complete, and so are the results that the agent sends back.
turn() {
  jq -sc --arg words "$words" '{role: "assistant", content: [{type: "text", text: $words}, .[]]}' \
    <<<"$uses" | message
  jq -sc '{role: "user", content: .}' <<<"$results" | message
}

tracker() { jq -n "$@" -L "$here" 'include "tracker"; answer'; }

jq -n '{role: "user", content: [
  {type: "text", text: "<system-reminder>\nThe working directory is /home/dev/brevity.\n</system-reminder>"},
  {type: "text", text: "BRV-131 says that Held reports a wrong length after take. Look for related reports, reproduce it and mend it. Then list our dependencies with their licences for the release page."}]}' |
  message

say 'I will look at the open reports first.'
call mcp__tracker__list_issues '{"project":"BRV","state":"open"}' < <(tracker -c --arg what list)
turn
say 'BRV-131 is there, and BRV-118 may be the same. Now the workspace and the places that use it.'
shell 'cargo metadata --format-version 1 --no-deps'
call Grep '{"pattern":"Held","path":"engine/src","output_mode":"content","-n":true}' \
  < <(grep -rn Held engine/src | sort -t: -k1,1 -k2,2n)
turn
say 'I will read the file and run its tests.'
call Read '{"file_path":"/home/dev/brevity/engine/src/held.rs"}' \
  < <(awk '{printf "%6d\t%s\n", NR, $0}' engine/src/held.rs)
shell 'cargo test -q -p brevity --lib held 2>&1 | tail -40'
turn
say 'The length loses one for each slice instead of one for each byte.'
sed -i 's/self\.len -= front\.slices\.len();/self.len -= len;/' engine/src/held.rs
call Edit '{"file_path":"/home/dev/brevity/engine/src/held.rs","old_string":"        self.len -= front.slices.len();","new_string":"        self.len -= len;"}' \
  <<<'The file /home/dev/brevity/engine/src/held.rs has been updated successfully.'
turn
say 'Once more, and a check of everything that uses it.'
shell 'cargo test -q -p brevity --lib held 2>&1 | tail -40'
shell 'cargo check -q -p brevity --message-format json 2>/dev/null'
turn
say 'All is well. Was BRV-118 the same fault?'
call mcp__tracker__get_issue '{"key":"BRV-118"}' < <(tracker --arg what issue)
shell 'git log -12 --no-merges --stat --format="%h %as %s"'
turn
say 'It was. Now the dependencies.'
shell "cargo metadata --format-version 1 --locked | jq '[.packages[] | select(.source) | {name, version, license, rust_version, edition, homepage, repository, features: (.features | length), dependencies: (.dependencies | length)}]'"
turn
say 'I will leave a note on both reports.'
call mcp__tracker__comment '{"keys":["BRV-131","BRV-118"],"text":"Mended: take() lost one for each slice."}' \
  < <(tracker -c --arg what comment)
shell 'git status --short'
turn

jq -s --slurpfile frame "$here/frame.json" '{model: $frame[0].model, messages: .} + ($frame[0] | del(.model))' \
  "$work/messages" | jq -c . >"$here/conversation.json"
wc -c "$here/conversation.json"
