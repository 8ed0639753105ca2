#!/bin/sh
# Builds the fuzz targets and runs each for so many seconds on a copy of its corpus:  Tools/fuzz.sh SECONDS
# An input that breaks something is left in .build-fuzz/ and printed.
set -eu

seconds=$1
cd "$(dirname "$0")/.."
out=.build-fuzz
Fuzz/build.sh $out
for corpus in Fuzz/corpus/*/; do
  name=$(basename "$corpus")
  rm -rf "$out/corpus-$name"
  cp -r "$corpus" "$out/corpus-$name"
  echo "fuzz-$name: $seconds s, from $(find "$corpus" -type f | wc -l) inputs"
  # libFuzzer says much that nobody reads when nothing was found.
  if ! ASAN_OPTIONS=detect_leaks=0 "$out/fuzz-$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 \
    -artifact_prefix="$out/found-$name-" -print_final_stats=1 "$out/corpus-$name" >"$out/$name.log" 2>&1; then
    cat "$out/$name.log"
    exit 1
  fi
  grep -E 'number_of_executed|new_units' "$out/$name.log"
done
