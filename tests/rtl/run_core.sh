#!/bin/bash
# Core tests: lint by three readers, the self-checking bench on several geometries, the requantiser alone, a four-state run.
# Usage: [ALL=1] [RUNS_FACTOR=N] tests/rtl/run_core.sh [build directory]     ALL: every core, not only those that mutants meet; N times as many random programs
# SPDX-License-Identifier: Apache-2.0
root=$(cd "$(dirname "$0")/../.." && pwd)
out=${1:-$root/build/rtl_core}
mkdir -p "$out" && out=$(cd "$out" && pwd) || exit 3
T=$root/rtl-templates
core=$(ls "$T"/prim/*.sv "$T"/sched/*.sv "$T"/adc/*.sv "$T"/link/*.sv "$T"/top/cim_{axil,core,counters,csr,guard,tiles}.sv)
files="$core $T/macro/cim_macro.behavioural.sv"
watch="$root/cosim/protocol.sv $root/cosim/protocol_stop.sv" # the rules of AXI: a broken one ends the run
HASH="-GConfigHash=256'h0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
. "$root/tests/rtl/verilated.bash"
verilated_plain || exit 3
failed=0
result() { if [ "$1" = 0 ]; then echo "ok $2"; else echo "FAIL $2"; failed=1; fi; }

# build NAME TOP BENCH "files" "-G and -D options": prints nothing unless it fails
build() {
	local d=$out/$1; rm -rf "$d"; mkdir -p "$d"
	verilator --cc $cover_verilator -Wno-fatal -O3 --x-assign fast --x-initial fast --noassert --prefix Vdut --top-module "$2" $(printf '%s\n' $5 | grep '^-G') --Mdir "$d" $4 > "$d/log" 2>&1 || { cat "$d/log"; return 1; }
	cat "$d"/Vdut*.cpp > "$d/all_model.cc"
	$CXX -O0 $header $(printf '%s\n' $5 | grep '^-D') -I"$d" -I"$root/tests/rtl" -x c++ "$d/all_model.cc" "$root/tests/rtl/$3" -x none $objects -pthread -o "$d/sim" > "$d/log" 2>&1 || { head -20 "$d/log"; return 1; }
}
readout() { # kind bubble search immersed network flashbits: parameters, and what READOUT says
	echo "${*:7} -GKind=$1 -GBubble=$2 -GSearch=$3 -GImmersed=$4 -GNetwork=$5 -GFlashBits=$6 -DREADOUT_VALUE=$(($1 | $2 << 3 | $3 << 4 | $4 << 5 | $5 << 6 | ($1 == 2 ? $6 << 8 : 0)))"
}
geometry() { # rows cols tiles adcs adcbits cellbits sh act acc ch prog runs
	echo "-GRows=$1 -GCols=$2 -GTiles=$3 -GAdcs=$4 -GAdcBits=$5 -GCellBits=$6 -GSampleHold=$7 -GActDepth=$8 -GAccDepth=$9 -GChDepth=${10} -GProgDepth=${11} -GEvaluateReset=2 -GCompareReset=3 -GRefPrechargeReset=2 -GShareReset=3 -GSettleReset=4 -GSeedReset=44257 $HASH -DROWS=$1 -DCOLS=$2 -DTILES=$3 -DADCS=$4 -DCELL_BITS=$6 -DSAMPLE_HOLD=$7 -DRUNS=${12}"
}
bench() { # name "kind bubble search immersed network flashbits" geometry...: everything with ideal thresholds, some of it with a file's
	local n=$1 r=$2; shift 2
	[[ " $benches " == *" $n "* ]] || return 0
	build "$n" cim_core core_bench.cpp "$files $root/cosim/probe_core.sv $watch $root/tests/rtl/core_macro_rules.sv" "$(geometry "$@") $(readout $r)" && "$out/$n/sim" || { echo "FAIL core_bench_$n"; return 1; }
	awk -v n=$(($3 * $4 * 4)) -v codes=$((1 << $5)) 'BEGIN { srand(7); for (i = 0; i < n * codes; i++) { k = i % codes;
		t = k ? int(k * 16 + (rand() - 0.5) * 24 - (rand() < 0.05 ? 60 : 0)) : 0; printf "%06x\n", t < 0 ? t + 16777216 : t } }' > "$out/$n.hex"
	for t in characterisation random; do "$out/$n/sim" "+cim_thresholds=$out/$n.hex" $t | sed 's/core_/core_file_/'; done
}

benches="a16 b tree draws sense spares ring unit q"
[ -z "${ALL:-}" ] || benches="a c pair units $benches"
LOCAL="0 0 0 0 0 1"
( bench a "$LOCAL" 8 8 1 8 4 1 1 64 16 16 64 60 > "$out/a.txt" 2>&1
  bench a16 "$LOCAL -GCounterBits=16 -DCOUNTER_BITS=16" 8 8 1 4 4 1 1 64 16 16 64 24 > "$out/a16.txt" 2>&1
  bench b "$LOCAL" 33 65 3 4 6 2 1 100 40 9 80 24 > "$out/b.txt" 2>&1
  bench sense "3 0 0 1 1 1" 8 8 3 8 1 1 0 64 16 16 64 12 > "$out/sense.txt" 2>&1
  bench spares "$LOCAL -GSpares=3 -DSPARES=3" 8 11 3 2 4 1 1 64 16 16 64 12 > "$out/spares.txt" 2>&1 ) &
( bench c "$LOCAL" 16 11 5 1 5 1 0 64 16 16 100 40 > "$out/c.txt" 2>&1
  bench tree "0 0 1 0 0 1" 16 11 2 2 4 1 0 64 16 16 64 12 > "$out/tree.txt" 2>&1
  bench draws "4 0 0 0 0 1" 8 9 2 4 4 1 1 64 16 16 64 12 > "$out/draws.txt" 2>&1
  bench pair "0 0 0 1 0 1" 8 9 2 4 4 1 0 64 16 16 64 24 > "$out/pair.txt" 2>&1
  bench ring "2 0 0 1 1 2" 16 11 5 4 5 2 0 64 16 16 64 24 > "$out/ring.txt" 2>&1
  bench unit "1 1 0 1 2 1" 8 8 5 2 2 1 0 64 16 16 64 24 > "$out/unit.txt" 2>&1
  bench units "2 1 0 1 2 2" 8 11 8 8 4 1 0 64 16 16 64 24 > "$out/units.txt" 2>&1
  build q cim_requant core_requant.cpp "$T/sched/cim_requant.sv" "" > "$out/q.txt" 2>&1 && "$out/q/sim" > "$out/q.txt" 2>&1
  [ -s "$out/q.txt" ] || echo "FAIL core_requant" > "$out/q.txt" ) &

# lint: no waiver anywhere
for g in "" "-GRows=33 -GCols=65 -GCellBits=2 -GTiles=3 -GCounterBits=16" "-GTiles=64 -GRows=1024 -GCols=1024 -GAdcs=256 -GAdcBits=12 -GCellBits=2 -GProgDepth=65536 -GActDepth=65536 -GAccDepth=65536 -GChDepth=65536"; do
	verilator --lint-only -Wall --top-module cim_core $g $files > "$out/lint.txt" 2>&1; rc=$?
	[ $rc = 0 ] || head -5 "$out/lint.txt"
	result $rc "core_lint ${g:-default}"
done
: > "$out/icarus.txt"
# 8 planes of one round: pair C = 4*3 + 1, ring C = 3*3 + 1 of which the second and third server give 1 + 3; all clocks 1 at reset
for run in "behavioural" "digital" "behavioural Tiles=2 SampleHold=0 Immersed=1 Serving=$((8 * 13))" \
	   "digital Tiles=4 SampleHold=0 Immersed=1 Network=1 Kind=2 FlashBits=2 Decisions=5 Serving=$((8 * (10 + 2 * 4)))"; do
	set -- $run; view=$1; shift
	iverilog -g2012 -Wall -Wno-timescale -s core_icarus "${@/#/-Pcore_icarus.}" -o "$out/icarus.vvp" $core "$T/macro/cim_macro.$view.sv" $watch "$root/tests/rtl/core_icarus.sv" > "$out/icarus.log" 2>&1
	rc=$?; [ $rc = 0 ] || head -5 "$out/icarus.log"
	result $rc "core_icarus_compile $run"
	timeout 60 vvp -n "$out/icarus.vvp" 2>&1 | grep -E '^(ok|FAIL)' | sed "s/core_icarus/core_icarus $run/" > "$out/icarus.log"
	[ -s "$out/icarus.log" ] || echo "FAIL core_icarus $run: no verdict" > "$out/icarus.log"
	cat "$out/icarus.log" >> "$out/icarus.txt"
done
cat "$out/icarus.txt"
# synthesis reader, the macro as a black box
yosys -q -p "read_verilog -sv $(echo $core); read_verilog -sv -lib $T/macro/cim_macro.blackbox.sv; hierarchy -check -top cim_core; proc; opt; memory -nomap; opt; select -assert-none t:\$dlatch t:\$adlatch; check -assert" > "$out/yosys.txt" 2>&1
rc=$?; [ $rc = 0 ] || head -5 "$out/yosys.txt"
result $rc "core_yosys"
wait
for b in $benches; do cat "$out/$b.txt"; grep -q "^ok" "$out/$b.txt" || { echo "FAIL core_bench_$b: no verdict"; failed=1; }; done
for b in $benches icarus; do grep -q FAIL "$out/$b.txt" && failed=1; done
exit $failed
