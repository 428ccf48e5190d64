#!/usr/bin/env bash
# bitline cosim --jobs N: report and files of a single process, for layers, batches of tokens and groups of outputs that no single program holds; processes that die, RTL that is
# edited; and layers by shape with drawn weights. ALL=1: three processes too (make regress). usage: jobs.sh [BITLINE]
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
export B=${1:-${BITLINE:-build/bitline}}
dir=$(mktemp -d)
export dir
trap 'rm -rf "$dir"' EXIT
fails=0
(cd "$dir" && /usr/bin/python3 -B "$OLDPWD/tests/cli/tiny_model.py") || exit 1
/usr/bin/python3 - "$dir" <<'PY' || exit 1
import sys
import numpy as np
d, r = sys.argv[1], np.random.default_rng(11)
for name, out, rows in (("odd", 23, 41), ("wide", 150, 33), ("one", 1, 5)):
    np.save(f"{d}/{name}.npy", r.integers(-127, 128, (out, rows)).astype(np.int8))
np.save(f"{d}/narrow.npy", r.integers(-1, 2, (23, 41)).astype(np.int8))
PY
verdict() { if [ "$1" = 0 ]; then echo "ok - $2"; else echo "FAIL - $2: $3"; fails=1; fi; }
tiny=(--config configs/tiny.xml -s scheduler.program_depth=256)

many="${ALL:+3 }7"
# name | what must be true of the JSON j | options
same() {
	local name=$1 expr=$2 n why rc; shift 2
	for n in 1 $many; do
		"$B" cosim "$@" --jobs $n --dump "$dir/dump$n" --json >"$dir/j$n" 2>"$dir/err$n"
		echo $? >>"$dir/j$n"
	done
	why=$(/usr/bin/python3 - "$dir" "$expr" $many <<'PY' 2>&1
import json, sys
d, expr = sys.argv[1:3]
many = [int(x) for x in sys.argv[3:]]
runs = []
for n in [1] + many:
    text, rc = open(f"{d}/j{n}").read().rstrip("\n").rsplit("\n", 1)
    j = json.loads(text)
    for key in ("sim_cycles_per_second", "build_s", "translate_s", "cached", "wall_s", "peak_mb"):
        j.pop(key, None)
    runs.append((j, int(rc)))
if any(r != runs[0] for r in runs):
    sys.exit("differs: %s" % [{k: (r[0].get(k), runs[0][0].get(k)) for k in runs[0][0] if r[0].get(k) != runs[0][0].get(k)} for r in runs[1:]])
j, rc = runs[0]
if not eval(expr):
    sys.exit("rc %d, not true: %s; got %s" % (rc, expr, {k: v for k, v in j.items() if not isinstance(v, list)}))
PY
	); rc=$?
	for n in $many; do diff -r "$dir/dump1" "$dir/dump$n" >/dev/null || { rc=1; why="$why; files of --jobs $n differ"; }; done
	verdict $rc "$name" "$(tail -n 1 <<<"$why") $(head -n 1 "$dir/err1") $(head -n 1 "$dir/err7")"
	rm -rf "$dir"/dump[137]
}
good='rc == 0 and j["mismatches"] == 0 and j["rtl_cycles"] == j["predicted_cycles"] and j["codes_compared"] > 0'
same "a dense model, 14 layers" "$good and len(j['per_layer']) == 14" "${tiny[@]}" --model "$dir/dense.safetensors" --tokens 5
same "a Monarch model, layers of one vector as one program" "$good" "${tiny[@]}" --model "$dir/monarch.safetensors" --layers 0.wq+0.wk+0.wv,1.w2,1.wo --tokens 6 -s scheduler.channel_depth=128 -s scheduler.program_depth=512
same "one matrix, batches of tokens" "$good and j['per_layer'][0]['groups'] == 1 and j['per_layer'][0]['programs'] == 9" "${tiny[@]}" --matrix "$dir/odd.npy" --tokens 9 -s scheduler.activation_depth=64
cut='j["per_layer"][0]["groups"] > 2 and j["per_layer"][0]["programs"] >= j["per_layer"][0]["groups"]'
same "a matrix of more outputs than channels" "$good and $cut and j['per_layer'][0]['layer_check'] == 'integer product'" "${tiny[@]}" --matrix "$dir/wide.npy" --tokens 5
same "the same, lossy" "$good and $cut and j['per_layer'][0]['layer_check'] == 'read-out partition'" "${tiny[@]}" --matrix "$dir/wide.npy" --tokens 3 -s readout.bits=3
same "the same, converters that differ: the machine judges" "$good and $cut and 'threshold tables differ' in j['layer_check']" "${tiny[@]}" --matrix "$dir/wide.npy" --tokens 3 -s nonideal.offset=500
same "the same, host stalls" "rc == 0 and j['mismatches'] == 0 and j['stalls'] > 0 and $cut" "${tiny[@]}" --matrix "$dir/wide.npy" --tokens 2 --stall 0.3 --seed 5
same "Monarch layers, stage by stage" "$good and all(l['groups'] >= 2 and l['stages'] == 2 for l in j['per_layer'])" --config configs/tiny.xml -s scheduler.program_depth=64 --model "$dir/monarch.safetensors" --layers 0.wq,1.w1,1.w2 --tokens 4
same "Monarch layers, stage by stage, lossy" "$good and j['per_layer'][0]['layer_check'] == 'read-out partition'" --config configs/tiny.xml -s scheduler.program_depth=64 -s readout.bits=3 --model "$dir/monarch.safetensors" --layers 0.w2 --tokens 3
same "more processes than work" "$good" "${tiny[@]}" --matrix "$dir/one.npy" --tokens 1
same "asymmetric search: its tree from all layers" "rc == 0 and j['mismatches'] == 0 and j['tree_mean'] > 0" "${tiny[@]}" -s readout.search=asymmetric -s readout.resolution=full --model "$dir/dense.safetensors" --layers 0.wq,1.w2 --tokens 4
same "immersed pair: linked converters begin anew" "rc == 0 and j['mismatches'] == 0 and j['serve_clocks'] > 0" --config configs/tiny-pair.xml --matrix "$dir/odd.npy" --tokens 5 -s scheduler.activation_depth=64 -s scheduler.program_depth=256
shapes=(--config configs/edge64.xml -s scheduler.program_depth=1024 --model shapes:stories260k)
same "layers by shape, drawn weights" "$good and j['layers'] == ['1.mlp.down', '0.attn.q'] and j['per_layer'][0]['in'] == 172 and j['per_layer'][0]['arrays'] > 10" "${shapes[@]}" --layers 1.mlp.down,0.attn.q,1.mlp.down --tokens 3

# a layer's weights are its own, and the seed's
"$B" cosim "${shapes[@]}" --layers 0.attn.q --tokens 1 --dump "$dir/alone" >/dev/null 2>&1; "$B" cosim "${shapes[@]}" --layers 1.attn.q,0.attn.q --tokens 1 --dump "$dir/two" >/dev/null 2>&1
"$B" cosim "${shapes[@]}" --layers 0.attn.q --tokens 1 --seed 2 --dump "$dir/other" >/dev/null 2>&1
cmp -s "$dir/alone/0.attn.q.w.npy" "$dir/two/0.attn.q.w.npy" && ! cmp -s "$dir/alone/0.attn.q.w.npy" "$dir/two/1.attn.q.w.npy" && ! cmp -s "$dir/alone/0.attn.q.w.npy" "$dir/other/0.attn.q.w.npy"
verdict $? "drawn weights hang on layer and seed only" "$(ls "$dir/alone" "$dir/two" "$dir/other" 2>&1 | tr '\n' ' ')"
if out=$(/usr/bin/python3 tests/numerics/check.py --dump "$dir/two" 2>&1); then verdict 0 "numpy agrees with the dump of drawn layers"; else verdict 1 "numpy and drawn layers" "$(grep FAIL <<<"$out" | head -n 2)"; fi
"$B" cosim "${tiny[@]}" --matrix "$dir/wide.npy" --tokens 3 --jobs 2 --dump "$dir/cut" >/dev/null 2>&1
if out=$(/usr/bin/python3 tests/numerics/check.py --dump "$dir/cut" 2>&1); then verdict 0 "numpy agrees with the dump of a layer that was cut"; else verdict 1 "numpy and the cut layer" "$(grep FAIL <<<"$out" | head -n 2)"; fi

# RTL that forgets what lies beyond byte 28 of the activation buffer: of one token only w2 has so many inputs
"$B" gen "${tiny[@]}" --out "$dir/rtl" >/dev/null
file=$(ls "$dir"/rtl/rtl/*act_buffer.sv)
cp "$file" "$dir/before"
sed -i "s/\.wdata_i(/.wdata_i(addr_i > 28 ? 8'd0 : /" "$file"
cmp -s "$file" "$dir/before"; [ $? = 1 ]; verdict $? "the edit changes something" "$file"
same "edited RTL: the first layer that has it" "rc == 1 and j['mismatches'] > 0 and 'layer \'0.w2\'' in j['first_difference'] and '--layers 0.w2' in j['first_difference'] and '--jobs' not in j['first_difference'] and [l['mismatches'] > 0 for l in j['per_layer']] == [False, False, True, False, True]" \
	"${tiny[@]}" --rtl "$dir/rtl" --model "$dir/dense.safetensors" --layers 0.wq,0.w1,0.w2,1.wo,1.w2 --tokens 1 --placement linear

# a process that dies takes its layer's name with it; nothing of the others stays
"$B" cosim --config configs/edge64.xml --matrix "$dir/one.npy" --tokens 1 >/dev/null 2>&1 # the device is in the cache
for which in 1 2; do
	"$B" cosim --config configs/edge64.xml --model shapes:gpt2-medium --layers 0.mlp.c_fc,1.mlp.c_fc --tokens 8 --jobs 2 >"$dir/out" 2>"$dir/said" & main=$!
	for _ in $(seq 400); do
		mapfile -t kids < <(pgrep -P $main)
		[ ${#kids[@]} = 2 ] && break
		kill -0 $main 2>/dev/null || break
		sleep 0.05
	done
	sleep 0.3
	kill -KILL "${kids[$((which - 1))]}" 2>/dev/null
	wait $main; rc=$?
	grep -q "^bitline: layer '[01].mlp.c_fc': " "$dir/said" && grep -qF "': the process that ran it ended (Killed): each of --jobs 2 needs memory for a device, take fewer" "$dir/said" && [ $rc = 3 ] && [ "$(wc -l <"$dir/said")" = 1 ] && ! kill -0 "${kids[0]}" 2>/dev/null && ! kill -0 "${kids[1]}" 2>/dev/null
	verdict $? "process $which of 2 killed: its layer is named" "status $rc, $(head -n 1 "$dir/said")"
done
out=$( (ulimit -n 12; "$B" cosim "${tiny[@]}" --model "$dir/dense.safetensors" --tokens 4 --jobs 14) 2>&1); rc=$?
[ $rc = 3 ] && [[ $out == *"--jobs 14: process "*" does not start (Too many open files): take fewer" ]]; verdict $? "no room for so many processes" "status $rc, $out"

refuse() { # words of the message, options...
	local words=$1 out rc; shift
	out=$("$B" cosim "$@" 2>&1 >/dev/null); rc=$?
	[ $rc = 2 ] && [[ $out == *"$words"* ]] && [ "$(wc -l <<<"$out")" = 1 ]; verdict $? "refused: $words" "status $rc, $out"
}
refuse "--jobs 2 with nonideal.noise, drawn from program to program in one order: legal 1; leave --jobs out" "${tiny[@]}" -s nonideal.noise=100 --matrix "$dir/odd.npy" --jobs 2
refuse "--jobs 3 with stochastic converters, drawn from program to program in one order: legal 1; leave --jobs out" --config configs/edge64-stochastic.xml --matrix "$dir/narrow.npy" --jobs 3
refuse "--trace with --jobs 2: a waveform is of one device; leave --jobs out" "${tiny[@]}" --matrix "$dir/odd.npy" --jobs 2 --trace "$dir/x.fst"
refuse "--jobs together with --generate" "${tiny[@]}" --model "$dir/dense.safetensors" --generate 2 --jobs 2
refuse "--jobs" "${tiny[@]}" --matrix "$dir/odd.npy" --jobs 0
refuse "--text with --model shapes:gpt2-medium, whose weights and inputs are drawn: leave it out, or give a checkpoint" "${tiny[@]}" --model shapes:gpt2-medium --text README.md
refuse "--tensor with --model shapes:gpt2-medium, whose weights and inputs are drawn: leave it out, or give a checkpoint" "${tiny[@]}" --model shapes:gpt2-medium --tensor w
refuse "--generate: 'shapes:gpt2-medium' are shapes without words; give --model FILE" "${tiny[@]}" --model shapes:gpt2-medium --generate 2
refuse "--layers '0.attn.q,0.mlp.dow': no layer '0.mlp.dow' of shapes:llama3-8b; legal: 'all' or a list like 0.attn.q,31.mlp.down" "${tiny[@]}" --model shapes:llama3-8b --layers 0.attn.q,0.mlp.dow
refuse "--layers '': no layer '' of shapes:llama3-8b" "${tiny[@]}" --model shapes:llama3-8b --layers ''
refuse 'no shapes "gpt3": legal ' "${tiny[@]}" --model shapes:gpt3
refuse "layer '0.mlp.down' needs 14336 of 'scheduler.activation_depth', which is 1024: raise it to 16384" --config configs/edge64.xml -s scheduler.activation_depth=1024 --model shapes:llama3-8b --layers 0.mlp.down --tokens 1
exit $fails
