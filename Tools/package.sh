#!/bin/sh
# Makes stationd_VERSION_amd64.deb of programs that are built:  BUILT=DIRECTORY Tools/package.sh
# It works in a copy of what belongs into the package, so that nothing is left behind here.
set -eu

cd "$(dirname "$0")/.."
: "${BUILT:?the directory with stationd and stationctl}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
log=$work/log
mkdir "$work/tree"
cp -R debian systemd etc completions man "$work/tree/"
export BUILT
if ! (cd "$work/tree" && debian/rules binary) >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
grep -E 'warning:' "$log" >&2 || true
cp "$work"/tree/*.deb .
ls -l stationd_*.deb
