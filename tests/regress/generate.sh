#!/usr/bin/env bash
# The Monarch student of stories260K writes 64 tokens, every linear layer and the head through the RTL: 0 mismatches, the text that golden writes; then a few tokens
# through every kind of converter. Minutes; `make regress`. Needs ../shared/models.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
source tests/models_common.sh
prompt="Once upon a time"
rtl() { "$B" cosim --model $student --prompt "$prompt" --config "configs/$1.xml" "${@:2}"; }
golden() { "$B" golden --model $student --prompt "$prompt" --config "configs/$1.xml" "${@:2}"; }

check "edge64: 64 tokens, every event equal, clocks as predicted" 'rc == 0 and j["tokens"] == 64 and j["mismatches"] == 0 and j["rtl_cycles"] == j["predicted_cycles"] == sum(j["cycles_per_token"]) and j["text_check"] == "golden text" and j["layers"][-1] == "head"' \
	rtl edge64 --generate 64
same() { # configuration, options...
	rtl "$@" >"$dir/rtl" 2>"$dir/said" && golden "$@" >"$dir/golden" 2>/dev/null && cmp -s "$dir/rtl" "$dir/golden" && [ "$(wc -c <"$dir/rtl")" -gt $((${#prompt} + 1)) ]
	if [ $? = 0 ]; then echo "ok - $*: text of the RTL is golden's"; else echo "FAIL - $*: $(cat "$dir/rtl") / $(cat "$dir/golden") / $(tail -n 2 "$dir/said")"; fails=1; fi
}
same edge64 --generate 64
same edge64 --generate 32 --temperature 1 --seed 3
same edge64 --generate 8 --host-head
same edge64 --generate 4 -s readout.bits=5
same edge64-asymmetric --generate 4
for c in edge64-flash edge64-hybrid2 edge64-dif edge64-ternary edge64-sense edge64-immersed-pair edge64-immersed-ring-hybrid2 edge64-broadcast-flash edge64-broadcast-hybrid2; do
	same $c --generate 2
done
alone='rc == 0 and j["tokens"] == 2 and j["mismatches"] == 0 and j["codes_compared"] > 0'
check "edge64-asymmetric: clocks within the bounds" 'rc == 0 and j["mismatches"] == 0 and j["predicted_least"] <= j["rtl_cycles"] <= j["predicted_most"]' rtl edge64-asymmetric --generate 2
check "stochastic: the text is the machine's own" "$alone and 'stochastic' in j['text_check'] and j['layer_check'] == j['text_check']" rtl edge64-stochastic --generate 2
check "noise: the text is the machine's own" "$alone and 'noise' in j['text_check']" rtl edge64 --generate 2 -s nonideal.noise=300
check "bent converters: the text is the machine's own" "$alone and 'threshold tables differ' in j['text_check'] and len(j['thresholds_sha256']) == 64" rtl edge64 --generate 2 -s nonideal.offset=500
check "lossy and linear: layers judged, the text is the machine's own" "$alone and j['layer_check'] == 'golden layer' and j['text_check'].startswith('the placement linear')" rtl edge64 --generate 2 -s readout.bits=5 --placement linear
check "stories260K: dense layers" 'rc == 0 and j["mismatches"] == 0 and j["text_check"] == "golden text" and j["tokens"] == 8' "$B" cosim --model $story --prompt "$prompt" --config configs/edge64.xml --generate 8
exit $fails
