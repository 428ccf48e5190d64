#!/usr/bin/env bash
# make demo: emit edge64-sm4 (64 x 64 arrays, 4-bit converters that clip) and let a language model write through its RTL: every linear layer of every token, golden beside it.
# usage: tools/demo.sh [MODEL]; without MODEL the embedded one, models/story.safetensors.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
model=${1:-models/story.safetensors}
out=$BUILD/demo
hardware=(--config configs/edge64-sm4.xml)
[ "$#" -eq 0 ] || hardware=(--config configs/edge64.xml)
echo "demo: ${hardware[1]} -> RTL in $out/rtl; $model writes through it"
"$BUILD/bitline" gen "${hardware[@]}" --out "$out"
exec "$BUILD/bitline" cosim "${hardware[@]}" --rtl "$out" --model "$model" --generate "${TOKENS:-24}" --temperature 0.8 --seed "${SEED:-1}"
