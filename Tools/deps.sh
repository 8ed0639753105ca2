#!/bin/sh
# Installs the Debian packages that are missing:  Tools/deps.sh PACKAGE…
# Says nothing when none is. Needs root or sudo only when there is something to install.
set -eu

missing=
for package in "$@"; do
  status=$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "This is not Debian: install what these packages hold, then go on:$missing" >&2
  exit 1
fi
as_root=
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "As root: apt-get install$missing" >&2; exit 1; }
  as_root="sudo"
fi
echo "Installing:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086
if ! { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get install --yes --no-install-recommends $missing; } </dev/null >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
