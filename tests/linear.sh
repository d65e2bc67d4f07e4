#!/bin/sh
# Counts the instructions per byte of hostile inputs of n, 2n, 4n and 8n. Fails where the largest
# figure of a case is more than 10 % above its smallest.
#
# No part of .ci/run: it needs an optimised build and counts for minutes.
#
# usage: tests/linear.sh [CASE]...      (without a case: all of them)
set -eu
cd "$(dirname "$0")/.."

cargo build --quiet --release --package brevity-tests --example linear
linear=${CARGO_TARGET_DIR:-target}/release/examples/linear

# Instructions of one run in user space: by the processor's counter, or else by callgrind.
if perf stat -x, -e instructions:u true 2>&1 | grep -q '^[0-9]'; then
    count() { perf stat -x, -e instructions:u "$linear" "$@" 2>&1 >/dev/null | cut -d, -f1; }
else
    count() {
        valgrind --tool=callgrind --callgrind-out-file=/dev/null "$linear" "$@" 2>&1 >/dev/null |
            sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
    }
fi

failed=0
printf '%-32s %10s %10s %10s %10s %8s\n' 'instructions per byte' n 2n 4n 8n ratio
while read -r name n; do
    case " ${*:-$name} " in *" $name "*) ;; *) continue ;; esac
    figures=
    for size in "$n" $((n * 2)) $((n * 4)) $((n * 8)); do
        bytes=$("$linear" "$name" "$size" 0)
        # Two walks less one: neither the start nor the making of the input counts.
        once=$(count "$name" "$size" 1)
        twice=$(count "$name" "$size" 2)
        figures="$figures $(((twice - once) * 1000 / bytes))"
    done
    echo "$name$figures" | awk '{
        low = high = $2
        for (i = 3; i <= 5; i++) { if ($i < low) low = $i; if ($i > high) high = $i }
        printf "%-32s %10.2f %10.2f %10.2f %10.2f %8.3f\n", $1, $2/1000, $3/1000, $4/1000, $5/1000, high/low
        exit high > low * 1.1
    }' || failed=1
done <<EOF
$("$linear")
EOF
exit $failed
