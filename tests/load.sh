#!/bin/sh
# Puts load on the proxy, side by side with a bare hyper proxy, nginx and haproxy where these are
# installed, and prints tables. docs/load.md says what they mean.
#
# No part of .ci/run: it needs optimised builds, Linux, and a machine that does little else.
# BREVITY names another binary than this tree's.
#
# usage: tests/load.sh side [SECONDS] [ROUNDS] | streams [STREAMS] [SECONDS] | stalls [SECONDS] |
#                      soak [SECONDS]
set -eu
cd "$(dirname "$0")/.."

# Each stream takes two sockets of a proxy.
ulimit -n 20000 2>/dev/null || ulimit -n "$(ulimit -Hn)"

cargo build --quiet --release --package brevity-tests --example load
if [ -z "${BREVITY:-}" ]; then
    cargo build --quiet --release --package brevity-proxy
    BREVITY=${CARGO_TARGET_DIR:-target}/release/brevity
fi
export BREVITY
exec "${CARGO_TARGET_DIR:-target}/release/examples/load" "$@"
