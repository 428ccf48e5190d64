#!/bin/bash
# Converter tests: lint of every kind at odd shapes in three readers, refused parameters, the thermometer encoder by itself, every converter in a
# closed loop under Verilator (all counts) and Icarus (a part of them; the codes of that part must be Verilator's).
# usage: [ALL=1] tests/rtl/run_adc.sh    (scratch in $BUILD or build, /rtl_adc)
# Prints `ok - name` / `FAIL - name: why` and `N passed, N failed`; exit 1 on any FAIL.
# SPDX-License-Identifier: Apache-2.0
cd "$(dirname "$0")/../.." || exit 3
root=$PWD
out=$root/${BUILD:-build}/rtl_adc
adc=$root/rtl-templates/adc
bench=$root/tests/rtl
mkdir -p "$out" || exit 3
. tests/rtl/verilated.bash
verilated_timed || exit 3
passed=0
failed=0

say() { # say STATUS NAME [LOG]
	if [ "$1" = 0 ]; then
		echo "ok - $2"; passed=$((passed + 1))
	else
		echo "FAIL - $2: $(grep -m1 -E 'Error|ERROR|error|Warning' "$3" 2>/dev/null || echo "see $3")"; failed=$((failed + 1))
	fi
}

build() { # build TOP: Verilator, one elaboration for all shapes
	verilated_bench "$out/v_$1" "$1" -Wno-WIDTH -Wno-TIMESCALEMOD --unroll-count 16 "-I$bench" "$adc"/*.sv "$bench/adc_slot.sv" "$bench/$1.sv" >"$out/v_$1.log" 2>&1
}

icarus() { # icarus TOP [PLUSARG]
	iverilog -g2012 "-I$bench" -s "$1" -o "$out/$1.vvp" "$adc"/*.sv "$bench/adc_slot.sv" "$bench/$1.sv" >"$out/i_$1.log" 2>&1 && vvp -n "$out/$1.vvp" ${2:+"$2"} >>"$out/i_$1.log" 2>&1
}

report() { # report LOG TOOL COUNT: a bench's own lines, of which there must be COUNT
	local good bad
	sed -n "s/^\(ok\|FAIL\) - /\1 - $2: /p" "$out/$1.log"
	good=$(grep -c '^ok - ' "$out/$1.log")
	bad=$(grep -c '^FAIL - ' "$out/$1.log")
	if [ $((good + bad)) != "$3" ]; then
		echo "FAIL - $2: bench came to its end: $((good + bad)) of $3 results: $(tail -n 1 "$out/$1.log")"
		bad=$((bad + 1))
	fi
	[ "$bad" = 0 ] || grep -h -m5 '^adc_' "$out/$1.log"
	passed=$((passed + good))
	failed=$((failed + bad))
}

icarus adc_tests +quick &
( optimise=-O1; build adc_tests && "$out/v_adc_tests/bench" >"$out/full.log" 2>&1; "$out/v_adc_tests/bench" +quick >"$out/quick.log" 2>&1 ) &


# -- lint: every kind, odd shapes (lanes, bits, and what the kind adds)
shapes=("Kind=0 AdcBits="{1,3,7,12} "Kind=0 Search=1 AdcBits="{1,3,7} "Kind=1 Bubble="{0,1}" AdcBits="{1,3,7} "Kind=2 AdcBits=3 FlashBits="{1,2}
	"Kind=2 Bubble=1 AdcBits="{7,12}" FlashBits="{1,6} "Kind=3 AdcBits=1" "Kind=4 AdcBits="{1,3,7,12})
for s in "${shapes[@]}"; do
	for lanes in ${ALL:+1} 4; do
		# shellcheck disable=SC2086
		{ verilator --lint-only -Wall --top-module cim_adc -GAdcs=$lanes -GCycleBits=$((8 + lanes / 2)) $(printf ' -G%s' $s) "$adc"/*.sv &&
			iverilog -g2012 -Wall -Wno-timescale -s cim_adc -Pcim_adc.Adcs=$lanes $(printf ' -Pcim_adc.%s' $s) -o "$out/lint.vvp" "$adc"/*.sv; } >"$out/lint.log" 2>&1 && ! grep -q . "$out/lint.log"
		say $? "verilator -Wall and icarus: Adcs=$lanes $s" "$out/lint.log"
	done
done
# -- yosys: no latch, nothing undriven
for s in "Kind=0 AdcBits=12" "Kind=0 Search=1 AdcBits=5" "Kind=1 AdcBits=7" "Kind=1 Bubble=1 AdcBits=3" "Kind=2 AdcBits=12 FlashBits=6" "Kind=2 Bubble=1 AdcBits=7 FlashBits=1" "Kind=3 AdcBits=1" "Kind=4 AdcBits=7"; do
	yosys -q -p "read_verilog -sv $(echo "$adc"/*.sv); hierarchy -check -top cim_adc $(printf -- ' -chparam %s' $s | tr = ' '); proc; opt_clean; check -assert; select -assert-none t:\$dlatch t:\$adlatch t:\$dlatchsr" >"$out/yosys.log" 2>&1
	say $? "yosys proc, check, no latch: $s" "$out/yosys.log"
done
# -- parameters out of range are named
for s in Adcs=3 Adcs=512 AdcBits=13 "AdcBits=9 -GKind=1" "AdcBits=9 -GSearch=1" "AdcBits=2 -GKind=3" Kind=5 "FlashBits=4 -GKind=2" "FlashBits=7 -GKind=2 -GAdcBits=12" \
	Bubble=2 Search=2 "Search=1 -GKind=1" TileIndex=64 CycleBits=7 CycleBits=11; do
	# shellcheck disable=SC2086
	verilator --lint-only -Wall --top-module cim_adc -G$s "$adc"/*.sv >"$out/refuse.log" 2>&1
	grep -q "cim_illegal_parameter_${s%%=*}" "$out/refuse.log"
	say $? "refuses $s" "$out/refuse.log"
done

build adc_therm_tests && "$out/v_adc_therm_tests/bench" >"$out/therm.log" 2>&1
icarus adc_therm_tests +quick
wait

report full verilator 35
report i_adc_tests icarus 35
report therm verilator 16
report i_adc_therm_tests icarus 16
diff <(grep '^digest' "$out/quick.log") <(grep '^digest' "$out/i_adc_tests.log") >"$out/digest.log" 2>&1 && [ "$(grep -c '^digest' "$out/quick.log")" = 35 ]
say $? "the same codes in Verilator and Icarus, all shapes" "$out/digest.log"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
