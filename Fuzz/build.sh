#!/bin/sh
# Builds the fuzz targets into a directory:  Fuzz/build.sh DIR
# Then, on a copy of the corpus, because libFuzzer adds what it finds:
#   cp -r Fuzz/corpus/json DIR/json && DIR/fuzz-json -max_total_time=60 DIR/json
#   cp -r Fuzz/corpus/framer DIR/framer && DIR/fuzz-framer -max_total_time=60 DIR/framer
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

flags="$flags -package-name stationd -whole-module-optimization"

# module NAME FILES: compiles what a target needs of one module.
module() {
  name=$1
  shift
  # shellcheck disable=SC2086
  swiftc $flags -module-name "$name" -I "$out" -emit-module -emit-module-path "$out/$name.swiftmodule" \
    -emit-object -o "$out/$name.o" "$@"
}

# target PROGRAM SOURCE MODULES: compiles and links one fuzz target.
target() {
  program=$1
  source=$2
  shift 2
  # shellcheck disable=SC2086
  swiftc $flags -module-name "${source%.swift}" -I "$out" -o "$out/$program" "$root/Fuzz/$source" "$@"
  echo "$out/$program"
}

module StationJSON "$root"/Sources/StationJSON/*.swift
target fuzz-json JSONFuzz.swift "$out/StationJSON.o"

# The framer needs no NIO and no store: of these two modules only the files that it uses.
rpc="$root/Sources/StationRPC"
transport="$root/Sources/StationTransport"
module StationRPC "$rpc/Connection.swift" "$rpc/Limits.swift" "$rpc/Peer.swift" "$rpc/SocketClass.swift"
module StationTransport "$transport/Framer.swift" "$transport/Framing.swift" "$transport/HeaderBlock.swift"
target fuzz-framer FramerFuzz.swift "$out/StationTransport.o" "$out/StationRPC.o" "$out/StationJSON.o"
