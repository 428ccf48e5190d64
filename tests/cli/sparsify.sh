#!/usr/bin/env bash
# `bitline sparsify`: every result against numpy (tests/cli/sparsify.py), the same bytes for any number of threads, every message of the command;
# with the project's checkpoints, what golden and map make of the result. Last line: N passed, N failed.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
root=$PWD
models=$root/../shared/models
judge=(/usr/bin/python3 -B "$root/tests/cli/sparsify.py")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
/usr/bin/python3 -B "$root/tests/cli/bad_files.py" || exit 1
passed=0 failed=0
result() { # status, name
	if [ "$1" = 0 ]; then echo "ok - $2"; passed=$((passed + 1)); else echo "FAIL - $2"; failed=$((failed + 1)); sed 's/^/# /' out err | head -n 20; fi
}
right() { # source, expression over the JSON, arguments
	local from=$1 want=$2; shift 2
	rm -f r.safetensors
	"$BITLINE" sparsify --model "$from" --out r.safetensors --json "$@" >out 2>err && "${judge[@]}" "$from" r.safetensors out "$want" 2>>err && ! [ -s err ]
	result $? "$(basename "$from") $*: $want"
}
refuses() { # exit status, message, arguments
	local status=$1 message=$2; shift 2
	"$BITLINE" sparsify --out r2.safetensors "$@" >out 2>err
	[ $? = "$status" ] && [ "$(cat err)" = "bitline: $message" ] && ! [ -s out ] && ! [ -e r2.safetensors ]
	result $? "exit $status: $message"
}

right v0.bin 'total["projected"] == 7 and shape["0.w1"] == (3, 1, 3, 4) and all(f == "monarch" for f in form.values())'
right v0.bin 'shape["0.w1"] == (4, 1, 4, 3) and shape["0.w2"] == (4, 1, 4, 2) and shape["0.wq"] == (3, 1, 3, 3)' --factors paper
right v0.bin 'shape["0.w2"] == (5, 1, 3, 2)' --blocks 5
right v0.bin 'shape["0.wo"] == (3, 3, 3, 3) and total["error"] < 1e-6' --blocks 3 --rank 3
right v0.bin 'shape["0.wo"] == (1, 2, 8, 8)' --blocks 1 --rank 2
right v0.bin 'form["0.wq"] == "monarch" and form["0.wk"] == "dense" and error["0.wk"] is None and total["projected"] == 2' --layers 0.wq,0.w2 --blocks 2
right v0.bin 'set(form.values()) == {"block-diagonal"} and shape["0.w1"] == (3, 0, 3, 4) and total["parameters_after"] < total["parameters_before"]' --kind block-diagonal --blocks 3
right st.safetensors 'set(form.values()) == {"block-diagonal"}' --kind block-diagonal --factors fit
right st-monarch.safetensors 'form["0.wq"] == "factors" and total["kept_factors"] == 1 and total["projected"] == 6'
right st-monarch.safetensors 'form["0.wq"] == "expanded" and form["0.wk"] == "dense" and form["0.wv"] == "monarch"' --plprp --layers 0.wv
right v0-nan.bin 'form["0.wq"] == "dense" and form["0.w3"] == "monarch"' --layers 0.w3

"$BITLINE" sparsify --model v0.bin --out a.safetensors --blocks 2 >out 2>err && grep -qE '^7 layers projected, relative error 0\.[0-9]{6}; weights of all linear layers [0-9]+ -> [0-9]+ \([0-9.]+ x fewer\)$' out && [ "$(tail -n 1 out)" = a.safetensors ]
result $? "the table"
"$BITLINE" sparsify --model st-monarch.safetensors --out k.safetensors >out 2>err && grep -qxF "1 layers had factors and keep them" out
result $? "says that factors are kept"
"$BITLINE" sparsify --model v0.bin --out k.safetensors --kind block-diagonal --blocks 2 >out 2>err && grep -qxF "block-diagonal layers are stored dense, with zeros outside their blocks" out
result $? "says how block-diagonal layers are stored"
for t in 1 3 7; do
	"$BITLINE" sparsify --model v0.bin --out b.safetensors --blocks 2 --threads $t >out 2>err && cmp -s a.safetensors b.safetensors
	result $? "the same bytes with $t threads"
	rm -f b.safetensors
done

refuses 2 "--kind 'butterfly', legal: monarch, block-diagonal" --model v0.bin --kind butterfly
refuses 2 "--factors '4', legal: paper, fit; for a number of blocks take --blocks" --model v0.bin --factors 4
refuses 2 "--factors and --blocks both say how many blocks; leave one out" --model v0.bin --factors fit --blocks 2
refuses 2 "--factors paper means nothing for --kind block-diagonal; leave it out" --model v0.bin --factors paper --kind block-diagonal
refuses 2 "--rank means nothing for --kind block-diagonal; leave it out" --model v0.bin --rank 1 --kind block-diagonal
refuses 2 "--layers ',' names no layer: legal is all, or a list like 0.wq,0.w2" --model v0.bin --layers ,
refuses 2 "layer '0.wx' is not in the model; legal is N.NAME with N 0..0 and NAME one of wq wk wv wo w1 w2 w3" --model v0.bin --layers 0.wq,0.wx
refuses 2 "layer '0.wq': 9 blocks of 8 x 8 weights, legal 1..8; lower --blocks" --model v0.bin --blocks 9
refuses 2 "layer '0.wq': rank 5 of slices of 4 x 4 weights (2 blocks), legal 1..4; lower --rank or --blocks" --model v0.bin --blocks 2 --rank 5
refuses 2 "layer '0.wq': weight nan in row 0, column 0, legal are finite numbers; mend the checkpoint, or leave the layer out with --layers" --model v0-nan.bin
refuses 2 "layer '0.w2': weight -inf in row 2, column 3, legal are finite numbers; mend the checkpoint, or leave the layer out with --layers" --model v0-inf.bin
refuses 2 "cannot open 'missing.bin': No such file or directory; name a readable file" --model missing.bin
"$BITLINE" sparsify --model v0.bin --out nodir/r.safetensors >out 2>err
[ $? = 3 ] && [ "$(wc -l <err)" = 1 ] && ! [ -s out ]
result $? "a place that does not exist"

if [ ! -d "$models" ]; then
	echo "ok - results of real checkpoints # SKIP no ../shared/models beside the project"
	echo "$passed passed, $failed failed, 1 skipped"
	[ $failed -eq 0 ]
	exit
fi

story=$models/stories260K/stories260K.bin student=$models/students/monarch_b4.safetensors
# perplexity in floats of r.safetensors, judged by a python expression over p
reads() {
	"$BITLINE" golden --model r.safetensors --tokenizer "$models/stories260K/tok512.bin" --text "$models/eval/stories-1-3.txt" --json >out 2>err &&
		/usr/bin/python3 -c 'import json, sys; p = json.load(open("out"))["perplexity"]; print(p); sys.exit(not eval(sys.argv[1]))' "$1" >>err
	result $? "golden reads it, perplexity $(tail -n 1 err): $1"
}
maps() {
	rm -rf map
	"$BITLINE" map --config "$root/configs/edge64.xml" --model r.safetensors --layers "$1" --out map >out 2>err
	result $? "map reads it: $1"
}
right "$story" 'total["projected"] == 35 and shape["0.w1"] == (4, 1, 16, 43) and 0.8 < total["error"] < 0.85' --blocks 4
reads '1e3 < p < 1e12'
maps 0.wq,4.w2
right "$story" 'shape["0.wk"] == (4, 4, 16, 8)' --blocks 4 --rank 4
reads '1e3 < p < 1e5'
right "$story" 'shape["0.w2"] == (5, 3, 35, 13)' --blocks 5 --rank 3
right "$story" 'total["projected"] == 2 and total["error"] < 1e-6' --layers 0.wq,3.wo --blocks 2 --rank 32
reads 'abs(p - 3.8650) < 1e-3'
right "$story" 'set(form.values()) == {"block-diagonal"} and total["parameters_after"] * 4 == total["parameters_before"]' --kind block-diagonal --blocks 4
maps 0.wq
right "$story" 'shape["0.wq"] == (8, 1, 8, 8) and shape["0.w1"] == (14, 1, 14, 13) and shape["0.w2"] == (14, 1, 14, 5)' --factors paper
reads '1e3 < p'
maps 0.w1,0.w2
right "$student" 'set(form.values()) == {"factors"} and total["projected"] == 0 and total["parameters_after"] == total["parameters_before"]'
"$BITLINE" golden --model "$student" --tokenizer "$models/stories260K/tok512.bin" --text "$models/eval/stories-1-3.txt" --json >before 2>err
reads 'p == json.load(open("before"))["perplexity"]'
right "$student" 'form["0.wq"] == form["4.w2"] == "expanded"' --plprp --layers 0.wk --blocks 4 --rank 8
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
