#!/usr/bin/env bash
# Netlists proven equal to their RTL (flow/yosys/run.sh --equiv): four kinds of controller, ALL=1 every kind. One width of each here; WIDTHS=all takes every kind and three: tests/regress/flow_equiv.sh.
# And the proof can fail: a swapped gate, a register that resets to the other value, one that is gone, one that is new.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
BITLINE=${BITLINE:-$BUILD/bitline}
WIDTHS=${WIDTHS:-one}
dir=$BUILD/test/yosys_equiv_$WIDTHS
rm -rf "$dir"
mkdir -p "$dir"
command -v yosys >/dev/null && [ -r /usr/share/qflow/tech/osu018/osu018_stdcells.lib ] || { echo "ok yosys_equiv # SKIP yosys or qflow-tech-osu018 is not installed"; exit 0; }
export dir BITLINE

# NAME CONFIG BLOCK WIDTHS... ; a width is overrides joined by commas, the first is the one of WIDTHS=one
cases() {
	cat <<-END
		sar-binary       edge64                   adc        readout.bits=8 readout.bits=3,readout.adcs=4 readout.bits=12
		sar-asymmetric   edge64-asymmetric        adc        readout.bits=5,readout.depth=8,readout.adcs=2 readout.bits=2,readout.depth=3,readout.adcs=2 readout.bits=8,readout.depth=16,readout.adcs=2
		flash            edge64-flash             adc        readout.bits=5 readout.bits=2 readout.bits=8,readout.adcs=2
		hybrid           edge64-hybrid2           adc        readout.bits=6,readout.flash_bits=3,readout.bubble=ones readout.bits=3,readout.flash_bits=1 readout.bits=12,readout.flash_bits=6,readout.adcs=2
		sense            edge64-sense             adc        readout.adcs=8 readout.adcs=1 readout.adcs=4
		stochastic       edge64-stochastic        adc        readout.bits=8,readout.samples=255 readout.bits=3,readout.samples=7 readout.bits=12,readout.samples=4095
		sequencer        digital8                 sequencer  array.rows=8 array.rows=16,array.cols=16,readout.bits=5 array.rows=32,array.cols=32,readout.bits=6,scheduler.program_depth=16
		link-pair        tiny-pair                link       array.tiles=4 array.tiles=2 array.tiles=8
		link-ring        tiny-ring                link       array.tiles=4 array.tiles=3 array.tiles=6
		link-broadcast   edge64-broadcast-flash   link       array.tiles=4,readout.bits=2 array.tiles=2,readout.bits=1 array.tiles=11,readout.bits=3
	END
}
# 'NAME CONFIG BLOCK WIDTH'
prove() {
	local name config block width out work options=() s
	read -r name config block width <<<"$1"
	out=$dir/$name-${width//[!a-z0-9]/_}
	work=$out/work/yosys-$block-osu018
	for s in ${width//,/ }; do options+=(-s "$s"); done
	"$BITLINE" gen --config "configs/$config.xml" "${options[@]}" --with yosys --out "$out" >"$out.log" 2>&1 || { echo "FAIL $name $width: $(tail -n 1 "$out.log")"; return; }
	if bash "$out/flow/yosys/run.sh" --block "$block" --equiv >>"$out.log" 2>&1 && grep -q '"proven": true$' "$work/equiv.json"; then
		echo "ok $name $width: $(sed -n 's/^.*: netlist equals RTL, \(.*\);.*/\1/p' "$out.log"), $SECONDS s"
	else
		echo "FAIL $name $width: $(tail -n 1 "$out.log")"
	fi
}
export -f prove
cases | while read -r name config block one more; do
	[ -n "${ALL:-}" ] || [ "$WIDTHS" = all ] || [[ " sar-binary hybrid sequencer link-ring " == *" $name "* ]] || continue
	for width in $one $([ "$WIDTHS" = all ] && echo "$more"); do printf '%s\0' "$name $config $block $width"; done
done | xargs -0 -n 1 -P 2 bash -c 'prove "$1"' prove | tee "$dir/results"

# a proof that cannot fail is none
broken() { # NAME MESSAGE SED-SCRIPT
	local out=$dir/sar-binary-readout_bits_8 work
	work=$out/work/yosys-adc-osu018
	[ -s "$work/netlist.v" ] || { echo "FAIL $1: no netlist to break"; return; }
	cp "$work/netlist.v" "$dir/right.v"
	sed "$3" "$dir/right.v" >"$work/netlist.v"
	if cmp -s "$dir/right.v" "$work/netlist.v"; then echo "FAIL $1: nothing was broken"
	elif bash "$out/flow/yosys/run.sh" --block adc --equiv >"$dir/$1.log" 2>&1; then echo "FAIL $1: proven equal"
	elif [ $? = 1 ] && grep -q "$2" "$dir/$1.log"; then echo "ok $1: $(sed 's/.*failed in [^:]*: //; s/; log: .*//' "$dir/$1.log")"
	else echo "FAIL $1: $(tail -n 1 "$dir/$1.log")"; fi
	cp "$dir/right.v" "$work/netlist.v"
}
# a register that is kept inverted, with its reset turned as well, is the same: what a library without a set pin gets
inverted() {
	local out=$dir/sar-binary-readout_bits_8 work
	work=$out/work/yosys-adc-osu018
	[ -s "$work/netlist.v" ] || { echo "FAIL inverted: no netlist to turn"; return; }
	cp "$work/netlist.v" "$dir/right.v"
	awk '/^  DFF/ { cell = ""; inside = 1 }
		!inside { if (/^endmodule/) printf "%s", more; print; next }
		{ cell = cell $0 "\n" }
		/^  \);$/ {
			inside = 0
			if (cell ~ /\.Q\((code_o\[0\]|sample_o)\)/) {
				match(cell, /\.D\([^)]*\)/); d = substr(cell, RSTART + 3, RLENGTH - 4)
				match(cell, /\.Q\([^)]*\)/); q = substr(cell, RSTART + 3, RLENGTH - 4)
				k++
				sub(/\.D\([^)]*\)/, ".D(turned_d" k ")", cell); sub(/\.Q\([^)]*\)/, ".Q(turned_q" k ")", cell)
				sub(/\.R\(/, ".%(", cell); sub(/\.S\(/, ".R(", cell); sub(/\.%\(/, ".S(", cell)
				more = more "  INVX1 turn_d" k " (.A(" d "), .Y(turned_d" k "));\n  INVX1 turn_q" k " (.A(turned_q" k "), .Y(" q "));\n"
			}
			printf "%s", cell
		}' "$dir/right.v" >"$work/netlist.v"
	if [ "$(grep -c 'INVX1 turn_' "$work/netlist.v")" != 4 ]; then echo "FAIL inverted: nothing was turned"
	elif bash "$out/flow/yosys/run.sh" --block adc --equiv >"$dir/inverted.log" 2>&1; then echo "ok inverted: proven"
	else echo "FAIL inverted: $(tail -n 1 "$dir/inverted.log")"; fi
	cp "$dir/right.v" "$work/netlist.v"
}
# an abc that says nothing of use proves nothing
nonsense() {
	local out=$dir/sar-binary-readout_bits_8 mock=$dir/mock
	mkdir -p "$mock"
	printf '#!/bin/sh\necho nonsense\n' >"$mock/yosys-abc"
	chmod +x "$mock/yosys-abc"
	mock=$(realpath "$mock")
	if PATH=$mock:$PATH bash "$out/flow/yosys/run.sh" --block adc --equiv >"$dir/nonsense.log" 2>&1; then echo "FAIL nonsense: proven equal"
	elif [ $? = 1 ] && grep -q "step 'equiv' failed in yosys-abc: nonsense; log: " "$dir/nonsense.log" && [ ! -e "$out/work/yosys-adc-osu018/equiv.json" ]; then echo "ok nonsense: not proven"
	else echo "FAIL nonsense: $(tail -n 1 "$dir/nonsense.log")"; fi
}
{
	inverted
	nonsense
	differ="step 'equiv' failed in yosys-abc: the netlist is not the RTL: at least [1-9][0-9]* of [0-9]* points differ, the first: "
	broken swapped-gate "$differ" '0,/^  NOR2X1 /s/^  NOR2X1 /  NAND2X1 /'
	broken swapped-flop "$differ[^ ]*/next\|$differ" 's/\.Q(code_o\[0\])/.Q(%)/; s/\.Q(code_o\[1\])/.Q(code_o[0])/; s/\.Q(%)/.Q(code_o[1])/'
	broken other-reset "$differ[^ ]*/\(set\|clear\);" '0,/\.R(_*[a-z][^)]*)/{s/\.R(\(_*[a-z][^)]*\))/.R(1'"'"'b1)%\1/; /%/{s/%.*/,/; n; s/1.b1/rst_ni/}}'
	broken register-gone "$differ" '/^  DFF/{:a; N; /);$/!ba; /\.Q(code_o\[0\])/d}'
	broken register-constant "$differ" '/^  DFF/{:a; N; /);$/!ba; /\.Q(code_o\[0\])/d}; s/^endmodule/  assign code_o[0] = 1'"'"'b0;\n&/'
	broken register-new "step 'equiv' failed in cone.awk: register '_[0-9]*_' of the netlist is not found in the RTL by name: netlist.v is of other RTL, or synthesis lost the name" \
		's/\.Q(sample_o)/.Q(other_q)/; s/^endmodule/  DFFPOSX1 late (.CLK(clk_i), .D(other_q), .Q(sample_o));\n&/'
} | tee -a "$dir/results"
echo "equivalence: $(grep -c '^ok .* points proven' "$dir/results") netlists proven, $SECONDS s" | sed 's/^/# /'
! grep -q '^FAIL' "$dir/results"
