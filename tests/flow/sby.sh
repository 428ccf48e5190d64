#!/usr/bin/env bash
# SymbiYosys jobs that `bitline gen --with sby` emits: sby itself is in no Debian package, so a small runner (sby_mini.py) does what the jobs say with
# yosys and abc. Jobs of several configurations are proved; broken RTL gives a counterexample; a job with a wrong file or section is refused. ALL=1: every job of every configuration (make regress).
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 3
BUILD=${BUILD:-build}
BITLINE=${BITLINE:-$BUILD/bitline}
dir=$BUILD/test/flow_sby
rm -rf "$dir"
mkdir -p "$dir"
failed=0
result() { if [ "$1" = 0 ]; then echo "ok $2"; else echo "FAIL $2"; failed=1; fi; }

emit() { # NAME CONFIG OPTION...
	"$BITLINE" gen --config "configs/$2.xml" "${@:3}" --with sby --out "$dir/$1" >/dev/null || { echo "FAIL sby: gen $1"; exit 1; }
}
prove() { # WANT WHAT DIR JOB
	local got
	got=$(/usr/bin/python3 -B tests/flow/sby_mini.py "$3/formal/$4.sby" "$3/work_$4" 2>&1)
	[ "$got" = "$1" ]
	result $? "sby $2: $4 is $1$([ "$got" = "$1" ] || echo ", not: $got")"
}
jobs() { (cd "$1/formal" && ls *.sby | sed 's/\.sby$//'); }

emit ring tiny-ring -s interface.prefix=q_
[ "$(jobs "$dir/ring" | tr '\n' ' ')" = "q_adc q_axil q_csr q_fifo q_guard q_link q_plane_seq q_sequencer " ]
result $? "sby: an immersed core has a job for every bench, the link among them, under its own prefix"
emit tiny tiny
emit pair tiny-pair
[ "$(jobs "$dir/tiny" | tr '\n' ' ')" = "cim_adc cim_axil cim_csr cim_fifo cim_guard cim_plane_seq cim_sequencer " ]
result $? "sby: without immersed references there is no link to prove"
emit flash edge64-flash
emit hybrid edge64-immersed-ring-hybrid2
emit tree edge64-asymmetric -s readout.bits=5
emit draws edge64-stochastic
emit sense edge64-sense
(
	for j in $(jobs "$dir/ring" | grep -E "${ALL:+.|}adc|axil|fifo|link|sequencer"); do prove proved "tiny-ring" "$dir/ring" "$j"; done
	for j in cim_plane_seq ${ALL:+cim_adc cim_sequencer}; do prove proved "tiny" "$dir/tiny" "$j"; done
	for j in cim_adc cim_therm ${ALL:+cim_link cim_sequencer}; do prove proved "hybrid ring" "$dir/hybrid" "$j"; done
) >"$dir/first.txt" &
(
	prove proved "tiny-pair" "$dir/pair" cim_link
	prove proved "flash" "$dir/flash" cim_therm
	for c in flash ${ALL:+draws tree sense}; do prove proved "$c" "$dir/$c" cim_adc; done

	# RTL with one thing wrong: the properties must see it
	broken() { # NAME FROM JOB FILE SED
		cp -r "$dir/$2" "$dir/$1"
		sed -i "$5" "$dir/$1/rtl/$4"
		if cmp -s "$dir/$1/rtl/$4" "$dir/$2/rtl/$4"; then result 1 "sby broken $1: the edit of $4 changes nothing"; return; fi
		prove broken "broken $1" "$dir/$1" "$3"
	}
	broken keeps_bit tiny cim_adc cim_adc_binary.sv "s/~(kill_bits \& {AdcBits{drop\[lane\]}})/~(kill_bits \& {AdcBits{1'b0}})/"
	broken one_clock tiny cim_adc cim_adc_round.sv 's/(&(clock_next | ~cycle_i))/1'"'b1"'/'
	broken off_by_one flash cim_adc cim_adc_flash.sv 's/code_o <= code;/code_o <= code + 1;/'
	broken ends_early tiny cim_sequencer cim_sequencer.sv "s/left_q == 16'd1/left_q <= 16'd2/"
	broken blind tiny cim_sequencer cim_sequencer.sv "s/param_we_o  = beat_valid_i;/param_we_o  = 1'b1;/"
	broken goes_on tiny cim_sequencer cim_sequencer.sv "s/op == OpEnd || error_code_o != 4'd0/op == OpEnd/"
	broken forgets ring q_link q_link_ring.sv "s/looked  = held_q;/looked  = '0;/"
) >"$dir/second.txt" &
wait
cat "$dir/first.txt" "$dir/second.txt"
grep -q '^FAIL' "$dir/first.txt" "$dir/second.txt" && failed=1

refused() { # WHAT SED WORDS
	local got
	cp -r "$dir/tiny" "$dir/refused"
	sed -i "$2" "$dir/refused/formal/cim_adc.sby"
	got=$(/usr/bin/python3 -B tests/flow/sby_mini.py "$dir/refused/formal/cim_adc.sby" "$dir/refused/work" 2>&1)
	[ $? = 3 ] && [[ $got == *"$3"* ]]
	result $? "sby refused: $1"
	rm -rf "$dir/refused"
}
refused "a file that is not there" 's#\.\./rtl/cim_adc_round#../rtl/cim_adc_rounds#' 'cim_adc_rounds.sv, which is not there'
refused "a script that reads what [files] does not bring" '/^\.\.\/rtl\/cim_therm_enc/d' 'yosys refuses the script'
refused "a parameter that the bench does not have" 's/-set Kind/-set Kinds/' 'yosys refuses the script'
exit $failed
