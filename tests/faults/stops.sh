#!/bin/bash
# Stops, resets and writes while busy in every clock (stops.cpp), and 6000 random instruction images against the golden machine (images.cpp); ALL=1: 20 000,
# and aborts of four tiles in every clock, not in every fourth (make regress).
# SPDX-License-Identifier: Apache-2.0
here=$(cd "$(dirname "$0")" && pwd) root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root" && libraries=$(realpath "${BUILD:-build}") || exit 3
out=${1:-$libraries/faults/stops}
mkdir -p "$out" && out=$(cd "$out" && pwd) || exit 3
bitline=$(realpath "${BITLINE:-$libraries/bitline}") || exit 3
. "$here/lib.bash"
skip_without stops yosys verilator python3
N=${N:-$([ -n "${ALL:-}" ] && echo 20000 || echo 6000)} SEED=${SEED:-1}
verilated_plain || exit 3
counters= # of gcc, when the libraries are built with them (make coverage)
! grep -q __gcov "$libraries/libgolden.a" || counters=-lgcov
( # clocks and states of one tile; images
	fault_emit tiny --config "$root/configs/tiny.xml" && fault_model tiny && fault_bench tiny stops &&
		fault_bench tiny images "$libraries"/lib{golden,checkpoint,common}.a $(pkg-config --libs libxml-2.0 jansson) -fopenmp -lm $counters || echo "FAIL stops_tiny cannot be built"
	timeout 1200 "$out/tiny/stops" || echo "FAIL stops_tiny: exit $?"
	timeout 1200 "$out/tiny/images" "$N" "$SEED" || echo "FAIL images: exit $?"
) >"$out/a" 2>&1 &
( # four tiles that take turns as references
	fault_emit ring --config "$root/configs/tiny-ring.xml" && fault_model ring -O0 && fault_bench ring stops || echo "FAIL stops_ring cannot be built"
	for t in watchdog characterisation abort_idle "abort_every_clock ${ALL:-4}"; do timeout 1200 "$out/ring/stops" $t || echo "FAIL stops_ring $t: exit $?"; done
) >"$out/b" 2>&1 &
wait
cat "$out/a" "$out/b"
! grep -qE '^(FAIL|BAD)' "$out/a" "$out/b"
