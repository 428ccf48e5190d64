#!/usr/bin/env bash
# The three views of the macro: lint, parameters refused, the behavioural and digital view against macro_bench's model under Verilator and Icarus,
# thresholds from a file, noise (a second time in numpy), rule 7 and bad plusargs stop the simulation, Yosys. Last line: N passed, N failed.
# usage: tests/rtl/run_macro.sh [RUNS]    (weight loads per bench, default 10; scratch in $BUILD or build, /rtl_macro)
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.." || exit 3
root=$PWD
runs=${1:-10}
out=$root/${BUILD:-build}/rtl_macro
mkdir -p "$out" || exit 3
. tests/rtl/verilated.bash
verilated_timed || exit 3
macro=$root/rtl-templates/macro/cim_macro
bench="$root/tests/rtl/macro_bench.sv $root/tests/rtl/macro_tests.sv"
passed=0 failed=0

result() { # status, name, [log]
	if [ "$1" = 0 ]; then
		echo "ok - $2"
		passed=$((passed + 1))
	else
		echo "FAIL - $2"
		failed=$((failed + 1))
		[ -n "${3:-}" ] && tail -n 20 "$3"
	fi
}

lint() { # view, -GParameter=value ...
	verilator --lint-only -Wall --top-module cim_macro "$macro.$1.sv" "${@:2}" >"$out/lint.log" 2>&1
	result $? "lint $*" "$out/lint.log"
}

refuse() { # parameter, value: the elaboration check names the parameter
	local view status=0
	for view in behavioural digital; do
		verilator --lint-only -Wall --top-module cim_macro "$macro.$view.sv" "-G$1=$2" >"$out/refuse.log" 2>&1
		grep -q "cim_illegal_parameter_$1" "$out/refuse.log" || status=1
	done
	result $status "refuses $1 = $2" "$out/refuse.log"
}

verilate() { # name, view, -GParameter=value ...
	verilated_bench "$out/$1" macro_tests -Wno-lint -Wno-TIMESCALEMOD --unroll-count 1 "-GRuns=$runs" "${@:3}" "$macro.$2.sv" $bench >"$out/$1.build.log" 2>&1 || tail -n 20 "$out/$1.build.log"
}

icarus() { # name, view, Parameter=value ...
	local p args=()
	for p in "${@:3}"; do args+=("-Pmacro_tests.$p"); done
	iverilog -g2012 -s macro_tests "-Pmacro_tests.Runs=$((runs > 3 ? 3 : runs))" "${args[@]}" -o "$out/$1.vvp" "$macro.$2.sv" $bench >"$out/$1.build.log" 2>&1
}

run() { # name, log, plusargs ...: under either simulator
	local program=("$out/$1/bench")
	[ -x "${program[0]}" ] || program=(vvp -n "$out/$1.vvp")
	{ "${program[@]}" "${@:3}" >"$out/$2.log" 2>&1; } 2>/dev/null  # the second one: bash's word about a simulation that $fatal aborted
}

benches() { # name, benches that must say ok, what, plusargs ...
	run "$1" run "${@:4}"
	[ "$(grep -c '^ok ' "$out/run.log")" = "$2" ] && ! grep -q '^FAIL' "$out/run.log"
	result $? "$1, $3: $(awk '/^(ok|FAIL) /{ n++; sub(/.*: /, ""); a += $1; w += $3 } END { print n + 0 " benches, " a + 0 " answers, " w + 0 " wrong" }' "$out/run.log")" "$out/run.log"
}

stops() { # name, text of the message, plusargs ...
	run "$1" stop "${@:3}"
	[ $? != 0 ] && grep -qF -- "$2" "$out/stop.log" && ! grep -q "not stopped" "$out/stop.log"
	result $? "$1: ${*:3} stops with \"$2\"" "$out/stop.log"
}

rm -rf "$out"/v_* "$out"/*.vvp
( verilate v_sizes behavioural; verilate v_digital digital -GView=1 ) &
( verilate v_table behavioural -GTable=1; icarus i_sizes behavioural; icarus i_table behavioural Table=1; icarus i_digital digital View=1 ) &

lint behavioural
lint behavioural -GRows=1024 -GCols=1024 -GAdcs=256 -GAdcBits=12 -GCellBits=2 -GRefs=63
lint behavioural -GAdcs=1 -GAdcBits=8 -GRefs=255
lint behavioural -GRows=33 -GCols=65 -GAdcs=8 -GAdcBits=5 -GRefs=31 -GSampleHold=0
lint digital
lint digital -GAdcs=1 -GAdcBits=8 -GRefs=255
lint digital -GRows=33 -GCols=40 -GAdcs=16 -GAdcBits=7 -GRefs=3 -GCellBits=2 -GSampleHold=0
lint blackbox
lint blackbox -GRows=1024 -GCols=1024 -GAdcs=256 -GAdcBits=8 -GRefs=255
refuse Rows 7
refuse Cols 1025
refuse Adcs 3
refuse AdcBits 13
refuse CellBits 3
refuse GridBits 9
refuse Refs 0
refuse Refs 2
refuse Refs 31   # more than 4 bits have codes
refuse Refs 511
for view in digital blackbox; do
	yosys -q -p "read_verilog -sv $macro.$view.sv; $([ $view = digital ] && echo 'chparam -set Refs 3 -set Cols 20 -set CellBits 2 cim_macro;') hierarchy -check -top cim_macro; proc; opt -fast; check -assert; select -assert-none t:\$dlatch t:\$adlatch t:\$dlatchsr" >"$out/yosys.log" 2>&1
	result $? "yosys check, no latches, $view" "$out/yosys.log"
done

# three tiles of 4 converters, 4 sets, 11 bits. thresholds.hex: rising with noise, some negative, some out of order; grid.hex: the grid itself, 0 in the middle
awk 'BEGIN { srand(7); for (i = 0; i < 3 * 4 * 4 * 2048; i++) { k = i % 2048;
	t = k ? int((k - 1024) / 2 + (rand() - 0.5) * 60 - (rand() < 0.05 ? 200 : 0)) : 0; printf "%06x\n", t < 0 ? t + 16777216 : t } }' >"$out/thresholds.hex"
awk 'BEGIN { for (i = 0; i < 3 * 4 * 4 * 2048; i++) { k = i % 2048; t = k ? k - 1024 : 0; printf "%06x\n", t < 0 ? t + 16777216 : t } }' >"$out/grid.hex"
wait

for s in v i; do
	benches ${s}_sizes 8 "ideal thresholds"
	benches ${s}_digital 8 "ideal thresholds, plusargs of the other view" "+cim_thresholds=$out/none" +cim_noise=4000 +cim_noise_seed=3
	benches ${s}_sizes 8 "ideal thresholds, noise" +cim_noise=1500 +cim_noise_seed=12345
	benches ${s}_sizes 8 "noise of zero" +cim_noise=0
	benches ${s}_table 3 "thresholds of a file" "+cim_thresholds=$out/thresholds.hex"
	benches ${s}_table 3 "thresholds of a file, noise" "+cim_thresholds=$out/thresholds.hex" +cim_noise=700 +cim_noise_seed=2147483647
	run ${s}_table noise "+cim_thresholds=$out/grid.hex" +print_noise +cim_noise=5000 +cim_noise_seed=77
	# 3 tiles of 4 converters, 20 conversions each
	text=$(/usr/bin/python3 -B tests/rtl/macro_noise.py 5000 77 240 <"$out/noise.log" | tail -n 1; exit "${PIPESTATUS[0]}")
	result $? "${s}_table, noise of 5 counts against numpy: $text" "$out/noise.log"
	n=0
	for what in "precharge_i 1, evaluate_i 0, sample_i 0, cmp_i 0" "precharge_i 0, evaluate_i 1, sample_i 0, cmp_i 0" \
		"precharge_i 0, evaluate_i 0, sample_i 1, cmp_i 0" "precharge_i 0, evaluate_i 0, sample_i 0, cmp_i 1"; do
		n=$((n + 1))
		stops ${s}_sizes "serves as a reference while it computes or converts (rule 7 of the contract): $what" +rule7=$n
	done
	run ${s}_sizes rule +rule7=0
	grep -q "rule 7, case 0: not stopped" "$out/rule.log"
	result $? "${s}_sizes: serving alone is legal" "$out/rule.log"
	stops ${s}_sizes "+cim_noise=100001 is not legal: 0..100000 thousandths of a count" +cim_noise=100001
	stops ${s}_sizes "+cim_noise=5 needs a seed: add +cim_noise_seed=N" +cim_noise=5
	stops ${s}_table "cannot open threshold file" "+cim_thresholds=$out/none"
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
