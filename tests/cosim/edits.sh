#!/usr/bin/env bash
# An edited RTL is found out, by the kind of event that it spoils first, with the place in words and exit status 1 (3 when it does not compile).
# usage: edits.sh [BITLINE]; ends with "N passed, N failed". SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
bitline=${1:-${BITLINE:-build/bitline}}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0
over=(-s array.rows=16 -s array.cols=24 -s array.tiles=2 -s readout.adcs=4 -s readout.bits=5 -s scheduler.program_depth=256)
/usr/bin/env perl -e '
	sub npy { my ($f, $r, $c, @v) = @_; my $h = sprintf("{\x27descr\x27: \x27|i1\x27, \x27fortran_order\x27: False, \x27shape\x27: (%d, %d), }", $r, $c);
		$h .= " " x (63 - (10 + length($h)) % 64) . "\n"; open(F, ">", $f); binmode F; print F "\x93NUMPY\x01\x00", pack("v", length($h)), $h, pack("c*", @v); close F }
	npy("$ARGV[0]/w.npy", 5, 40, map { ($_ * 37 + 11) % 256 - 128 } 0..199); npy("$ARGV[0]/x.npy", 3, 40, map { ($_ * 53 + 7) % 256 - 128 } 0..119);' "$dir"
"$bitline" gen --config configs/tiny.xml "${over[@]}" --out "$dir/good" >/dev/null || exit 3

# name, expected status, expected words of the first difference (a regular expression, or =TEXT with every number as N), file, sed expression, more options
says() { case $1 in =*) sed -E 's/[0-9]+/N/g; s/NxN/0xN/g' | grep -qF "${1#=}" ;; *) grep -qE "$1" ;; esac; }
try() {
	local name=$1 want=$2 words=$3 file=$4 edit=$5 out rc; shift 5
	rm -rf "$dir/rtl"; cp -r "$dir/good" "$dir/rtl"
	if [ -n "$file" ]; then
		sed -i "$edit" "$dir/rtl/rtl/$file"
		if cmp -s "$dir/rtl/rtl/$file" "$dir/good/rtl/$file"; then echo "FAIL - $name: the edit changes nothing, mend this test"; failed=$((failed + 1)); return; fi
	fi
	out=$("$bitline" cosim --config configs/tiny.xml "${over[@]}" --rtl "$dir/rtl" --matrix "$dir/w.npy" --input "$dir/x.npy" --seed 3 "$@" 2>&1); rc=$?
	if [ $rc = "$want" ] && says "$words" <<<"$out"; then echo "ok - $name"; passed=$((passed + 1))
	else echo "FAIL - $name: status $rc, wanted $want and /$words/"; tail -n 4 <<<"$out"; failed=$((failed + 1)); fi
}
try "untouched" 0 'verdict: equal' '' ''
try "untouched, host stalls" 0 'verdict: equal' '' '' --stall 0.5
try "converter: one lane's decision" 1 'tile [01], column [0-9]+, input bit 0 \(plane 0\), weight bit.*pc [0-9]+: expected code [0-9]+, seen' cim_adc_binary.sv 's/~(above_i & /~((above_i ^ 1) \& /'
try "the command that repeats it" 1 'repeat: bitline cosim .*--rtl .*--seed 3' cim_adc_binary.sv 's/~(above_i & /~((above_i ^ 1) \& /'
try "drain: window low" 1 'expected (partial sum|accumulator value) -?[0-9]+, seen' cim_drain.sv "s/32'd0 : 32'(low_i));/32'd0 : 32'(low_i) - 32'd1);/"
try "sign plane" 1 'partial sum' cim_plane_seq.sv "s/\\(negative_o *= input_sm_i ? .* : \\)last_o;/\\11'b0;/"
try "requantiser: rounding" 1 'requantised value' cim_requant.sv 's/drop_q <= shift_i - 6.d1/drop_q <= shift_i/'
try "converter: one clock more" 1 'compare clocks|cycles' cim_adc_round.sv 's/(clock_next | ~cycle_i)/(clock_q | ~cycle_i)/'
try "hang" 1 "=layer 'matrix': no interrupt within N clocks (predicted N): N of N input beats taken, N of N result beats seen" cim_plane_seq.sv 's/assign take_o .*/assign take_o = 1'"'"'b0;/'
try "stops itself" 1 "=layer 'matrix': register ID (0xN): a read failed (src/N/cim_requant.sv:N: \$stop or \$fatal)" cim_requant.sv 's/^endmodule.*/  always_ff @(posedge clk_i) if (rst_ni) $fatal(1, "edited");\nendmodule/'
try "does not compile" 3 "'verilator' failed.*log: '" cim_adc_round.sv 's/assign sample_o/assing sample_o/'
try "reads a file outside the list" 2 'sim.f does not name' cim_adc_binary.sv '1s/^/`include "\/dev\/null"\n/'
try "an option in sim.f" 2 'sim.f:1: option' ../sim.f '1s/^/-DX\n/'
try "another configuration's directory" 2 'was emitted from configuration' '' '' -s array.rows=17
echo "$passed passed, $failed failed"
[ $failed = 0 ]
