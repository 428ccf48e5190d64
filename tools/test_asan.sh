#!/usr/bin/env bash
# `make test-asan`: everything built with the address and undefined-behaviour sanitizers, then the unit tests, the command-line tests, the kept fuzz inputs and
# some co-simulations with it. A report of a sanitizer fails the run wherever it came from, also where a test did not look: reports go to files of their own.
# docs/fuzzing.md says what is left out. One suite alone: tools/test_asan.sh NAME...
# Environment: BUILD (build/asan), JOBS.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/.." || exit 3
BUILD=${BUILD:-build/asan}
jobs=${JOBS:-$(nproc)}
make --no-print-directory ASAN=1 OPT=-O1 BUILD="$BUILD" -j"$jobs" all unit fuzz-replay || exit 1
reports=$(realpath "$BUILD")/reports
rm -rf "$reports"
mkdir -p "$reports"
export BUILD BITLINE=$BUILD/bitline
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=0:strict_string_checks=1:malloc_context_size=12:log_path=$reports/asan
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1:log_path=$reports/ubsan
# SystemC's own pool of payloads is never given back
echo 'leak:libsystemc' >"$BUILD/lsan.supp"
LSAN_OPTIONS=print_suppressions=0:suppressions=$(realpath "$BUILD/lsan.supp")
export LSAN_OPTIONS
if [ $# -gt 0 ]; then
	suites=("$@")
else
	suites=(tests/fuzz/replay.sh tests/cli/*.sh)
	for s in tests/unit/test_*.c; do suites+=("$BUILD/test/$(basename "$s" .c)"); done
	suites+=(tests/cosim/sweep.sh tests/cosim/jobs.sh tests/cosim/icarus.sh) # their models are verilated, without sanitizers, and those of `make test`
fi
JOBS=$jobs tests/run.sh "${suites[@]}"
rc=$?
n=$(find "$reports" -type f -size +0 | wc -l)
if [ "$n" != 0 ]; then
	grep -hE 'ERROR: |runtime error|SUMMARY: ' "$reports"/* | sed 's/==[0-9]*==//' | sort | uniq -c | sort -rn | head -n 20
	echo "FAIL $n sanitizer reports in $reports"
	rc=1
else
	echo "ok no sanitizer report"
fi
exit $rc
