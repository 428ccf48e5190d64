#!/usr/bin/env bash
# Placements executed by RTL: the schedules of docs/placement.md, bit by bit, in exactly the clocks predicted. A small part, with ALL=1 every optimisation; all layers: tests/regress/placements.sh.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
source tests/models_common.sh
unset BITLINE_CXXFLAGS # these devices run for a while
equal='rc == 0 and j["mismatches"] == 0 and j["outputs_compared"] > 0 and j["rtl_cycles"] == j["predicted_cycles"] and all(l["lossless"] for l in j["per_layer"])'
packed=("packed --optimise latency")
[ -z "${ALL:-}" ] || packed+=("packed --optimise area" "packed --optimise conversions")
for p in linear sparse dense dense-strided "${packed[@]}"; do
	# shellcheck disable=SC2086
	both "student, $p, resident and in reload passes" "$equal" "$B" cosim --config configs/edge64.xml --model $student --layers 0.wq,1.w2 --text $text --tokens 3 --placement $p
	[ -n "${ALL:-}" ] || [ "$p" = sparse ] || continue
	# shellcheck disable=SC2086
	both "stories260K, $p" "$equal" "$B" cosim --config configs/edge64.xml --model $story --layers 0.wk,1.w2 --text $text --tokens 2 --placement $p
done
# nothing divides anything
odd="-s array.rows=33 -s array.cols=65 -s array.tiles=7 -s readout.adcs=4 -s scheduler.program_depth=4096"
for p in linear sparse dense dense-strided "packed --optimise latency"; do
	# shellcheck disable=SC2086
	both "33 x 65, seven tiles, $p" "$equal" "$B" cosim --config configs/edge64.xml $odd --model $student --layers 0.wq,1.w2 --text $text --tokens 3 --placement $p
done
# lossy: golden's layer judges where the rows of the canonical partition are driven together, else the machine alone, and it says so
check "student, 4 clipped bits, sparse: judged by the layer" 'rc == 0 and j["mismatches"] == 0 and j["layer_check"] == "golden layer" and not j["per_layer"][0]["lossless"]' \
	"$B" cosim --config configs/edge64.xml -s readout.bits=4 --model $student --layers 0.w2 --text $text --tokens 2 --placement sparse
check "student, 4 clipped bits, dense-strided: by the machine" 'rc == 0 and j["mismatches"] == 0 and "canonical partition" in j["layer_check"]' \
	"$B" cosim --config configs/edge64.xml -s readout.bits=3 --model $student --layers 0.w2 --text $text --tokens 2 --placement dense-strided
check "stories260K, comparator offsets, packed: columns stand elsewhere, by the machine" 'rc == 0 and j["mismatches"] == 0 and "converter to converter" in j["layer_check"]' \
	"$B" cosim --config configs/edge64.xml -s nonideal.offset=800 --model $story --layers 0.w2 --text $text --tokens 2 --placement packed --optimise latency
# layers that read one vector as one program: every part judged by golden's layer of its own
for p in sparse dense dense-strided "packed --optimise latency"; do
	# shellcheck disable=SC2086
	both "student, Q, K, V and both of the feed-forward joint, $p" "$equal"' and j["layers"] == ["0.wq+0.wk+0.wv", "0.w1+0.w3"]' \
		"$B" cosim --config configs/edge64.xml --model $student --layers 0.wq+0.wk+0.wv,0.w1+0.w3 --text $text --tokens 3 --placement $p
	[ -n "${ALL:-}" ] || [ "$p" != dense ] || continue
	# shellcheck disable=SC2086
	both "stories260K, Q, K, V joint, $p" "$equal" "$B" cosim --config configs/edge64.xml --model $story --layers 0.wq+0.wk+0.wv --text $text --tokens 3 --placement $p
	# shellcheck disable=SC2086
	both "33 x 65, seven tiles, joint, $p" "$equal" "$B" cosim --config configs/edge64.xml $odd --model $student --layers 1.wv+1.wq --text $text --tokens 2 --placement $p
done
check "joint, 4 clipped bits, sparse: judged by the layers" 'rc == 0 and j["mismatches"] == 0 and j["layer_check"] == "golden layer" and not j["per_layer"][0]["lossless"]' \
	"$B" cosim --config configs/edge64.xml -s readout.bits=4 --model $student --layers 0.w1+0.w3 --text $text --tokens 2 --placement sparse
check "joint, 3 clipped bits, dense-strided: by the machine" 'rc == 0 and j["mismatches"] == 0 and "canonical partition" in j["layer_check"]' \
	"$B" cosim --config configs/edge64.xml -s array.rows=33 -s readout.bits=3 --model $student --layers 0.w1+0.w3 --text $text --tokens 2 --placement dense-strided
check "joint, asymmetric search by the counts of all parts, with a dump of each" 'rc == 0 and j["mismatches"] == 0 and j["predicted_least"] <= j["rtl_cycles"] <= j["predicted_most"] and sorted(p[:4] for p in __import__("os").listdir("'"$dir"'/parts") if p.endswith("R.w.npy")) == ["0.wk", "0.wq", "0.wv"]' \
	"$B" cosim --config configs/edge64.xml -s readout.search=asymmetric -s readout.resolution=full --model $student --layers 0.wq+0.wk+0.wv --text $text --tokens 2 --placement packed --dump "$dir/parts"
# what it is for
alone='(lambda key: sum(l[key] for l in j["layers"][1:]))'
for m in "$student <" "$story <="; do # dense layers of 64 inputs leave no columns to share
	read -r model fewer <<<"$m"
	check "$(basename "$model"), joint Q, K, V: clocks < those of the three by themselves, activations $fewer" \
		"rc == 0 and j['layers'][0]['cycles'] < $alone('cycles') and j['layers'][0]['activations'] $fewer $alone('activations') and j['layers'][0]['conversions'] == $alone('conversions')" \
		"$B" map --config configs/edge64.xml --model "$model" --layers 0.wq+0.wk+0.wv,0.wq,0.wk,0.wv --placement packed --optimise latency
	/usr/bin/python3 - "$dir/j" <<'PY'
import json, sys
l = json.load(open(sys.argv[1]))["layers"]
for key in "cycles", "activations":
    print("# %s: %s by themselves, %d together" % (key, " + ".join(str(x[key]) for x in l[1:]), l[0][key]))
PY
done
exit $fails
