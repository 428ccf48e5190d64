#!/usr/bin/env bash
# cim_tlm in a virtual platform of its own (responses, debug, DMI, latency, blocks of the stream) with three quanta, which change nothing; and the scoreboard of
# --engine lockstep: what only it can see in edited RTL. usage: systemc.sh [BITLINE]; ends with "N passed, N failed". SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
bitline=${1:-${BITLINE:-build/bitline}}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0
count() { if [ "$1" = 0 ]; then echo "ok - $2"; passed=$((passed + 1)); else echo "FAIL - $2${3:+: $3}"; failed=$((failed + 1)); fi; }
if ! echo '#include <systemc>' | ${CXX:-g++} -E -x c++ - >/dev/null 2>&1; then
	echo "ok - SystemC # SKIP no SystemC here"
	exit 0
fi

${CXX:-g++} -O1 -I. tests/cosim/systemc_platform.cpp cosim/systemc/cim_tlm.cpp -lsystemc -pthread -o "$dir/platform" >"$dir/log" 2>&1 || { head -n 5 "$dir/log"; echo "FAIL - the platform does not compile"; exit 1; }
export SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1
for q in 1 7 1000; do
	timeout 60 "$dir/platform" $q >"$dir/$q" 2>&1
	count $? "platform, quantum $q: ends" "$(tail -n 1 "$dir/$q")"
	while IFS= read -r line; do count "$([ "${line%% *}" = ok ]; echo $?)" "platform, quantum $q:${line#* -}"; done < <(grep -E '^(ok|FAIL) ' "$dir/$q")
	[ "$(grep -c '^run ' "$dir/$q")" = 3 ] && diff <(grep '^run ' "$dir/1") <(grep '^run ' "$dir/$q") >"$dir/diff"
	count $? "platform, quantum $q: times as with quantum 1" "$(head -n 3 "$dir/diff")"
done

over=(-s array.rows=16 -s array.cols=24 -s array.tiles=2 -s readout.adcs=4 -s readout.bits=5 -s scheduler.program_depth=256)
/usr/bin/python3 - "$dir" <<'PY' || exit 3
import sys
import numpy as np
r = np.random.default_rng(5)
np.save(sys.argv[1] + "/w.npy", r.integers(-127, 128, (5, 40)).astype(np.int8))
np.save(sys.argv[1] + "/x.npy", r.integers(-127, 128, (3, 40)).astype(np.int8))
PY
"$bitline" gen --config configs/tiny.xml "${over[@]}" --out "$dir/good" >/dev/null || exit 3
# name, status, words of the first difference, file, edit
try() {
	local out rc
	rm -rf "$dir/rtl"; cp -r "$dir/good" "$dir/rtl"
	if [ -n "$4" ]; then
		sed -i "$5" "$dir/rtl/rtl/$4"
		if cmp -s "$dir/rtl/rtl/$4" "$dir/good/rtl/$4"; then count 1 "lockstep, $1" "the edit changes nothing, mend this test"; return; fi
	fi
	out=$("$bitline" cosim --engine lockstep --config configs/tiny.xml "${over[@]}" --rtl "$dir/rtl" --matrix "$dir/w.npy" --input "$dir/x.npy" 2>&1); rc=$?
	[ $rc = "$2" ] && grep -qE "$3" <<<"$out"
	count $? "lockstep, $1" "status $rc, wanted $2 and /$3/: $(grep -E 'first|bitline:|verdict' <<<"$out" | tr '\n' ' ')"
}
try "untouched" 0 'verdict: equal' '' ''
try "interrupt a clock late" 1 'interrupt: expected [0-9]+ clocks after the start \(tlm\), seen [0-9]+ \(rtl\)' cim_csr.sv \
	's/^\( *\)irq_q  *<= irq_en_q & (done_q | error_q);/\1late_q <= irq_en_q \& (done_q | error_q); irq_q <= late_q;/; s/^  logic  *irq_en_q,/  logic late_q;\n&/'
try "a register" 1 'register 0x00004: expected 0x00010001 \(tlm\), seen 0x00010003 \(rtl\)' cim_csr.sv 's/^\( *RegVersion: *rdata_o = \)\(.*\);/\1(\2) | 32'"'"'d2;/'
try "TLAST" 1 'result beat 0.*TLAST [01]' cim_core.sv 's/{out_last & out_tlast,/{~(out_last \& out_tlast),/'
echo "$passed passed, $failed failed"
[ $failed = 0 ]
