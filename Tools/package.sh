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
mkdir "$work/tree/Plugins"
cp -R Plugins/python Plugins/examples "$work/tree/Plugins/"
export BUILT
if ! (cd "$work/tree" && debian/rules binary) >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
grep -E 'warning:' "$log" >&2 || true

# Both programs have the same 30 MB of Unicode data in them. A window that reaches from one to the other keeps it once;
# dpkg-deb's own goes to 64 MiB.
deb=$(cd "$work/tree" && echo *.deb)
mkdir "$work/parts"
(
  cd "$work/parts"
  ar x "$work/tree/$deb"
  xz -T1 control.tar
  xz -T1 --lzma2=preset=4,dict=192MiB data.tar
  ar rcD "$deb" debian-binary control.tar.xz data.tar.xz
)
mv "$work/parts/$deb" .
ls -l stationd_*.deb
