#!/usr/bin/env bash
# Every kind of run with both streams idle at random: whole models, a story, several processes, every engine that has streams, every configuration in configs/.
# Clocks are compared elsewhere, in runs without stalls; here bits are. SEED=n repeats a run; without it the seed is drawn and printed.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
B=${BITLINE:-build/bitline}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
seed=${SEED:-$((RANDOM + 1))}
RANDOM=$seed
fails=0
stalled() { # name, options of cosim: no mismatch, something compared, streams that really were idle
	local name=$1 why rc p=0.$((1 + RANDOM % 6)); shift
	"$B" cosim "$@" --stall $p --seed "$seed" --json >"$work/json" 2>"$work/err"; rc=$?
	if why=$(/usr/bin/python3 - $rc "$work/json" 2>&1 <<'PY'
import json, sys
rc, j = sys.argv[1], json.load(open(sys.argv[2]))
assert rc == "0" and j["mismatches"] == 0 and j["outputs_compared"] > 0 and j["stalls"] > 0, (rc, j["mismatches"], j["outputs_compared"], j["stalls"])
PY
	); then echo "ok - $name, stall $p, seed $seed"; else echo "FAIL - $name, stall $p, seed $seed: $(tail -n 1 <<<"$why") $(head -n 1 "$work/err")"; fails=1; fi
}
/usr/bin/python3 - "$work" <<'PY'
import sys, numpy as np
rng = np.random.default_rng(1)
np.save(sys.argv[1] + "/w.npy", rng.integers(-1, 2, (7, 33)).astype(np.int8))
np.save(sys.argv[1] + "/wide.npy", rng.integers(-7, 8, (65, 129)).astype(np.int8))
PY
stalled "a story, head too" --model models/story.safetensors --config configs/edge64-sm4.xml --generate 8
stalled "three processes" --matrix "$work/wide.npy" --config configs/tiny.xml --tokens 9 --jobs 3
for c in configs/*.xml; do
	grep -q 'weight_code="cell"' "$c" && continue # for cost only
	small=()
	[ "$c" = configs/digital8.xml ] && small=(-s scheduler.program_depth=64 -s scheduler.activation_depth=64)
	stalled "$(basename "$c" .xml)" --matrix "$work/w.npy" --config "$c" "${small[@]}" --tokens 3
done
for engine in icarus systemc tlm; do
	for c in tiny tiny-pair; do stalled "$c on $engine" --matrix "$work/w.npy" --config configs/$c.xml --tokens 3 --engine $engine; done
done
for m in ../shared/models/stories260K/stories260K.bin ../shared/models/students/monarch_b4.safetensors; do
	if [ -e $m ]; then stalled "every layer of $(basename $m)" --model $m --config configs/edge64.xml --tokens 2; else echo "ok every layer # SKIP no $m"; fi
done
exit $fails
