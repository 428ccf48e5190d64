#!/bin/bash
# Core tests: lint by three readers, the self-checking bench on several geometries, the requantiser alone, a four-state run.
# Usage: tests/rtl/run_core.sh [build directory]
# SPDX-License-Identifier: Apache-2.0
root=$(cd "$(dirname "$0")/../.." && pwd)
out=${1:-$root/build/rtl_core}
mkdir -p "$out" && out=$(cd "$out" && pwd) || exit 3
T=$root/rtl-templates
core=$(ls "$T"/prim/*.sv "$T"/sched/*.sv "$T"/adc/*.sv "$T"/top/cim_{axil,core,counters,csr}.sv)
files="$core $T/macro/cim_macro.behavioural.sv"
inc=$(pkg-config --variable=includedir verilator 2>/dev/null); [ -n "$inc" ] || inc=/usr/share/verilator/include
HASH="-GConfigHash=256'h0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
failed=0
result() { if [ "$1" = 0 ]; then echo "ok $2"; else echo "FAIL $2"; failed=1; fi; }

# the runtime is the same for all models: built once
CXX="g++ -std=c++17 -O0 -I$inc -I$inc/vltstd -DVERILATOR=1 -DVM_COVERAGE=0 -DVM_SC=0 -DVM_TRACE=0 -DVL_THREADED=0 -faligned-new"
for f in verilated verilated_threads verilated_dpi; do
	[ -f "$inc/$f.cpp" ] && { [ "$out/$f.o" -nt "$inc/$f.cpp" ] || $CXX -c "$inc/$f.cpp" -o "$out/$f.o" || exit 3; }
done

# build NAME TOP BENCH "files" "-G and -D options": prints nothing unless it fails
build() {
	local d=$out/$1; rm -rf "$d"; mkdir -p "$d"
	verilator --cc -Wno-fatal -O3 --x-assign fast --x-initial fast --noassert --prefix Vdut --top-module "$2" $(printf '%s\n' $5 | grep '^-G') --Mdir "$d" $4 > "$d/log" 2>&1 || { cat "$d/log"; return 1; }
	cat "$d"/Vdut*.cpp > "$d/all_model.cc"
	$CXX $(printf '%s\n' $5 | grep '^-D') -I"$d" -I"$root/tests/rtl" -x c++ "$d/all_model.cc" "$root/tests/rtl/$3" -x none "$out"/verilated*.o -pthread -o "$d/sim" > "$d/log" 2>&1 || { head -20 "$d/log"; return 1; }
}
geometry() { # rows cols tiles adcs adcbits cellbits sh act acc ch prog runs
	echo "-GRows=$1 -GCols=$2 -GTiles=$3 -GAdcs=$4 -GAdcBits=$5 -GCellBits=$6 -GSampleHold=$7 -GActDepth=$8 -GAccDepth=$9 -GChDepth=${10} -GProgDepth=${11} -GEvaluateReset=2 -GCompareReset=3 $HASH -DROWS=$1 -DCOLS=$2 -DTILES=$3 -DADCS=$4 -DCELL_BITS=$6 -DSAMPLE_HOLD=$7 -DRUNS=${12}"
}
bench() { local n=$1; shift; build "$n" cim_core core_bench.cpp "$files $root/cosim/probe_core.sv" "$(geometry "$@")" && "$out/$n/sim" || { echo "FAIL core_bench_$n"; return 1; }; }

( bench a 8 8 1 8 4 1 1 64 16 16 64 60 > "$out/a.txt" 2>&1
  bench b 33 65 3 4 6 2 1 100 40 9 80 24 > "$out/b.txt" 2>&1 ) &
( bench c 16 11 5 1 5 1 0 64 16 16 100 40 > "$out/c.txt" 2>&1
  build q cim_requant core_requant.cpp "$T/sched/cim_requant.sv" "" > "$out/q.txt" 2>&1 && "$out/q/sim" > "$out/q.txt" 2>&1
  [ -s "$out/q.txt" ] || echo "FAIL core_requant" > "$out/q.txt" ) &

# lint: no waiver anywhere
for g in "" "-GRows=33 -GCols=65 -GCellBits=2 -GTiles=3" "-GTiles=64 -GRows=1024 -GCols=1024 -GAdcs=256 -GAdcBits=12 -GCellBits=2 -GProgDepth=65536 -GActDepth=65536 -GAccDepth=65536 -GChDepth=65536"; do
	verilator --lint-only -Wall --top-module cim_core $g $files > "$out/lint.txt" 2>&1; rc=$?
	[ $rc = 0 ] || head -5 "$out/lint.txt"
	result $rc "core_lint ${g:-default}"
done
: > "$out/icarus.txt"
for view in behavioural digital; do
	iverilog -g2012 -Wall -Wno-timescale -s core_icarus -o "$out/icarus.vvp" $core "$T/macro/cim_macro.$view.sv" "$root/tests/rtl/core_icarus.sv" > "$out/icarus.log" 2>&1
	rc=$?; [ $rc = 0 ] || head -5 "$out/icarus.log"
	result $rc "core_icarus_compile $view"
	timeout 60 vvp -n "$out/icarus.vvp" 2>&1 | grep -E '^(ok|FAIL)' | sed "s/core_icarus/core_icarus $view/" > "$out/icarus.log"
	[ -s "$out/icarus.log" ] || echo "FAIL core_icarus $view: no verdict" > "$out/icarus.log"
	cat "$out/icarus.log" >> "$out/icarus.txt"
done
cat "$out/icarus.txt"
# synthesis reader, the macro as a black box
yosys -q -p "read_verilog -sv $(echo $core); read_verilog -sv -lib $T/macro/cim_macro.blackbox.sv; hierarchy -check -top cim_core; proc; opt; memory -nomap; opt; select -assert-none t:\$dlatch t:\$adlatch; check -assert" > "$out/yosys.txt" 2>&1
rc=$?; [ $rc = 0 ] || head -5 "$out/yosys.txt"
result $rc "core_yosys"
wait
cat "$out"/a.txt "$out"/b.txt "$out"/c.txt "$out"/q.txt
grep -q FAIL "$out"/{a,b,c,q,icarus}.txt && failed=1
exit $failed
