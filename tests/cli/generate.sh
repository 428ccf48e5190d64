#!/usr/bin/env bash
# Models that write: `bitline golden --generate` against numpy, `bitline cosim --generate` against golden, an edited RTL found out with its token, and what users get wrong.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
unset BITLINE_CXXFLAGS # these devices run for a while
B=$(realpath "${BITLINE:-build/bitline}")
models=$PWD/../shared/models
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
(cd "$dir" && /usr/bin/python3 -B "$OLDPWD/tests/cli/tiny_model.py") || exit 1
fails=0
# shellcheck disable=SC2034 # both() takes them by name
dense=(--model "$dir/dense.safetensors" --tokenizer "$dir/tok.bin") monarch=(--model "$dir/monarch.safetensors" --tokenizer "$dir/tok.bin")
# shellcheck disable=SC2034
tiny=(--config configs/tiny.xml) deep=(--config configs/tiny.xml -s scheduler.program_depth=256)

verdict() { if [ "$1" = 0 ]; then echo "ok - $2"; else echo "FAIL - $2: $3"; fails=1; fi; }
# name, python expression over j (JSON), text (standard output without --json), said (standard error) and the numpy tokens; command...
check() {
	local name=$1 expr=$2 why rc; shift 2
	"$B" "$@" --json >"$dir/j" 2>"$dir/err"; rc=$?
	"$B" "$@" >"$dir/text" 2>"$dir/said"
	why=$(/usr/bin/python3 - "$dir" "$rc" "$expr" <<'PY' 2>&1
import json, sys
d, rc = sys.argv[1], int(sys.argv[2])
j, numpy = json.load(open(d + "/j")), json.load(open(d + "/greedy.json"))
text, said = open(d + "/text", errors="replace").read(), open(d + "/said").read()
if not eval(sys.argv[3]):
    sys.exit("rc %d, not true: %s; got %s, %r" % (rc, sys.argv[3], {k: v for k, v in j.items() if k != "per_layer"}, said))
PY
	); verdict $? "$name" "$why $(head -n 1 "$dir/err")"
}

# ---- golden
check "golden: greedy text is numpy's, up to the full context" 'rc == 0 and j["token_ids"] == numpy and j["tokens"] == 16 and j["stopped"] == "context" and j["config"] is None and j["head"] is None' \
	golden "${dense[@]}" --generate 40 --prompt abba
check "golden: text on standard output, figures on standard error" 'text == j["text"] + "\n" == "abbaw<unk>rygv\n" and j["stopped"] == "count" and said.startswith("6 tokens, ") and said.count("\n") == 1 and "seed 1" in said' \
	golden "${dense[@]}" --generate 6 --prompt abba
check "golden: says that the context was full" 'rc == 0 and "then the context was full" in said' golden "${dense[@]}" --generate 40 --prompt abba
check "golden: stops where the model ends its text, and says so" 'rc == 0 and j["tokens"] == 10 and j["stopped"] == "end" and j["positions"] == 15 and "then the model ended its text" in said' \
	golden "${dense[@]}" --generate 40 --prompt abba --temperature 1 --seed 4
check "golden: begins at BOS alone" 'rc == 0 and j["prompt_tokens"] == 1 and j["tokens"] == 3' golden "${dense[@]}" --generate 3
check "golden: a byte that is no UTF-8" 'rc == 0 and j["text"].startswith("a\ufffdb")' golden "${dense[@]}" --generate 1 --prompt $'a\xffb'
check "golden: head in floats or through the read-out" 'rc == 0 and j["head"] == "host" and j["lossless"] and j["config"] == "tiny"' golden "${dense[@]}" "${tiny[@]}" --generate 3 --host-head
check "golden: counts of the conversions of a text" 'rc == 0 and j["head"] == "read-out"' golden "${dense[@]}" "${tiny[@]}" --generate 3 --histogram "$dir/h.json"
a=$("$B" golden "${dense[@]}" --generate 16 --prompt abba --temperature 1 --seed 7 2>/dev/null) b=$("$B" golden "${dense[@]}" --generate 16 --prompt abba --temperature 1 --seed 7 2>/dev/null)
c=$("$B" golden "${dense[@]}" --generate 16 --prompt abba --temperature 1 --seed 8 2>/dev/null)
[ -n "$a" ] && [ "$a" = "$b" ] && [ "$a" != "$c" ]; verdict $? "golden: the seed decides what is drawn" "'$a' '$b' '$c'"

# ---- RTL: the same bytes as golden, every event equal, every clock as predicted
equal='rc == 0 and j["mismatches"] == 0 and j["rtl_cycles"] == j["predicted_cycles"] == sum(j["cycles_per_token"]) and len(j["cycles_per_token"]) == j["positions"] and j["codes_compared"] > 0 and j["outputs_compared"] > 0'
both() { # name, more of the expression, configuration, model, options...
	local name=$1 expr=$2 config=$3 model=$4; shift 4
	local -n c=$config m=$model
	"$B" golden "${m[@]}" "${c[@]}" "$@" >"$dir/golden" 2>/dev/null || echo "FAIL - $name: golden ended with $?"
	check "$name" "$equal and text == open(d + '/golden', errors='replace').read() and $expr" cosim "${m[@]}" "${c[@]}" "$@"
}
both "rtl: dense model, greedy, up to the full context" 'j["tokens"] == 16 and j["positions"] == 20 and j["stopped"] == "context" and j["text_check"] == "golden text" and j["layer_check"] == "golden layer" and j["layers"][-1] == "head" and all(l["tokens"] == 20 for l in j["per_layer"])' \
	tiny dense --generate 40 --prompt abba
both "rtl: sampled, ended by the model" 'j["stopped"] == "end" and j["positions"] == j["prompt_tokens"] + j["tokens"]' tiny dense --generate 40 --prompt abba --temperature 1 --seed 4
both "rtl: head in floats" 'j["head"] == "host" and "head" not in j["layers"]' tiny dense --generate 2 --host-head
both "rtl: Monarch model, sizes that are no multiple of its blocks" 'j["tokens"] == 4 and all(l["stages"] == 2 for l in j["per_layer"] if l["name"] != "head")' deep monarch --generate 4 --prompt ab --temperature 0.8
check "rtl: a host that stalls" 'rc == 0 and j["mismatches"] == 0 and j["stalls"] > 0 and j["tokens"] == 2' cosim "${dense[@]}" "${tiny[@]}" --generate 2 --stall 0.3

# ---- an edited RTL: the 1000th result is wrong by one; 341 results per token, so the token at position 2
"$B" gen "${tiny[@]}" --out "$dir/rtl" >/dev/null || exit 1
cp "$dir/rtl/rtl/cim_requant.sv" "$dir/good.sv"
sed -i "s/  logic               valid_q;/  logic               valid_q; logic [15:0] n_q;/; s/      valid_q <= 1.b0;/      valid_q <= 1'b0; n_q <= 0;/
	s/      valid_q <= valid_i;/      valid_q <= valid_i; n_q <= n_q + {15'd0, valid_i};/; s/        acc2_q <= acc1_q;/        acc2_q <= acc1_q ^ {31'd0, n_q == 16'd1000};/" "$dir/rtl/rtl/cim_requant.sv"
[ "$(diff "$dir/good.sv" "$dir/rtl/rtl/cim_requant.sv" | grep -c '^>')" = 4 ]; verdict $? "the edit changes what it should" "mend this test"
check "an error is found and named with its token and layer" 'rc == 1 and j["mismatches"] > 0 and j["stopped"] == "difference" and j["positions"] == 2 and j["first_difference"].startswith("token position 2, layer '"'head'"': output channel") and "repeat: bitline cosim" in j["first_difference"] and "verdict: DIFFERENT" in said and text == "abba\n"' \
	cosim "${dense[@]}" "${tiny[@]}" --rtl "$dir/rtl" --generate 6 --prompt abba

# ---- what goes wrong: one line, exit status 2
refuse() { # words, command...
	local words=$1 rc; shift
	"$B" "$@" >"$dir/out" 2>"$dir/err"; rc=$?
	[ $rc = 2 ] && [ ! -s "$dir/out" ] && [ "$(wc -l <"$dir/err")" = 1 ] && grep -qF -- "$words" "$dir/err"; verdict $? "refused: $words" "status $rc, $(head -c 200 "$dir/out") $(cat "$dir/err")"
}
refuse "--prompt belongs to --generate: add --generate N" golden "${dense[@]}" --text README.md --prompt abba
refuse "--host-head belongs to --generate: add --generate N" cosim "${dense[@]}" "${tiny[@]}" --host-head
refuse "--temperature belongs to --generate: add --generate N" cosim "${dense[@]}" "${tiny[@]}" --temperature 0
refuse "--text together with --generate: a text is measured or written, name one; what it begins with is --prompt" golden "${dense[@]}" --text README.md --generate 3
refuse "--text is missing; write --text FILE, or --generate N" golden "${dense[@]}"
refuse "--host-head means nothing without a configuration; add --config FILE" golden "${dense[@]}" --generate 3 --host-head
refuse "--layers together with --generate, which runs every layer of --model FILE on the tokens of --prompt and those it writes: leave it out" cosim "${dense[@]}" "${tiny[@]}" --generate 3 --layers 0.wq
refuse "--tokens together with --generate" cosim "${dense[@]}" "${tiny[@]}" --generate 3 --tokens 8
refuse "--generate: no model to write; give --model FILE" cosim "${tiny[@]}" --generate 3
refuse "--generate \"0\" is out of range" golden "${dense[@]}" --generate 0
refuse "--temperature \"101\" is out of range" golden "${dense[@]}" --generate 3 --temperature 101
refuse "--prompt: 21 tokens with BOS, the model's context holds 20; shorten it" golden "${dense[@]}" --generate 3 --prompt cdcdcdcdcdcdcdcdcdc
refuse "tokenizer has 33 pieces and none for byte 0 of the text, which is 65; use another text" golden "${dense[@]}" --generate 3 --prompt A
refuse "'$dir/two.safetensors': vocabulary of 2, legal is 3 or more where text is written (BOS is token 1, EOS 2); give another checkpoint" golden --model "$dir/two.safetensors" --generate 3
refuse "'$dir/huge.safetensors': logit 0 of position 0 is nan, legal is a finite number; mend the checkpoint, some of its numbers are not finite or far too large" golden --model "$dir/huge.safetensors" --tokenizer "$dir/tok.bin" --generate 3
refuse "needs 181 of 'scheduler.program_depth', which is 64" cosim "${monarch[@]}" "${tiny[@]}" --generate 3

# ---- a checkpoint whose greedy text is known (llama2.c prints the same)
if [ -d "$models" ]; then
	check "stories260K in floats tells its story" 'rc == 0 and text.startswith("Once upon a time, there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball.")' \
		golden --model "$models/stories260K/stories260K.bin" --generate 64
else
	echo "ok - stories260K in floats tells its story # SKIP no ../shared/models beside the project"
fi
exit $fails
