#!/usr/bin/env bash
# The emitted RTL in Icarus Verilog: the same stimulus gives what the Verilated model gives, pin for pin and clock for clock; edited RTL, unknown values
# and a simulator that stops are found out. SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
B=$(realpath "${BITLINE:-build/bitline}")
if ! command -v iverilog >/dev/null; then echo "ok - icarus # SKIP no iverilog here"; exit 0; fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
/usr/bin/python3 - "$dir" <<'PY' || exit 3
import sys
import numpy as np
d, r = sys.argv[1], np.random.default_rng(11)
for name, low, high in (("one", -1, 2), ("wide", -127, 128)):
    np.save(f"{d}/{name}.npy", r.integers(low, high, (3, 17)).astype(np.int8))
np.save(f"{d}/x.npy", r.integers(-127, 128, (2, 17)).astype(np.int8))
PY
bad=0
result() { if [ "$1" = 0 ]; then echo "ok - $2"; else echo "FAIL - $2: $(tail -n 3 "$dir/log" | cut -c 1-400)"; bad=1; fi; }
run() { timeout 100 "$B" cosim --matrix "$dir/wide.npy" --input "$dir/x.npy" "$@" >"$dir/log" 2>&1; }

# name | configuration | matrix | more options: both engines, equal in every figure that is not a time, equal in every dumped byte
odd='-s array.rows=9 -s array.cols=33 -s readout.adcs=8'
while IFS='|' read -r name config matrix more; do
	what=(--matrix "$dir/$matrix.npy" --input "$dir/x.npy")
	[ "$matrix" = story ] && what=(--model models/story.safetensors --layers 0.wo --tokens 1)
	for engine in verilator icarus; do
		# shellcheck disable=SC2086
		timeout 100 "$B" cosim --config "configs/$config.xml" --engine $engine "${what[@]}" --dump "$dir/$engine" --json $more \
			>"$dir/$engine.json" 2>"$dir/log" || echo "$engine: status $?" >>"$dir/log"
	done
	/usr/bin/python3 - "$dir/verilator.json" "$dir/icarus.json" >>"$dir/log" 2>&1 <<'PY' && diff -r "$dir/verilator" "$dir/icarus" >>"$dir/log"
import json, sys
v, i = (json.load(open(f)) for f in sys.argv[1:])
assert i["mismatches"] == 0 and i["codes_compared"] > 0 and i["partials_compared"] > 0 and i["outputs_compared"] > 0, i.get("first_difference")
times = {"engine", "sim_cycles_per_second", "build_s", "translate_s", "compile_s", "cached", "wall_s", "peak_mb"}
different = {k: (v.get(k), i.get(k)) for k in v.keys() | i.keys() if k not in times and v.get(k) != i.get(k)}
assert not different, different
PY
	result $? "$name: as in Verilator"
	rm -rf "$dir/verilator" "$dir/icarus"
done <<CASES
tiny, search|tiny|wide|
tiny, streams stalling|tiny|wide|--stall 0.4
9 x 33, flash, sign and magnitude|tiny|wide|$odd -s readout.kind=flash -s numbers.weight_code=sm -s numbers.input_code=sm
9 x 33, hybrid, digital array|tiny|wide|$odd -s readout.kind=hybrid -s readout.flash_bits=2 -s array.kind=digital
9 x 33, stochastic|tiny|one|$odd -s readout.kind=stochastic -s readout.resolution=full -s readout.samples=15 -s numbers.weight_bits=2
pair|tiny-pair|wide|
ring, another prefix, mismatched lines, noise|tiny-ring|wide|-s interface.prefix=Odd1_ -s nonideal.capacitor=90000 -s nonideal.noise=700
a layer of the embedded model|edge64|story|
CASES

# edited RTL: file, edit, status, words of the first difference
"$B" gen --config configs/tiny.xml --out "$dir/good" >/dev/null || exit 3
edit() {
	local name=$1 file=$2 edit=$3 want=$4 words=$5 rc
	rm -rf "$dir/rtl"; cp -r "$dir/good" "$dir/rtl"
	sed -i "$edit" "$dir/rtl/rtl/$file"
	if cmp -s "$dir/rtl/rtl/$file" "$dir/good/rtl/$file"; then echo "FAIL - $name: the edit changes nothing, mend this test"; bad=1; return; fi
	run --config configs/tiny.xml --engine icarus --rtl "$dir/rtl"; rc=$?
	[ $rc = "$want" ] && grep -qE "$words" "$dir/log"; result $? "$name"
}
edit "a converter's decision" cim_adc_binary.sv 's/~(above_i & /~((above_i ^ 1) \& /' 1 'tile 0, column 0, .*expected code [0-9]+, seen'
edit "an output without reset is unknown" cim_axil.sv '0,/bvalid_q *<= 1.b0;/{//d}' 1 'AXI: s_axi_b: VALID is not low in reset or in the clock after it, in clock'
edit "a strobe that is unknown" cim_tile.sv '0,/ add_q *<= 1.b0;/{s// add_q <= add_q;/}' 1 'strobe of tile 0 is unknown'
edit "\$fatal" cim_requant.sv 's/^endmodule.*/  always_ff @(posedge clk_i) if (rst_ni) $fatal(1, "edited");\nendmodule/' 1 'src/[0-9]+/cim_requant.sv:[0-9]+: edited: \$stop, \$fatal or \$finish in clock'
edit "\$finish before the first clock" cim_requant.sv 's/^endmodule.*/  initial $finish;\nendmodule/' 1 '\(\$stop, \$fatal or \$finish in clock 0\)'
edit "does not compile" cim_adc_round.sv 's/assign sample_o/assing sample_o/' 3 "'iverilog' failed.*rtl/cim_adc_round.sv:[0-9]+: .*log: '"
edit "reads a file outside the list" cim_adc_binary.sv '1s/^/`include "\/dev\/null"\n/' 2 "the rtl reads '/dev/null', which sim.f does not name"

# waveforms, a spoilt cache, a tool that is missing, processes that die
run --config configs/tiny.xml --engine icarus --trace "$dir/wave.fst" && [ -s "$dir/wave.fst" ]; result $? "waveforms"
export BITLINE_CACHE=$dir/cache
run --config configs/tiny.xml --engine icarus
for f in "$dir"/cache/device-*/bench.vvp; do head -c 2000 "$f" >"$f.part"; mv "$f.part" "$f"; done
run --config configs/tiny.xml --engine icarus && grep -q '^verdict: equal' "$dir/log"; result $? "a cut bench.vvp is built anew"
# the simulation hangs in a loop without time: then one of both is killed
hang() {
	"$B" cosim --config configs/tiny.xml --engine icarus --rtl "$dir/rtl" --matrix "$dir/wide.npy" --input "$dir/x.npy" >"$dir/log" 2>&1 &
	host=$!
	for _ in $(seq 200); do vvp=$(pgrep -P $host -x vvp) && break; sleep 0.05; done
	sleep 0.3
}
running() { case $(ps -o stat= -p "$1") in ''|Z*) return 1 ;; esac; }
rm -rf "$dir/rtl"; cp -r "$dir/good" "$dir/rtl"
sed -i 's/^endmodule.*/  initial begin #100; forever ; end\nendmodule/' "$dir/rtl/rtl/cim_requant.sv"
hang
kill -9 "$vvp"; wait "$host"; [ $? = 1 ] && grep -qE 'vvp was killed by signal 9 in clock [0-9]+' "$dir/log"; result $? "vvp is killed"
hang
kill -9 "$host"; wait "$host" 2>/dev/null
for _ in $(seq 100); do running "$vvp" || break; sleep 0.05; done
! running "$vvp"; result $? "bitline is killed: vvp goes too"
mkdir "$dir/bin"
for t in gcc vvp; do ln -s "$(command -v $t)" "$dir/bin/$t"; done
PATH="$dir/bin" "$B" cosim --config configs/tiny.xml --engine icarus --matrix "$dir/wide.npy" --input "$dir/x.npy" >"$dir/log" 2>&1
[ $? = 3 ] && grep -q "'iverilog' is missing or does not run: 'make deps' installs it" "$dir/log"; result $? "no iverilog"
exit $bad
