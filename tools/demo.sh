#!/usr/bin/env bash
# make demo: emit edge64-sm4 (64 x 64 arrays, 4-bit converters that clip), let a language model write through its RTL, every linear layer of every token, golden beside it;
# then a page about it (docs/report.md), whose path is the last line.
# usage: tools/demo.sh [MODEL]; without MODEL the embedded one, models/story.safetensors.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
B=$BUILD/bitline
model=${1:-models/story.safetensors}
out=$BUILD/demo
page=$BUILD/out/demo
seed=${SEED:-1}
hardware=(--config configs/edge64-sm4.xml)
[ "$#" -eq 0 ] || hardware=(--config configs/edge64.xml)
echo "demo: ${hardware[1]} -> RTL in $out/rtl; $model writes through it"
"$B" gen "${hardware[@]}" --out "$out"
rm -rf "$page"
status=0
"$B" cosim "${hardware[@]}" --rtl "$out" --model "$model" --generate "${TOKENS:-24}" --temperature 0.8 --seed "$seed" --out "$page" || status=$?
[ -f "$page/text.json" ] || exit $status

# one layer clock by clock, what it costs, and what fewer and more bits of the converters would do: on the same device, seconds
echo "demo: the page"
{
	"$B" cosim "${hardware[@]}" --rtl "$out" --model "$model" --layers 0.w1 --tokens 1 --seed "$seed" --out "$page" || status=$?
	"$B" map "${hardware[@]}" --model "$model" --layers 0.w1 --tokens 1 --out "$page"
	if [ "$#" -eq 0 ]; then # a text of the grammar that the embedded model has learnt
		"$B" stories --n 2 --seed 987654321 --out "$page/story.txt"
		for bits in 1 2 3 4 5 6 7 8; do "$B" golden --model "$model" --text "$page/story.txt" "${hardware[@]}" -s readout.bits=$bits --out "$page"; done
	fi
} >"$page/log.txt" 2>&1 || { tail -n 1 "$page/log.txt" >&2; exit 1; }
"$B" report "$page"
exit $status
