#!/usr/bin/env bash
# `bitline train`: a run from nothing and one from a checkpoint, killed and resumed, what golden makes of the file, every message of the command.
# Last line: N passed, N failed.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
root=$PWD
models=$root/../shared/models
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
/usr/bin/python3 -B "$root/tests/cli/bad_files.py" || exit 1
passed=0 failed=0
result() { # status, name
	if [ "$1" = 0 ]; then echo "ok - $2"; passed=$((passed + 1)); else echo "FAIL - $2"; failed=$((failed + 1)); sed 's/^/# /' out err | head -n 20; fi
}
refuses() { # exit status, message, arguments
	local status=$1 message=$2; shift 2
	"$BITLINE" train --out r.safetensors "$@" >out 2>err
	[ $? = "$status" ] && [ "$(tail -n 1 err)" = "bitline: $message" ] && ! [ -s out ] && ! [ -e r.safetensors ]
	result $? "exit $status: $message"
}
says() { # expression over the JSON of out
	/usr/bin/python3 -c 'import json, sys; r = json.load(open("out")); sys.exit(not eval(sys.argv[1]))' "$1" 2>>err
}

# the checkpoint has 260 tokens and a context of 16
learn=(--model v0.bin --teacher v0.bin --samples 33 --sample-length 16 --batch 3 --blocks 2 --seed 5)
"$BITLINE" train "${learn[@]}" --steps 40 --threads 1 --out a.safetensors --json >out 2>err && grep -qxF "seed 5, 33 sequences, 2600 parameters, 1 threads" err &&
	says 'r["steps"] == 40 and r["seed"] == 5 and r["tokens"] == 33 * 16 and r["loss"] == r["divergence"] and r["test_nats"] is None and r["file"] == "a.safetensors"' &&
	says "r['sha256'] == '$(sha256sum a.safetensors | cut -d' ' -f1)'"
result $? "a student, JSON"
"$BITLINE" train "${learn[@]}" --steps 40 --threads 3 --out b.safetensors >out 2>err && cmp -s a.safetensors b.safetensors && [ "$(grep -c '^step ' err)" = 10 ] && grep -qE '^b.safetensors: 2600 parameters, 40 steps, seed 5, ' out
result $? "the same bytes with 3 threads; ten lines in a pipe"
"$BITLINE" train "${learn[@]}" --steps 20000 --threads 1 --save-every 5 --state k.state --out k.safetensors >out 2>err & job=$!
for _ in $(seq 100); do [ -s k.state ] && break; sleep 0.05; done
kill -9 $job; wait $job 2>/dev/null
[ -s k.state ] && ! [ -e k.safetensors ]
result $? "killed: a state and no model"
"$BITLINE" train "${learn[@]}" --steps 40 --state k.state --resume --out k.safetensors >out 2>err
[ $? = 2 ] && [ "$(tail -n 1 err)" = "bitline: 'k.state' is the state of another run: it has '--steps 20000', this run has '--steps 40'; give the same options, or another --state file" ]
result $? "a state of another run"
"$BITLINE" train --fresh --dim 8 --hidden 12 --layers 1 --heads 2 --context 16 --vocab 260 --teacher v0.bin --samples 5 --sample-length 7 --steps 3 --out f.safetensors --json >out 2>err && says 'r["parameters"] == 260 * 8 + 3 * 8 + 4 * 64 + 3 * 96'
result $? "fresh and dense"
"$BITLINE" train "${learn[@]}" --steps 4 --config "$root/configs/tiny.xml" -s nonideal.offset=500 --draws fresh --integers 8 --out q.safetensors --json >out 2>err && says 'r["steps"] == 4' && grep -aq 'layers.0.wq.k_out' q.safetensors && grep -aq '"I8"' q.safetensors
result $? "through converters of every step, integers with k inside"

"$BITLINE" stories --n 500 --seed 3 --tokenizer t.bin --vocab 512 >out 2>err && "$BITLINE" train --fresh --dim 8 --hidden 12 --layers 1 --heads 2 --context 400 --vocab 512 --tokenizer t.bin --stories 6 --test-stories 2 --batch 2 --steps 6 --out t.safetensors --json >out 2>err &&
	says 'r["steps"] == 6 and 0 < r["test_nats"] < 7' && cp t.bin t.tok.bin && "$BITLINE" stories --n 2 --seed $((1 + (1 << 32))) --out held >out 2>err && "$BITLINE" golden --model t.safetensors --text held --whole --json >held.json 2>err &&
	"$BITLINE" train --fresh --dim 8 --hidden 12 --layers 1 --heads 2 --context 400 --vocab 512 --tokenizer t.bin --stories 6 --test-stories 2 --batch 2 --steps 6 --out t.safetensors --json >out 2>err && says 'abs(r["test_nats"] * json.load(open("held.json"))["tokens"] / (json.load(open("held.json"))["float_nats_per_character"] * json.load(open("held.json"))["characters"]) - 1) < 1e-4'
result $? "fresh, on stories: the held-out figure is golden's over the same whole stories; the tokenizer is found by its name"
refuses 2 "neither --model FILE and --fresh: legal is one of them, it says where to start" --samples 3
refuses 2 "both --model FILE and --fresh: legal is one of them, it says where to start" --model v0.bin --fresh
refuses 2 "--dim means nothing without --fresh; add it, or leave --dim out" --model v0.bin --dim 3
refuses 2 "--rank means nothing without --blocks; add it, or leave --rank out" --model v0.bin --rank 3
refuses 2 "0 of --text, --samples and --stories: legal is one of them, it says what to train on" --model v0.bin
refuses 2 "--test and --test-stories both name the held-out text; leave one out" --model v0.bin --stories 3 --test x --test-stories 3
refuses 2 "--samples means nothing without --teacher; add it, or leave --samples out" --model v0.bin --samples 3
refuses 2 "--draws 'new', legal: fixed, fresh" --model v0.bin --stories 3 --draws new
refuses 2 "--draws fresh and --thresholds both say what the converters are; leave one out" --model v0.bin --stories 3 --draws fresh --thresholds x
refuses 2 "--head means nothing without --config; add it, or leave --head out" --model v0.bin --stories 3 --head
refuses 2 "--resume means nothing without --state; add it, or leave --resume out" --model v0.bin --stories 3 --resume
refuses 2 "--warmup 10 of 10 steps, legal 0..9; lower it, or raise --steps" --model v0.bin --stories 3 --warmup 10 --steps 10
refuses 2 "--draws fresh: the converters of '$root/configs/tiny.xml' are ideal, there is nothing to draw; set an error, such as -s nonideal.offset=500" "${learn[@]}" --config "$root/configs/tiny.xml" --draws fresh
refuses 2 "'v0-vocab50.bin': the teacher has 50 tokens, the model 260; take a teacher with the same tokenizer" --model v0.bin --teacher v0-vocab50.bin --samples 3
refuses 2 "no tokenizer for the text of a fresh model; name one with --tokenizer FILE" --fresh --dim 8 --hidden 12 --layers 1 --heads 2 --context 16 --vocab 260 --text x
refuses 2 "--sample-length 17, legal 2..16, the teacher's context; lower it" --model v0.bin --teacher v0.bin --samples 3 --sample-length 17
refuses 2 "layer '0.wq': weight nan in row 0, column 0, legal are finite numbers; mend the checkpoint, or leave the layer out with --layers" --model v0-nan.bin --teacher v0.bin --samples 3 --blocks 2

if [ ! -d "$models" ]; then
	echo "ok - a student of a real checkpoint # SKIP no ../shared/models beside the project"
	echo "$passed passed, $failed failed, 1 skipped"
	[ $failed -eq 0 ]
	exit
fi
story=$models/stories260K/stories260K.bin
"$BITLINE" train --model "$story" --teacher "$story" --blocks 4 --samples 120 --threads 2 --sample-length 64 --batch 4 --steps 50 --test "$models/eval/stories-1-3.txt" --out s.safetensors --json >out 2>err &&
	says 'r["loss"] < 2.5 and 10 < r["test_perplexity"] < 60' && perplexity=$(/usr/bin/python3 -c 'import json; print(json.load(open("out"))["test_perplexity"])') &&
	"$BITLINE" golden --model s.safetensors --tokenizer "$models/stories260K/tok512.bin" --text "$models/eval/stories-1-3.txt" --json >out 2>>err && says "abs(r['perplexity'] / $perplexity - 1) < 1e-4"
result $? "a student of stories260K; golden finds the same perplexity"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
