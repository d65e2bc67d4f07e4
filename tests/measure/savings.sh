#!/bin/sh
# Measures what Brevity saves on the corpus and writes the figures into docs/savings.md, and those of the table codec next to
# minified JSON and TOON into docs/json.md. Where a goal is missed it shows the figures, fails, and leaves that page as it is.
#
# usage: BREVITY_CORPUS=FOLDER tests/measure/savings.sh [json|savings]      (needs Node; installs TOON's encoder next to itself)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
: "${BREVITY_CORPUS:?names no folder}"

npm install --prefix "$here" --no-package-lock --no-audit --no-fund --loglevel=error >/dev/null
figures=$(mktemp)
trap 'rm -f "$figures" "$figures.md"' EXIT

for page in ${1:-json savings}; do
    cargo run --quiet --release --package brevity-tests --example savings -- "$page" "$here/toon.mjs" >"$figures" ||
        { cat "$figures"; exit 1; }

    # What stands between the two marks is replaced.
    awk -v figures="$figures" '
        /^<!-- figures end -->$/ { inside = 0 }
        !inside { print }
        /^<!-- figures -->$/ { inside = 1; while ((getline line < figures) > 0) print line }
    ' "docs/$page.md" >"$figures.md"
    cat "$figures.md" >"docs/$page.md"
    cat "$figures"
done
