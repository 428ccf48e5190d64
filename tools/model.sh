#!/usr/bin/env bash
# make model: remakes the embedded model from nothing: tokenizer and a Monarch model from scratch on stories of the grammar, then trained on through a
# clipping 4-bit read-out, the head included. Writes to $BUILD/model; `--install` copies it to models/. About half an hour on 4 cores.
# The same bytes come out on the same kind of processor (decision 0026).
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
out=$BUILD/model
mkdir -p "$out"
b="$BUILD/bitline"
"$b" stories --n 20000 --seed 1 --tokenizer "$out/story.tok.bin" --vocab 1024
"$b" train --fresh --dim 64 --hidden 172 --layers 5 --heads 8 --kv-heads 4 --context 256 --vocab 1024 --blocks 4 --tokenizer "$out/story.tok.bin" \
	--stories 100000 --test-stories 200 --steps 12000 --batch 16 --rate 0.01 --last 0.01 --warmup 200 --seed 1 --test-every 1000 \
	--state "$out/float.state" --save-every 500 --resume --out "$out/float.safetensors"
"$b" train --model "$out/float.safetensors" --tokenizer "$out/story.tok.bin" --config configs/edge64.xml -s readout.bits=4 --head \
	--stories 20000 --test-stories 200 --steps 600 --batch 16 --rate 0.001 --last 0.02 --warmup 20 --seed 2 --test-every 100 --calibrate-every 200 \
	--state "$out/clip.state" --save-every 100 --resume --integers 8 --out "$out/story.safetensors"
if [ "${1:-}" = --install ]; then
	cp "$out/story.safetensors" "$out/story.tok.bin" models/
	echo "models/story.safetensors, models/story.tok.bin"
fi
