#!/usr/bin/env bash
# Models that bring their calibrated factors or integer weights (docs/train.md section 5): `map` takes the file's factors, calibrates those that miss and no
# others; integers give the same program and the same perplexity as the floats they were made of. Judge: tests/cli/factors.py.
# Last line: N passed, N failed.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
root=$PWD
judge=(/usr/bin/python3 -B "$root/tests/cli/factors.py")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
/usr/bin/python3 -B "$root/tests/cli/bad_files.py" && "${judge[@]}" make st-monarch.safetensors || exit 1
passed=0 failed=0
result() { # status, name
	if [ "$1" = 0 ]; then echo "ok - $2"; passed=$((passed + 1)); else echo "FAIL - $2"; failed=$((failed + 1)); sed 's/^/# /' out err | head -n 20; fi
}
for m in st-monarch full some ints; do
	"$BITLINE" map --config "$root/configs/edge64.xml" --model $m.safetensors --out $m --layers 0.wq,0.wk,0.wo,0.w2 >out 2>err
	result $? "map $m"
done
for layer in 0.wq 0.wk 0.wo 0.w2; do
	"${judge[@]}" check full.safetensors full/$layer.stream.bin $layer >out 2>err
	result $? "requantisers of $layer are the file's"
done
for layer in 0.wk 0.wo 0.w2; do
	"${judge[@]}" check some.safetensors some/$layer.stream.bin $layer st-monarch/$layer.stream.bin >out 2>err
	result $? "some factors in the file: requantisers of $layer"
	! cmp -s full/$layer.stream.bin st-monarch/$layer.stream.bin
	result $? "factors of the file are not the calibrated ones: $layer"
done
# behind the requantisers and the inputs of 16 tokens, PARAM and XIN: beats of 8 bytes
for layer in 0.wq:32 0.wk:24 0.wo:24 0.w2:32; do
	for m in st-monarch ints; do tail -c +$((8 * ${layer#*:} + 1)) $m/${layer%:*}.stream.bin >$m.cells; done
	[ -s ints.cells ] && cmp st-monarch.cells ints.cells >out 2>err
	result $? "integers give the cells of the floats: ${layer%:*}"
done
perplexity() { "$BITLINE" golden --config "$root/configs/edge64.xml" --tokenizer tok.bin --text text.txt --json "$@" 2>err >out && /usr/bin/python3 -c 'import json, sys; print(json.load(open("out"))["perplexity"])'; }
/usr/bin/python3 -c 'import sys; a, b, c = map(float, sys.argv[1:]); sys.exit(not (abs(a / b - 1) < 1e-3 and a != c))' "$(perplexity --model ints.safetensors)" "$(perplexity --model st-monarch.safetensors)" "$(perplexity --model full.safetensors)"
result $? "perplexity of integers is that of the floats, and of other factors it is another"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
