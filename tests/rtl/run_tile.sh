#!/bin/bash
# Tile tests: lint at several sizes, benches under Verilator and Icarus, three macro views, Yosys. Prints `ok`/`FAIL` lines; exit 1 on any FAIL.
# usage: [ALL=1] tests/rtl/run_tile.sh [RUNS]    (weight loads per bench, default 20; ALL=1: the digital view in Icarus too, make regress; scratch in $BUILD or build, /rtl_tile)
# SPDX-License-Identifier: Apache-2.0
cd "$(dirname "$0")/../.." || exit 3
root=$PWD
runs=${1:-20}
out=$root/${BUILD:-build}/rtl_tile
mkdir -p "$out" || exit 3
. tests/rtl/verilated.bash
verilated_timed || exit 3
rtl="sched/cim_row_latch.sv sched/cim_plane_seq.sv sched/cim_col_mux.sv sched/cim_shift_add.sv
     sched/cim_drain.sv sched/cim_acc_mem.sv sched/cim_repair.sv sched/cim_readout.sv sched/cim_tile.sv"
rtl="$(ls "$root"/rtl-templates/adc/*.sv) $(for f in $rtl; do echo "$root/rtl-templates/$f"; done)"
macro=$root/rtl-templates/macro/cim_macro
bench=$root/tests/rtl
failed=0

say() {  # say STATUS TEXT [LOG]
	if [ "$1" = 0 ]; then echo "ok $2"; else echo "FAIL $2"; failed=1; [ -n "$3" ] && tail -n 20 "$3"; fi
}

lint() {  # lint VIEW [-GParameter=value ...]
	verilator --lint-only -Wall --top-module cim_tile "$macro.$1.sv" $rtl "${@:2}" >"$out/lint.log" 2>&1
	say $? "lint $*" "$out/lint.log"
}

refuse() {  # refuse PARAMETER VALUE: the elaboration check must name the parameter
	verilator --lint-only -Wall --top-module cim_tile "$macro.behavioural.sv" $rtl "-G$1=$2" >"$out/refuse.log" 2>&1
	grep -q "cim_illegal_parameter_$1" "$out/refuse.log"
	say $? "refuses $1 = $2" "$out/refuse.log"
}

build() {  # build NAME VIEW TOP [FILE ...]; $objects may hold more than the library's
	verilated_bench "$out/$1" "$3" -Wno-WIDTH -Wno-TIMESCALEMOD --unroll-count 16 -GRuns="$runs" "$macro.$2.sv" $rtl \
		"$bench/tile_bench.sv" "$bench/macro_readback.sv" "$bench/$3.sv" "${@:4}" >"$out/$1.log" 2>&1
}

icarus() {  # icarus NAME VIEW TOP RUNS [PLUSARG]
	iverilog -g2012 -s "$3" -P"$3.Runs=$4" -o "$out/$1.vvp" "$macro.$2.sv" $rtl "$bench/tile_bench.sv" "$bench/macro_readback.sv" "$bench/$3.sv" >"$out/$1.log" 2>&1 &&
		vvp -n "$out/$1.vvp" ${5:+"$5"} >>"$out/$1.log" 2>&1
}

report() {  # report NAME COUNT: the bench's own lines, which must be COUNT `ok`
	sed -n 's/^\(ok\|FAIL\) /\1 '"$1"': /p' "$out/$1.log"
	if [ "$(grep -c '^ok ' "$out/$1.log")" != "$2" ] || grep -q '^FAIL' "$out/$1.log"; then
		echo "FAIL $1: not $2 benches ok"
		failed=1
		tail -n 20 "$out/$1.log"
	fi
}

# lossy thresholds of three tiles, 4 converters, 4 sets, 5 bits: rising with noise, some negative, some out of order
awk 'BEGIN { srand(7); for (i = 0; i < 3 * 4 * 4 * 32; i++) { k = i % 32;
	t = k ? int(k * 40 + (rand() - 0.5) * 60 - (rand() < 0.05 ? 200 : 0)) : 0; printf "%06x\n", t < 0 ? t + 16777216 : t } }' >"$out/thresholds.hex"

gcc -std=c11 -O1 -Wall -Wextra -c "$bench/tile_probe.c" -o "$out/tile_probe.o"
say $? "tile_probe.c compiles"

( build v_tile behavioural tile_tests && "$out/v_tile/bench" >>"$out/v_tile.log" 2>&1 ) &
( objects+=" $out/tile_probe.o"; build v_file behavioural tile_probe_tests "$bench/tile_file_tests.sv" "$root/cosim/probe_tile.sv" &&
  "$out/v_file/bench" "+cim_thresholds=$out/thresholds.hex" >>"$out/v_file.log" 2>&1 ) &
( build v_digital digital tile_view_tests && "$out/v_digital/bench" >>"$out/v_digital.log" 2>&1 ) &
( build v_kind behavioural tile_kind_tests && "$out/v_kind/bench" >>"$out/v_kind.log" 2>&1
  build v_bubble behavioural tile_bubble_tests && "$out/v_bubble/bench" "+cim_thresholds=$out/thresholds.hex" >>"$out/v_bubble.log" 2>&1 ) &
icarus i_tile behavioural tile_tests 2
icarus i_kind behavioural tile_kind_tests 2
icarus i_kind_digital digital tile_kind_tests 1
icarus i_bubble behavioural tile_bubble_tests 1 "+cim_thresholds=$out/thresholds.hex"
icarus i_view behavioural tile_view_tests 1
[ -z "${ALL:-}" ] || icarus i_digital digital tile_tests 1
icarus i_file behavioural tile_file_tests 2 "+cim_thresholds=$out/thresholds.hex"

lint behavioural
lint behavioural -GRows=1024 -GCols=1024 -GAdcs=256 -GAdcBits=12 -GCellBits=2 -GAccDepth=4096
lint behavioural -GAdcs=1
lint behavioural -GAdcs=8 -GSampleHold=0
lint behavioural -GRows=33 -GCols=65 -GAdcs=8 -GAdcBits=7 -GCellBits=2 -GAccDepth=65536
lint behavioural -GKind=1 -GAdcBits=8
lint behavioural -GKind=2 -GFlashBits=6 -GAdcBits=12 -GBubble=1 -GSampleHold=0 -GImmersed=1
lint behavioural -GKind=3 -GAdcBits=1 -GAdcs=1
lint behavioural -GKind=4 -GAdcBits=12
lint behavioural -GSearch=1 -GAdcBits=8
lint behavioural -GSampleHold=0 -GImmersed=1
lint behavioural -GSpares=3
lint behavioural -GRows=33 -GCols=33 -GAdcs=8 -GCellBits=2 -GSpares=4
lint digital
lint digital -GCols=11 -GSpares=1
lint digital -GKind=1 -GBubble=1 -GSampleHold=0 -GImmersed=1
lint digital -GKind=2 -GFlashBits=2
lint digital -GRows=33 -GCols=65 -GAdcs=8 -GCellBits=2 -GSampleHold=0
lint blackbox
lint blackbox -GRows=1024 -GCols=1024 -GAdcs=256 -GAdcBits=1
refuse Rows 7
refuse Rows 1025
refuse Cols 7
refuse Adcs 3
refuse Adcs 16
refuse AdcBits 13
refuse CellBits 3
refuse SampleHold 2
refuse GridBits 9
refuse AccDepth 1
refuse TileIndex 64
refuse Spares 5
refuse Immersed 1
refuse Immersed 2
refuse Kind 5
refuse Search 2
refuse Bubble 2

for view in digital blackbox; do
	yosys -q -p "read_verilog -sv $macro.$view.sv $(echo $rtl); hierarchy -check -top cim_tile; proc; check -assert; select -assert-none t:\$dlatch t:\$adlatch t:\$dlatchsr; memory; opt -fast; check -assert; select -assert-none t:\$dlatch t:\$adlatch t:\$dlatchsr" >"$out/yosys.log" 2>&1
	say $? "yosys check, no latches, $view" "$out/yosys.log"
done
wait
report v_tile 8
report v_file 4
report v_digital 4
report i_tile 8
report v_kind 5
report v_bubble 3
report i_kind 5
report i_kind_digital 5
report i_bubble 3
report i_view 4
[ -z "${ALL:-}" ] || report i_digital 8
report i_file 3
exit $failed
