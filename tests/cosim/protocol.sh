#!/usr/bin/env bash
# The rules of AXI on every bus (cosim/protocol.sv): each broken once, by itself and by edited RTL in every engine that holds RTL: a line with bus, rule and clock,
# exit status 1. All engines with ALL=1 (make regress), else most edits in Icarus alone. usage: protocol.sh [BITLINE]; ends with "N passed, N failed". SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
bitline=$(realpath "${1:-${BITLINE:-build/bitline}}")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0 skipped=0
count() { if [ "$1" = 0 ]; then echo "ok - $2"; passed=$((passed + 1)); else echo "FAIL - $2${3:+: $3}"; failed=$((failed + 1)); fi; }
skip() { echo "ok - $1 # SKIP $2"; skipped=$((skipped + 1)); }
finish() { echo "$passed passed, $failed failed, $skipped skipped"; [ $failed = 0 ]; exit; }

/usr/bin/python3 - "$dir" <<'PY' || exit 3
import sys
import numpy as np
r = np.random.default_rng(3)
np.save(sys.argv[1] + "/w.npy", r.integers(-127, 128, (6, 9)).astype(np.int8))
np.save(sys.argv[1] + "/x.npy", r.integers(-127, 128, (2, 9)).astype(np.int8))
PY
"$bitline" gen --config configs/tiny.xml --out "$dir/good" >/dev/null || exit 3

# the rules by themselves
if command -v iverilog >/dev/null; then
	seed=${SEED:-$((RANDOM + 1))}
	iverilog -g2012 -Wall -Wno-timescale -s protocol_bench -o "$dir/bench" cosim/protocol.sv tests/cosim/protocol_bench.sv >"$dir/log" 2>&1 && [ ! -s "$dir/log" ]
	count $? "the rules compile without a warning in Icarus" "$(head -n 2 "$dir/log")"
	timeout 60 vvp -n "$dir/bench" "+seed=$seed" >"$dir/log" 2>&1
	while IFS= read -r line; do count "$([ "${line%% *}" = ok ]; echo $?)" "rule${line#* -}"; done < <(grep -E '^(ok|FAIL) ' "$dir/log")
	[ "$(grep -cE '^(ok|FAIL) ' "$dir/log")" = 71 ]; count $? "70 ways to break a rule, and none (seed $seed)" "$(tail -n 1 "$dir/log")"
else skip "the rules by themselves" "no iverilog here"; fi

# edited RTL: name, engines, words of the first difference, file, edit. One seed each, printed. earlier: what the host itself may see a clock before the checker
earlier='nothing else'
try() {
	local name=$1 engines=$2 words=$3 file=$4 edit=$5 e rc seed
	rm -rf "$dir/rtl"; cp -r "$dir/good" "$dir/rtl"
	sed -i "$edit" "$dir/rtl/rtl/$file"
	if cmp -s "$dir/rtl/rtl/$file" "$dir/good/rtl/$file"; then count 1 "$name" "the edit changes nothing, mend this test"; return; fi
	[ -n "${ALL:-}" ] || case $name in "a write's response that is withdrawn" | "a READY that waits for VALID") ;; *) engines=icarus ;; esac
	for e in $engines; do
		case $e in
		icarus) command -v iverilog >/dev/null || { skip "$name, icarus" "no iverilog here"; continue; } ;;
		systemc | lockstep) [ -n "$systemc" ] || { skip "$name, $e" "no SystemC here"; continue; } ;;
		esac
		seed=$((RANDOM + 1))
		timeout 120 "$bitline" cosim --engine "$e" --config configs/tiny.xml --rtl "$dir/rtl" --matrix "$dir/w.npy" --input "$dir/x.npy" \
			$([ $e = lockstep ] || echo --stall 0.6) --seed $seed >"$dir/log" 2>&1
		rc=$?
		[ $rc = 1 ] && grep -qE "^first difference: .*(AXI: $words, in clock [0-9]+|$earlier)" "$dir/log"
		count $? "$name, $e, seed $seed" "exit $rc, $(grep -E 'first|^bitline' "$dir/log" | head -n 1)"
	done
}
systemc=$(echo '#include <systemc>' | "${CXX:-g++}" -E -x c++ - >/dev/null 2>&1 && echo yes)
try "a write's response that is withdrawn" "verilator systemc icarus" 's_axi_b: VALID fell before READY' cim_axil.sv 's/if (s_axi_bready_i) bvalid_q <= 1.b0/if (bvalid_q) bvalid_q <= 1'"'b0/"
try "a read's response that is withdrawn" icarus 's_axi_r: VALID fell before READY' cim_axil.sv 's/if (s_axi_rready_i) rvalid_q <= 1.b0/if (rvalid_q) rvalid_q <= 1'"'b0/"
try "RDATA changes while it waits" icarus 's_axi_r: payload changed before READY' cim_axil.sv 's/assign s_axi_rdata_o .*/logic turn_q; always_ff @(posedge clk_i) turn_q <= rvalid_q; assign s_axi_rdata_o = rdata_q ^ {31'"'d0, turn_q};/"
earlier='result stream: TVALID, TDATA or TLAST changed before TREADY \(beat [0-9]+\)'
turn="logic turn_q; always_ff @(posedge clk_i) turn_q <= rst_ni \&\& count_q != '0 \&\& !turn_q;"
try "a result beat that is withdrawn" "verilator icarus" 'm_axis: VALID fell before READY' cim_fifo.sv "s/assign valid_o .*/$turn assign valid_o = count_q != '0 \&\& !(Depth == 8 \&\& turn_q);/"
try "a result beat that changes" "verilator icarus" 'm_axis: payload changed before READY' cim_fifo.sv "s/assign data_o .*/$turn assign data_o = mem[rptr_q] ^ Width'(Depth == 8 \&\& turn_q);/"
earlier='nothing else'
try "a result beat in reset" "verilator icarus" 'm_axis: VALID is not low in reset or in the clock after it' cim_fifo.sv "s/assign valid_o .*/assign valid_o = valid_q || (Depth == 8 \&\& !rst_ni);/"
try "two responses to a write" "verilator icarus" 's_axi_b: response without a request' cim_axil.sv 's/if (s_axi_bready_i) bvalid_q <= 1.b0/if (s_axi_bready_i \&\& wdata_q[31]) bvalid_q <= 1'"'b0/; s/wdata_q  <= s_axi_wdata_i/wdata_q  <= s_axi_wdata_i \& 32'h7fffffff/; s/if (s_axi_bready_i \&\& wdata_q\[31\])/if (s_axi_bready_i) wdata_q[31] <= 1'b1; &/"
try "a write's response before its data" icarus 's_axi_b: response without a request' cim_axil.sv 's/assign write_o = .*/assign write_o = aw_full_q \& ~bvalid_q;/'
try "a read's response without a request" "verilator icarus" 's_axi_r: response without a request' cim_axil.sv 's/assign read_o  = .*/assign read_o  = ~rvalid_q;/; s/else if (s_axi_arvalid_i || ar_full_q || rvalid_q)/else/'
try "a RESP that AXI4-Lite does not have" "verilator systemc icarus" 's_axi_[br]: RESP is neither OKAY nor SLVERR nor DECERR' cim_axil.sv "s/Okay = 2'b00/Okay = 2'b01/"
try "a response in reset" icarus 's_axi_b: VALID is not low in reset or in the clock after it' cim_axil.sv "0,/bvalid_q  <= 1'b0;/s//bvalid_q  <= 1'b1;/"
try "a response without reset" icarus 's_axi_b: VALID is not low in reset or in the clock after it' cim_axil.sv '0,/bvalid_q *<= 1.b0;/{//d}'
earlier='rdata is unknown \(x or z\) in clock [0-9]+'
try "RDATA unknown" icarus 's_axi_r: payload is unknown \(x or z\) with VALID' cim_axil.sv "s/rdata_q   <= rdata_i;/rdata_q   <= {rdata_i[31:1], 1'bx};/"
earlier='nothing else'
try "no response to a write" "verilator icarus" 's_axi_b: no READY and no response for 256 clocks' cim_axil.sv 's/assign write_o = .*/assign write_o = aw_full_q \& w_full_q \& ~bvalid_q \& (wdata_q == 32'"'hdeadbeef);/"
try "a READY that waits for VALID" "verilator systemc icarus" 'an output follows an input within the clock' cim_axil.sv 's/assign s_axi_awready_o = .*/assign s_axi_awready_o = !aw_full_q \&\& s_axi_awvalid_i;/'
try "a stream's READY that waits for VALID" icarus 'an output follows an input within the clock' cim_fifo.sv "s/assign ready_o .*/assign ready_o = count_q != (PtrBits+1)'(Depth) \&\& (valid_i || Depth == 8);/"

# the bench of a core without the harness: $fatal
if command -v iverilog >/dev/null; then
	core=$(ls rtl-templates/{prim,sched,adc,link}/*.sv rtl-templates/top/*.sv rtl-templates/macro/cim_macro.behavioural.sv)
	sed 's/if (s_axi_bready_i) bvalid_q <= 1.b0/if (s_axi_bready_i \&\& clk_i === 1'"'"'b0) bvalid_q <= 1'"'b0/" rtl-templates/top/cim_axil.sv >"$dir/cim_axil.sv"
	! cmp -s "$dir/cim_axil.sv" rtl-templates/top/cim_axil.sv; count $? "the edit of the core bench changes something"
	for edit in no yes; do
		files=$core; [ $edit = no ] || files="${core/rtl-templates\/top\/cim_axil.sv/} $dir/cim_axil.sv"
		# shellcheck disable=SC2086
		iverilog -g2012 -Wall -Wno-timescale -s core_icarus -o "$dir/core" $files cosim/protocol.sv cosim/protocol_stop.sv tests/rtl/core_icarus.sv >"$dir/log" 2>&1
		timeout 60 vvp -n "$dir/core" >"$dir/log" 2>&1
		if [ $edit = no ]; then grep -q '^ok core_icarus' "$dir/log"; count $? "the core's bench in Icarus: no rule broken" "$(head -n 1 "$dir/log")"
		else grep -q '^FAIL AXI: s_axi_b: response without a request, in clock [0-9]*$' "$dir/log"; count $? "the core's bench in Icarus: a rule broken" "$(head -n 1 "$dir/log")"; fi
	done
fi
finish
