#!/usr/bin/env bash
# Every placement on every linear layer of both checkpoints, and a 1024 x 1024 Monarch layer (b = 32, int8) on 256 x 256 arrays: resident, and in reload passes. `make regress`.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
source tests/models_common.sh
equal='rc == 0 and j["mismatches"] == 0 and j["outputs_compared"] > 0 and j["rtl_cycles"] == j["predicted_cycles"] and all(l["lossless"] for l in j["per_layer"])'
placements=(linear sparse dense dense-strided "packed --optimise area" "packed --optimise conversions" "packed --optimise latency")
for p in "${placements[@]}"; do
	for m in $story $student; do
		# shellcheck disable=SC2086
		check "$(basename $m), $p: all 35 layers" "$equal and len(j['layers']) == 35" "$B" cosim --config configs/edge64.xml --model $m --text $text --tokens 2 --placement $p
	done
done
if ! /usr/bin/python3 tests/models_monarch1024.py "$dir/m1024.safetensors"; then echo "FAIL - the 1024 model could not be made"; exit 1; fi
big="-s readout.adcs=32 -s scheduler.program_depth=16384 -s scheduler.activation_depth=65536 -s scheduler.accumulator_depth=4096"
for tiles in 16 2; do
	for p in "${placements[@]}"; do
		[ "$p$tiles" = linear16 ] || [ "$p" != linear ] || continue # 128 reload passes of a dense 1024 x 1024 matrix: once is enough
		# shellcheck disable=SC2086
		check "1024 x 1024 Monarch, $tiles arrays of 256 x 256, $p" "$equal" "$B" cosim --config configs/std256.xml -s array.tiles=$tiles $big --model "$dir/m1024.safetensors" --layers 0.wq --tokens 2 --placement $p
	done
done
exit $fails
