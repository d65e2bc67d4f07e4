#!/bin/sh
# Measures what the table codec saves on the JSON of the corpus, next to minified JSON and TOON, and
# writes the figures into docs/json.md. Fails, and writes nothing, where a goal is missed.
#
# usage: BREVITY_CORPUS=FOLDER tests/measure/json.sh      (needs Node; installs TOON's encoder next to itself)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
: "${BREVITY_CORPUS:?names no folder}"

npm install --prefix "$here" --no-package-lock --no-audit --no-fund --loglevel=error >/dev/null
figures=$(mktemp)
trap 'rm -f "$figures" "$figures.md"' EXIT
cargo run --quiet --release --package brevity-tests --example savings -- "$here/toon.mjs" >"$figures"

# What stands between the two marks is replaced.
awk -v figures="$figures" '
    /^<!-- figures end -->$/ { inside = 0 }
    !inside { print }
    /^<!-- figures -->$/ { inside = 1; while ((getline line < figures) > 0) print line }
' docs/json.md >"$figures.md"
cat "$figures.md" >docs/json.md
cat "$figures"
