#!/usr/bin/env bash
# make model: remakes the embedded model from nothing: the tokenizer, a Monarch model trained from scratch on stories of the grammar, then trained on
# through int8 with the head included, which also finds the factors between the stages. Writes to $BUILD/model; INSTALL=1 copies it to models/.
# About 40 minutes on 4 cores; killed, it goes on from its last saved state. The same bytes come out on the same kind of processor (decision 0026).
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
out=$BUILD/model
b="$BUILD/bitline"
mkdir -p "$out"
"$b" stories --n 20000 --seed 1 --tokenizer "$out/story.tok.bin" --vocab 1024
if [ ! -e "$out/float.safetensors" ]; then
	"$b" train --fresh --dim 96 --hidden 256 --layers 5 --heads 6 --kv-heads 3 --context 256 --vocab 1024 --blocks 4 --tokenizer "$out/story.tok.bin" \
		--stories 120000 --test-stories 200 --steps 8000 --batch 16 --rate 0.008 --last 0.01 --warmup 200 --seed 1 --test-every 500 \
		--state "$out/float.state" --save-every 500 --resume --out "$out/float.safetensors"
fi
"$b" train --model "$out/float.safetensors" --tokenizer "$out/story.tok.bin" --config configs/edge64.xml --head \
	--stories 20000 --test-stories 200 --steps 600 --batch 16 --rate 0.0005 --last 0.02 --warmup 20 --seed 2 --test-every 100 --calibrate-every 200 \
	--state "$out/int8.state" --save-every 100 --resume --integers 8 --out "$out/story.safetensors"
if [ -n "${INSTALL:-}" ]; then
	cp "$out/story.safetensors" "$out/story.tok.bin" models/
	echo "models/story.safetensors, models/story.tok.bin"
fi
