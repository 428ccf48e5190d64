#!/usr/bin/env bash
# The kept inputs of every fuzz target, built with the address and undefined-behaviour sanitizers by the project's own compiler: the seeds with the known attacks
# (seeds.py), cases that once broke something (found/), and the smallest set with all edges that the campaigns saw (corpus/). docs/fuzzing.md.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
shopt -s nullglob
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! make --no-print-directory BUILD="$BUILD" -j2 fuzz-replay >"$work/log" 2>&1; then
	echo "FAIL replay is not built"
	tail -n 5 "$work/log"
	exit 1
fi
/usr/bin/python3 -B tests/fuzz/seeds.py "$work/seeds" || exit 1
export ASAN_OPTIONS=detect_leaks=1:malloc_context_size=10 UBSAN_OPTIONS=print_stacktrace=1
bad=0
for t in $(sed -n 's/^TARGET(\(.*\))$/\1/p' tests/fuzz/targets.def); do
	if [ ! -s "tests/fuzz/corpus/$t.bin" ]; then
		echo "FAIL $t: tests/fuzz/corpus/$t.bin is missing; tools/fuzz.sh pack makes it"
		bad=1
	elif printf '%s\0' "tests/fuzz/corpus/$t.bin" "$work/seeds/$t/"* "tests/fuzz/found/$t-"* | timeout 120 xargs -0 "$BUILD/fuzz/fuzz_replay" "$t" >"$work/out" 2>"$work/err"; then
		echo "ok $t: $(cat "$work/out")"
	else
		echo "FAIL $t: exit $?: $(grep -m1 -E '^fuzz:|ERROR:|runtime error|^replay:|out of memory' "$work/err")"
		head -n 20 "$work/err" | sed 's/^/# /'
		bad=1
	fi
done
exit $bad
