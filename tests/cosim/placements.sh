#!/usr/bin/env bash
# Every placement executed by RTL: the schedules of docs/placement.md, bit by bit, in exactly the clocks predicted. A small part; all layers: tests/regress/placements.sh.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
source tests/models_common.sh
equal='rc == 0 and j["mismatches"] == 0 and j["outputs_compared"] > 0 and j["rtl_cycles"] == j["predicted_cycles"] and all(l["lossless"] for l in j["per_layer"])'
for p in linear sparse dense dense-strided "packed --optimise area" "packed --optimise conversions" "packed --optimise latency"; do
	# shellcheck disable=SC2086
	check "student, $p, resident and in reload passes" "$equal" "$B" cosim --config configs/edge64.xml --model $student --layers 0.wq,1.w2 --text $text --tokens 3 --placement $p
	# shellcheck disable=SC2086
	check "stories260K, $p" "$equal" "$B" cosim --config configs/edge64.xml --model $story --layers 0.wk,1.w2 --text $text --tokens 2 --placement $p
done
# nothing divides anything
odd="-s array.rows=33 -s array.cols=65 -s array.tiles=7 -s readout.adcs=4 -s scheduler.program_depth=4096"
for p in linear sparse dense dense-strided "packed --optimise latency"; do
	# shellcheck disable=SC2086
	check "33 x 65, seven tiles, $p" "$equal" "$B" cosim --config configs/edge64.xml $odd --model $student --layers 0.wq,1.w2 --text $text --tokens 3 --placement $p
done
# lossy: golden's layer judges where the rows of the canonical partition are driven together, else the machine alone, and it says so
check "student, 4 clipped bits, sparse: judged by the layer" 'rc == 0 and j["mismatches"] == 0 and j["layer_check"] == "golden layer" and not j["per_layer"][0]["lossless"]' \
	"$B" cosim --config configs/edge64.xml -s readout.bits=4 --model $student --layers 0.w2 --text $text --tokens 2 --placement sparse
check "student, 4 clipped bits, dense-strided: by the machine" 'rc == 0 and j["mismatches"] == 0 and "canonical partition" in j["layer_check"]' \
	"$B" cosim --config configs/edge64.xml -s readout.bits=3 --model $student --layers 0.w2 --text $text --tokens 2 --placement dense-strided
check "stories260K, comparator offsets, packed: columns stand elsewhere, by the machine" 'rc == 0 and j["mismatches"] == 0 and "converter to converter" in j["layer_check"]' \
	"$B" cosim --config configs/edge64.xml -s nonideal.offset=800 --model $story --layers 0.w2 --text $text --tokens 2 --placement packed --optimise latency
exit $fails
