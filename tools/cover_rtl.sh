#!/bin/bash
# Runs the suites that drive emitted RTL with models that count, adds up what they counted, and reports: lines, branches and bits by template, pairs of
# configuration values (docs/coverage.md). Scratch and counts: $BUILD/coverage. KEEP=1 adds to counts that are there; SUITES names other suites.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/.." || exit 3
export ALL=1 # every case of the suites
BUILD=${BUILD:-build}
out=$BUILD/coverage
# not those that edit the RTL on purpose (edits, protocol, robust): their lines are not the templates'
suites=${SUITES:-tests/cosim/kinds.sh tests/cosim/sweep.sh tests/cosim/repair.sh tests/cosim/placements.sh tests/cosim/tables.sh tests/cosim/clocks.sh
	tests/faults/stops.sh tests/faults/campaign_quick.sh tests/flow/uart.sh}
bitline=${BITLINE:-$BUILD/bitline}
[ -n "${KEEP:-}" ] || rm -rf "$out"
mkdir -p "$out/counts" "$out/toggle" && counts=$(realpath "$out/counts") && toggle=$(realpath "$out/toggle") || exit 3
export BITLINE_CACHE=${BITLINE_CACHE:-$PWD/$out/cache}
# toggled bits cost four times the time to compile: two devices, and the cores of tests/rtl/run_core.sh, one of every kind
for config in tiny tiny-ring; do
	BITLINE_COVERAGE=$toggle BITLINE_COVERAGE_TOGGLE=1 "$bitline" cosim --config configs/$config.xml --engine verilator --model shapes:stories260k --layers 0.attn.q --tokens 2 >"$out/toggle_$config.log" 2>&1 ||
		{ echo "cover_rtl: $config does not run:" >&2; tail -n 1 "$out/toggle_$config.log" >&2; exit 1; }
done
suites_rc=0
if [ -z "${SUITES:-}" ]; then BITLINE_COVERAGE=$toggle BITLINE_COVERAGE_TOGGLE=1 BUILD=$BUILD BITLINE=$bitline tests/run.sh tests/rtl/run_core.sh || suites_rc=1; fi
# shellcheck disable=SC2086
BITLINE_COVERAGE=$counts BUILD=$BUILD BITLINE=$bitline tests/run.sh $suites || suites_rc=1
rm -rf "$out/emitted" && "$bitline" gen --config configs/tiny.xml --with ice40 --out "$out/emitted" >/dev/null || exit 3
tools/cover_rtl.py "$counts" "$toggle" --emitted "$out/emitted" --explained tests/coverage/explained.txt
lines_rc=$?
"$BUILD/test/pairs" --report "$counts" -v >"$out/pairs.txt" || exit 1
echo "pairs of configuration values (those that are left: $out/pairs.txt):"
tail -n 1 "$out/pairs.txt"
[ $suites_rc = 0 ] && [ $lines_rc = 0 ]
