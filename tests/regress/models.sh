#!/usr/bin/env bash
# Whole models through every converter: perplexity by golden, tokens by RTL, bit by bit. Minutes; `make regress`. Needs ../shared/models.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
source tests/models_common.sh
sm="-s numbers.input_code=sm -s numbers.weight_code=sm"
golden() { "$B" golden --model "$1" --text $text --config "configs/$2.xml" "${@:3}"; }
rtl() { "$B" cosim --model "$1" --text $text --config "configs/$2.xml" "${@:3}"; }

# the 4-block student at 64 rows: perplexity 5.7792 of the lossless read-out
check "student, 5 clipped bits tc: perplexity of the lossless read-out" 'rc == 0 and j["tokens"] == 874 and not j["lossless"] and abs(j["perplexity"] / 5.7792 - 1) < 0.0002' golden $student edge64 -s readout.bits=5
# shellcheck disable=SC2086
check "student, 3 clipped bits sm: under 0.5 % more" 'rc == 0 and j["tokens"] == 874 and not j["lossless"] and j["perplexity"] / 5.7792 - 1 < 0.005' golden $student edge64 -s readout.bits=3 $sm
check "student, 5 clipped bits tc: 20 tokens of all layers through RTL" 'rc == 0 and j["tokens"] == 20 and j["mismatches"] == 0 and len(j["layers"]) == 35 and j["rtl_cycles"] == j["predicted_cycles"]' \
	rtl $student edge64 -s readout.bits=5 --tokens 20
# shellcheck disable=SC2086
check "student, 3 clipped bits sm: 20 tokens of all layers through RTL" 'rc == 0 and j["tokens"] == 20 and j["mismatches"] == 0 and len(j["layers"]) == 35 and j["rtl_cycles"] == j["predicted_cycles"]' \
	rtl $student edge64 -s readout.bits=3 $sm --tokens 20

# the asymmetric search on the histogram of a model
check "stories260K, search tree, tc: at most 4.05 comparisons" 'rc == 0 and j["lossless"] and 3 < j["tree_mean"] <= 4.05' golden $story edge64-asymmetric
# shellcheck disable=SC2086
check "stories260K, search tree, sm: at most 3.0 comparisons" 'rc == 0 and j["lossless"] and 2 < j["tree_mean"] <= 3.0' golden $story edge64-asymmetric $sm
check "stories260K, search tree in RTL" 'rc == 0 and j["mismatches"] == 0 and j["comparisons_per_conversion"] <= 4.2 and j["predicted_least"] <= j["rtl_cycles"] <= j["predicted_most"]' \
	rtl $story edge64-asymmetric --layers 0.wq,2.w1,4.w2 --tokens 2

# equal tables, equal codes: every kind that is lossless has the perplexity of edge64
for c in edge64-flash edge64-hybrid2 edge64-dif; do
	check "$c: perplexity of the lossless student" 'rc == 0 and j["tokens"] == 874 and j["lossless"] and abs(j["perplexity"] / 5.7792 - 1) < 0.0002' golden $student $c
done
for c in edge64-immersed-pair edge64-immersed-ring-hybrid2 edge64-broadcast-hybrid2; do
	check "$c: perplexity of 5 clipped bits" 'rc == 0 and j["tokens"] == 874 and abs(j["perplexity"] / 5.7792 - 1) < 0.0002' golden $student $c
done
for c in edge64-flash edge64-hybrid2 edge64-dif edge64-ternary edge64-sense edge64-immersed-pair edge64-immersed-ring-hybrid2 edge64-broadcast-flash edge64-broadcast-hybrid2; do
	check "$c: a layer of each shape of both models through RTL" 'rc == 0 and j["mismatches"] == 0 and j["rtl_cycles"] == j["predicted_cycles"]' rtl $story $c --layers 0.wq,1.w2 --tokens 2
	check "$c: Monarch layers through RTL" 'rc == 0 and j["mismatches"] == 0 and j["rtl_cycles"] == j["predicted_cycles"]' rtl $student $c --layers 0.wq,1.w2 --tokens 2
done
check "edge64-stochastic: a layer through RTL" 'rc == 0 and j["mismatches"] == 0 and j["rtl_cycles"] == j["predicted_cycles"] and j["layer_check"] != "golden layer"' rtl $student edge64-stochastic --layers 0.wk --tokens 2
if out=$(${BUILD:-build}/test/sweep --n 1000 --seed 2 --jobs "${JOBS:-2}" 2>&1); then echo "ok - 1000 random converter configurations"; else echo "FAIL - sweep: $(tail -n 5 <<<"$out")"; fails=1; fi
exit $fails
