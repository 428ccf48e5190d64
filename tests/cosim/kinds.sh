#!/usr/bin/env bash
# Every named configuration, each converter, network and code, on one small matrix through its RTL, bit by bit; what its counters must say;
# errors of real converters, noise, threshold files and search trees on the small ones. ALL=1: all of them (make regress), else some; the sweep has every kind.
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
for name, out, rows in (("small", 3, 17), ("large", 13, 150)):
    np.save(f"{d}/{name}.npy", r.integers(-1, 2, (out, rows)).astype(np.int8))          # every code holds -1, 0 and 1
    np.save(f"{d}/{name}.wide.npy", r.integers(-127, 128, (out, rows)).astype(np.int8))
    np.save(f"{d}/{name}.x.npy", r.integers(-127, 128, (2, rows)).astype(np.int8))
PY
# name | what must be true of the JSON j | configuration | matrix | more options
cat >"$dir/cases" <<'CASES'
tiny: binary search|exact and c["comparisons"] <= 4 * c["conversions"]|tiny|small.wide|
edge64: binary search|exact and lossless|edge64|large.wide|
edge64-flash: 63 decisions, 31 where 22 rows need 5 bits|exact and c["comparisons"] == 63 * c["conversions"] - 32 * 13 * 8 * 8 * 2|edge64-flash|large.wide|
edge64-asymmetric: fewer comparisons than bits, as the tree promises|same and lossless and c["comparisons_per_conversion"] < 7 and abs(c["comparisons_per_conversion"] - c["tree_mean"]) < 1e-9 and c["predicted_least"] <= c["rtl_cycles"] <= c["predicted_most"]|edge64-asymmetric|large.wide|
edge64-broadcast-hybrid2: three serve four|exact and c["serve_clocks"] > 0|edge64-broadcast-hybrid2|large.wide|
edge64-dif: pairs of columns, signed codes|exact and lossless|edge64-dif|large.wide|
edge64-ternary: two cells a weight|exact and lossless|edge64-ternary|large|
tiny-pair|exact and c["serve_clocks"] == c["convert_clocks"]|tiny-pair|small.wide|
tiny-ring|exact and c["serve_clocks"] == c["convert_clocks"]|tiny-ring|small.wide|
tiny-pair, both streams stalling|same|tiny-pair|small.wide|--stall 0.4
tiny-ring, both streams stalling|same|tiny-ring|small.wide|--stall 0.4
edge64-broadcast-hybrid2, both streams stalling|same|edge64-broadcast-hybrid2|small.wide|--stall 0.4
edge64-asymmetric, both streams stalling|same|edge64-asymmetric|small.wide|--stall 0.4
tiny, real converters: two programs make the same tables|exact and len(c["thresholds_sha256"]) == 64|tiny|small.wide|-s nonideal.offset=400 -s nonideal.gain=20000 -s nonideal.inl=300 -s nonideal.capacitor=30000 -s nonideal.seed=33
tiny-pair, mismatched lines|exact and machine and len(c["thresholds_sha256"]) == 64|tiny-pair|small.wide|-s nonideal.capacitor=90000
tiny, counters of 16 bits that wrap|exact and c["rtl_cycles"] > 65536 and c["comparisons"] > 65536|tiny|large.wide|-s timing.evaluate=16 -s scheduler.counter_bits=16
tiny, counters of 16 bits that wrap, both streams stalling|same and c["predicted_cycles"] > 65536 and c["comparisons"] > 65536|tiny|large.wide|-s timing.evaluate=16 -s scheduler.counter_bits=16 --stall 0.4
tiny, asymmetric search, counters of 16 bits that wrap|same and 65536 < c["predicted_least"] <= c["rtl_cycles"] <= c["predicted_most"]|tiny|large.wide|-s timing.evaluate=16 -s scheduler.counter_bits=16 -s readout.search=asymmetric -s readout.resolution=full
tiny, noise|exact and machine|tiny|small.wide|-s nonideal.noise=700
tiny-pair, noise and offsets|exact and machine|tiny-pair|small.wide|-s nonideal.noise=700 -s nonideal.offset=900
CASES
[ -z "${ALL:-}" ] || cat >>"$dir/cases" <<'CASES'
std256: binary search|exact and lossless|std256|large.wide|
edge64-hybrid2: 3 decisions, then one for each bit|exact and lossless and c["comparisons"] <= 8 * c["conversions"]|edge64-hybrid2|large.wide|
edge64-sense: one decision|exact and c["comparisons"] == c["conversions"]|edge64-sense|large|-s numbers.weight_bits=2
edge64-stochastic: 127 decisions|exact and machine and c["comparisons"] == 127 * c["conversions"]|edge64-stochastic|large|-s numbers.weight_bits=2
edge64-immersed-pair: computes, converts, serves|exact and c["serve_clocks"] == c["convert_clocks"] and len(c["thresholds_sha256"]) == 64|edge64-immersed-pair|large.wide|
edge64-immersed-ring-hybrid2: three serve at once|exact and c["serve_clocks"] > c["convert_clocks"]|edge64-immersed-ring-hybrid2|large.wide|
edge64-broadcast-flash: seven serve four|exact and c["serve_clocks"] > c["convert_clocks"]|edge64-broadcast-flash|large.wide|
CASES
one() {
	IFS='|' read -r name expr config matrix more <<<"$1"
	# shellcheck disable=SC2086
	"$B" cosim --config "configs/$config.xml" --matrix "$dir/$matrix.npy" --input "$dir/${matrix%.wide}.x.npy" --json $more >"$dir/$2.json" 2>"$dir/$2.err"
	if why=$(/usr/bin/python3 - "$dir/$2.json" $? "$expr" 2>&1 <<'PY'
import json, sys
if sys.argv[2] not in "01":
    sys.exit("exit status " + sys.argv[2])
c = json.load(open(sys.argv[1]))
same = sys.argv[2] == "0" and c["mismatches"] == 0 and c["codes_compared"] > 0 and c["partials_compared"] > 0 and c["outputs_compared"] > 0
exact = same and c["rtl_cycles"] == c["predicted_cycles"]
lossless = c["per_layer"][0]["lossless"] and c["layer_check"] == "golden layer"
machine = c["layer_check"] != "golden layer"
if not eval(sys.argv[3]):
    sys.exit("not true: %s; %s" % (sys.argv[3], c.get("first_difference", {k: v for k, v in c.items() if isinstance(v, (int, float, str))})))
PY
	); then echo "ok - $name"; else echo "FAIL - $name: $(tail -n 1 <<<"$why") $(head -n 1 "$dir/$2.err")"; fi
	case $more in *--stall*) return ;; esac
	# again with idle streams and a slow bus: other clocks, the same events, as many of them
	# shellcheck disable=SC2086
	"$B" cosim --config "configs/$config.xml" --matrix "$dir/$matrix.npy" --input "$dir/${matrix%.wide}.x.npy" --json $more --stall 0.4 --seed "$seed" >"$dir/$2.stalled" 2>"$dir/$2.err"
	if why=$(/usr/bin/python3 - "$dir/$2.json" "$dir/$2.stalled" $? 2>&1 <<'PY'
import json, sys
c, s = (json.load(open(f)) for f in sys.argv[1:3])
n = ("codes_compared", "partials_compared", "outputs_compared", "conversions", "activations")
if sys.argv[3] != "0" or s["mismatches"] or s["stalls"] <= 0 or any(c[k] != s[k] for k in n):
    sys.exit("exit status %s, %s; %s" % (sys.argv[3], s.get("first_difference"), [(k, c[k], s[k]) for k in n + ("stalls",)]))
PY
	); then echo "ok - $name: with idle streams, seed $seed"; else echo "FAIL - $name: with idle streams, seed $seed: $(tail -n 1 <<<"$why") $(head -n 1 "$dir/$2.err")"; fi
}
export -f one
export seed=${SEED:-$((RANDOM + 1))}
n=0
while IFS= read -r line; do n=$((n + 1)); printf '%s\0%s\0' "$line" "$n"; done <"$dir/cases" | xargs -0 -n 2 -P "${JOBS:-$(nproc)}" bash -c 'one "$0" "$1"' >"$dir/out"
cat "$dir/out"

# a threshold file, a histogram, a tree: made, then used
result() { if [ "$1" = 0 ]; then echo "ok - $2"; else echo "FAIL - $2: $(head -n 2 "$dir/log")"; fi | tee -a "$dir/out"; }
ramp() { /usr/bin/python3 -c 'for i in range(1 * 4 * 4 * 16): print("%06x" % (i % 16 * 16))'; } # tiny: 1 tile, 4 converters, 4 sets, 4 bits; whole counts
ramp >"$dir/ideal.txt"
run() { "$B" cosim --matrix "$dir/small.wide.npy" --input "$dir/small.x.npy" "$@" >"$dir/log" 2>&1; }
run --config configs/tiny.xml --thresholds "$dir/ideal.txt" && grep -q "^thresholds: SHA-256 $(sha256sum <"$dir/ideal.txt" | cut -d ' ' -f 1)$" "$dir/log"
result $? "a threshold file is taken, and its digest is that of its bytes"
sed '20s/.*/000fff/' "$dir/ideal.txt" >"$dir/bent.txt" # converter 0, set 0 is lines 1..16: line 20 is another set, which nobody asks
run --config configs/tiny.xml --thresholds "$dir/bent.txt"; result $? "another set's thresholds change nothing"
echo '{"bits": 7, "root": 1, "left": [0'"$(printf ', 0%.0s' $(seq 127))"'], "right": [0'"$(printf ', %s' $(seq 2 127))"', 0]}' >"$dir/chain.json"
run --config configs/edge64-asymmetric.xml --tree "$dir/chain.json" && grep -q 'comparisons of a conversion' "$dir/log"
result $? "a tree that is a chain"
! grep -q '^FAIL' "$dir/out"
