#!/bin/sh
# Starts a development daemon in the foreground:  Tools/run.sh BIN-DIRECTORY STATE-DIRECTORY
# Ctrl-C stops it. The state stays and is found again at the next start.
set -eu

bin=$1
state=$2
# For its owner alone, as the daemon makes it.
(umask 077 && mkdir -p "$state")

"$bin/stationd" --dev "$state" &
daemon=$!
trap 'kill -TERM $daemon 2>/dev/null || true' INT TERM

answers() { "$bin/stationctl" --socket "$state/stationd.sock" --json system ping >/dev/null 2>&1; }
until answers; do
  if ! kill -0 $daemon 2>/dev/null; then
    wait $daemon || exit $?
    exit 1
  fi
  sleep 0.1
done

cat <<TEXT

stationd is serving. In another terminal, in this directory:

  by hand
    echo '{"jsonrpc":"2.0","id":1,"method":"system.info"}' | socat - UNIX-CONNECT:$state/stationd.sock

  with stationctl
    export STATIOND_SOCKET=$state/stationd.sock
    $bin/stationctl status
    $bin/stationctl support open --scenario 5 --station st-01 --urgency immediate --summary '转账诈骗，止付'
    $bin/stationctl support list
    $bin/stationctl audit verify

Ctrl-C stops it. The state is kept in $state; remove the directory to begin anew.

TEXT
# A signal ends the first wait; the second collects the daemon's own end.
wait $daemon || true
wait $daemon 2>/dev/null || true
