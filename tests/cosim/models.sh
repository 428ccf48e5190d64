#!/usr/bin/env bash
# Real checkpoints: every linear layer of stories260K and of the Monarch student through edge64 and std256, perplexity through the read-outs,
# dumps checked by numpy. Needs ../shared/models.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
source tests/models_common.sh
unset BITLINE_CXXFLAGS # these devices run for a while
for c in edge64 std256; do
	for m in $story $student; do
		check "$c: all layers of $(basename $m), bit by bit, predicted cycles, converters busy" \
			'rc == 0 and j["mismatches"] == 0 and len(j["layers"]) == 35 and j["codes_compared"] > 100000 and j["rtl_cycles"] == j["predicted_cycles"] and j["converter_busy"] >= 0.97 * j["converter_bound"]' \
			"$B" cosim --config configs/$c.xml --model $m --text $text --tokens 4
	done
	check "$c: int8 lossless perplexity of stories260K within 0.2 % of 3.865" 'rc == 0 and j["tokens"] == 874 and j["lossless"] and abs(j["perplexity"] / 3.8650 - 1) <= 0.002' \
		"$B" golden --model $story --text $text --config configs/$c.xml
	check "$c: int8 lossless perplexity of the student within 0.2 % of its float" 'rc == 0 and j["tokens"] == 874 and j["lossless"] and abs(j["perplexity"] / j["float_perplexity"] - 1) <= 0.002' \
		"$B" golden --model $student --text $text --config configs/$c.xml
done
check "reader: float perplexity of stories260K is 3.865" 'rc == 0 and j["tokens"] == 874 and abs(j["perplexity"] - 3.8650) < 0.0005' "$B" golden --model $story --text $text
check "clipped to 5 bits: lossy codes equal, layer check by the partition" 'rc == 0 and j["mismatches"] == 0 and j["outputs_compared"] > 0' \
	"$B" cosim --config configs/edge64.xml -s readout.bits=5 --model $student --layers 0.wq,1.w2,4.w1 --text $text --tokens 3 --dump "$dir/lossy"
check "coarse: lsb 2, nearest, sm, both streams stalling" 'rc == 0 and j["mismatches"] == 0' \
	"$B" cosim --config configs/edge64.xml -s readout.lsb=2 -s readout.rounding=nearest -s numbers.input_code=sm -s numbers.weight_code=sm \
	--model $story --layers 0.wq,0.w2 --text $text --tokens 2 --stall 0.4 --seed 5 --dump "$dir/coarse"
seed=${SEED:-$((RANDOM + 1))}
check "lossless dump, both streams stalling, seed $seed" 'rc == 0' "$B" cosim --config configs/edge64.xml --model $student --layers 0.wv,2.w2 --tokens 2 --stall 0.3 --seed $seed --dump "$dir/exact"
for d in lossy coarse exact; do
	if out=$(/usr/bin/python3 tests/numerics/check.py --dump "$dir/$d" 2>&1); then echo "ok - numpy agrees with the $d dump"; else echo "FAIL - numpy and the $d dump: $(grep FAIL <<<"$out" | head -n 3)"; fails=1; fi
done
exit $fails
