#!/bin/sh
# Builds the fuzz targets into a directory:  Fuzz/build.sh DIR
# Then, on a copy of the corpus, because libFuzzer adds what it finds:
#   cp -r Fuzz/corpus/json DIR/corpus && DIR/fuzz-json -max_total_time=60 DIR/corpus
set -eu

if [ $# -ne 1 ]; then
  echo "usage: $0 DIR" >&2
  exit 2
fi
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)

# The library is compiled with coverage counters too: without them the fuzzer is blind to it.
flags="-swift-version 6 -O -g -sanitize=fuzzer,address -parse-as-library -use-ld=lld"

# shellcheck disable=SC2086
swiftc $flags -module-name StationJSON -emit-module -emit-module-path "$out/StationJSON.swiftmodule" \
  -emit-object -whole-module-optimization -o "$out/StationJSON.o" "$root"/Sources/StationJSON/*.swift
# shellcheck disable=SC2086
swiftc $flags -module-name JSONFuzz -I "$out" -o "$out/fuzz-json" \
  "$root/Fuzz/JSONFuzz.swift" "$out/StationJSON.o"
echo "$out/fuzz-json"
