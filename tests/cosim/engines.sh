#!/usr/bin/env bash
# The same stimulus through every engine: the same result beats (--dump, byte by byte) and the same cycles; edited RTL is caught by each that holds RTL.
# An engine whose tool is missing is left out in one line. ALL=1: more configurations (make regress).
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
export B=${BITLINE:-build/bitline}
dir=$(mktemp -d)
export dir
trap 'rm -rf "$dir"' EXIT
/usr/bin/python3 - "$dir" <<'PY' || exit 3
import sys
import numpy as np
d, r = sys.argv[1], np.random.default_rng(7)
np.save(f"{d}/w.npy", r.integers(-127, 128, (5, 65)).astype(np.int8))
np.save(f"{d}/narrow.npy", r.integers(-1, 2, (5, 65)).astype(np.int8))
np.save(f"{d}/small.x.npy", r.integers(-7, 8, (3, 65)).astype(np.int8))
np.save(f"{d}/x.npy", r.integers(-127, 128, (3, 65)).astype(np.int8))
PY

engines=verilator
skip() { echo "ok - engine $1 # SKIP $2"; }
if command -v iverilog >/dev/null; then engines+=" icarus"; else skip icarus "no iverilog here"; fi
if pkg-config --exists systemc 2>/dev/null || echo '#include <systemc>' | c++ -E -x c++ - >/dev/null 2>&1; then engines+=" systemc tlm lockstep"; else skip "systemc, tlm, lockstep" "no SystemC here"; fi
export engines

# name | configuration | matrix,input | engines that are too slow or cannot | more options
cat >"$dir/cases" <<'CASES'
tiny|tiny|w,x||
tiny-pair|tiny-pair|w,x||
edge64-hybrid2|edge64-hybrid2|w,x|icarus|
CASES
[ -z "${ALL:-}" ] || cat >>"$dir/cases" <<'CASES'
edge64|edge64|w,x||
tiny-sm4|tiny|narrow,small.x||-s numbers.input_code=sm -s numbers.weight_code=sm -s numbers.weight_bits=4 -s numbers.input_bits=4
edge64-stochastic|edge64-stochastic|narrow,x|icarus|-s numbers.weight_bits=2
edge64-asymmetric|edge64-asymmetric|w,x|icarus|
CASES

run() { # engine, case, configuration, matrix and input, options: its JSON, its dump
	local out=$dir/$2.$1
	# shellcheck disable=SC2086
	"$B" cosim --engine "$1" --config "configs/$3.xml" --matrix "$dir/${4%,*}.npy" --input "$dir/${4#*,}.npy" --dump "$out" --json $5 >"$out.json" 2>"$out.err"
	echo $? >"$out.rc"
}
report() { /usr/bin/python3 - "$@" <<'PY'
import json, sys
path, first, engine = sys.argv[1:4]
c, v = json.load(open(path)), json.load(open(first))
bad = []
if c["engine"] != engine or c["mismatches"]:
    bad.append("engine %s, %d mismatches: %s" % (c["engine"], c["mismatches"], c.get("first_difference")))
counters = ("rtl_cycles", "activations", "conversions", "comparisons", "compare_clocks", "compute_clocks", "convert_clocks", "serve_clocks", "wait_load", "wait_act", "wait_out", "wait_end", "stalls")
bad += ["%s is %s, of verilator %s" % (k, c[k], v[k]) for k in counters if c[k] != v[k]]
seen = ("codes_compared", "partials_compared")
bad += ["%s is %s" % (k, c[k]) for k in seen if c[k] != (0 if engine == "tlm" else v[k])]
sys.exit("; ".join(bad) or 0)
PY
}
one() {
	IFS='|' read -r name config matrix without more <<<"$1"
	run verilator "$name" "$config" "$matrix" "$more"
	for e in $engines; do
		[[ " $without " == *" $e "* ]] && continue
		[ "$e" = verilator ] || run "$e" "$name" "$config" "$matrix" "$more"
		if [ "$(cat "$dir/$name.$e.rc")" != 0 ]; then echo "FAIL - $name, $e: exit $(cat "$dir/$name.$e.rc"): $(tail -n 1 "$dir/$name.$e.err")"
		elif ! why=$(report "$dir/$name.$e.json" "$dir/$name.verilator.json" "$e" 2>&1); then echo "FAIL - $name, $e: $why"
		elif ! why=$(diff -rq "$dir/$name.$e" "$dir/$name.verilator" 2>&1); then echo "FAIL - $name, $e: $why"
		else echo "ok - $name, $e: same beats, same counters"; fi
	done
}
export -f run report one
# the first one alone: it compiles what all configurations share (Verilator's library, the SystemC bench)
one "$(head -n 1 "$dir/cases")" >"$dir/out"
tail -n +2 "$dir/cases" | tr '\n' '\0' | xargs -0 -n 1 -P "${JOBS:-$(nproc)}" bash -c 'one "$0"' >>"$dir/out"

# where the golden machine is the only judge, engine tlm has none, and says so
if [[ " $engines " == *" tlm "* ]]; then
	"$B" cosim --engine tlm --config configs/tiny.xml -s nonideal.noise=700 --matrix "$dir/w.npy" --input "$dir/x.npy" >"$dir/log" 2>&1
	if grep -q '^verdict: clocks as predicted, outputs not judged$' "$dir/log"; then echo "ok - noise, tlm: nobody judges the outputs, and it says so"; else echo "FAIL - noise, tlm: $(tail -n 1 "$dir/log")"; fi >>"$dir/out"
fi

# stalling hosts, where streams can be left idle
for e in $engines; do
	case $e in tlm | lockstep) continue ;; esac
	if "$B" cosim --engine "$e" --config configs/tiny.xml --matrix "$dir/w.npy" --input "$dir/x.npy" --stall 0.4 --dump "$dir/stall.$e" >"$dir/log" 2>&1 && diff -rq "$dir/stall.$e" "$dir/tiny.verilator" >"$dir/log"; then
		echo "ok - tiny, $e, both streams stalling: same beats"
	else echo "FAIL - tiny, $e, both streams stalling: $(tail -n 1 "$dir/log")"; fi >>"$dir/out"
done

# RTL whose sign plane counts as any other: every engine that holds RTL says so, with a place, and ends with 1
"$B" gen --config configs/tiny.xml --out "$dir/edited" >"$dir/log" 2>&1
cp "$dir/edited/rtl/cim_plane_seq.sv" "$dir/before.sv"
sed -i "s/\(negative_o *= input_sm_i ? .* : \)last_o;/\11'b0;/" "$dir/edited/rtl/cim_plane_seq.sv"
if cmp -s "$dir/before.sv" "$dir/edited/rtl/cim_plane_seq.sv"; then echo "FAIL - edited RTL: the edit changes nothing, mend this test" >>"$dir/out"; fi
for e in $engines; do
	[ "$e" = tlm ] && continue
	"$B" cosim --engine "$e" --config configs/tiny.xml --matrix "$dir/w.npy" --input "$dir/x.npy" --rtl "$dir/edited" >"$dir/log" 2>&1
	rc=$?
	if [ $rc = 1 ] && grep -q '^verdict: DIFFERENT' "$dir/log" && grep -q '^first difference: .*partial sum' "$dir/log"; then echo "ok - edited RTL, $e: $(grep -o 'expected.*' "$dir/log" | head -n 1)"
	else echo "FAIL - edited RTL, $e: exit $rc, $(tail -n 2 "$dir/log" | tr '\n' ' ')"; fi >>"$dir/out"
done
cat "$dir/out"
! grep -q '^FAIL' "$dir/out"
