#!/usr/bin/env bash
# make demo: emit edge64, run the linear layers of block 0 of a real checkpoint through its RTL, print the verdict and the counters.
# usage: tools/demo.sh [MODEL]; without MODEL the first of models/*.safetensors, the Monarch student under ../shared/models.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
model=${1:-}
if [ -z "$model" ]; then
	for m in models/*.safetensors models/*.bin ../shared/models/students/*.safetensors ../shared/models/*/stories*K.bin; do
		if [ -f "$m" ]; then model=$m; break; fi
	done
fi
if [ -z "$model" ]; then
	echo "demo: no checkpoint in models/ or ../shared/models/; name one: make demo MODEL=path (llama2.c .bin or safetensors)" >&2
	exit 2
fi
out=$BUILD/demo
echo "demo: configs/edge64.xml -> RTL in $out/rtl; layers of block 0 of $model through it, tokens drawn from seed 1"
"$BUILD/bitline" gen --config configs/edge64.xml --out "$out"
exec "$BUILD/bitline" cosim --config configs/edge64.xml --rtl "$out" --model "$model" \
	--layers 0.wq,0.wk,0.wv,0.wo,0.w1,0.w2,0.w3 --tokens 8 --seed 1
