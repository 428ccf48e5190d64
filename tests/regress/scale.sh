#!/usr/bin/env bash
# Layers of the size of GPT-2-medium and of Llama-3-8B, hundreds and thousands of arrays of 256 x 256, through the 2 and the 16 of std256 and std256-16 by time-sharing and in several
# processes; and a whole decode step of stories260K, every layer and the head in one instance of the RTL. Prints what it took. Minutes; `make regress`. The models need ../shared/models.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
B=${BITLINE:-build/bitline}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
fails=0
# name, python expression over the JSON j, python f-string of what to print, command...
figures() {
	local name=$1 expr=$2 show=$3 rc out; shift 3
	"$@" --json >"$dir/j" 2>"$dir/err"; rc=$?
	if out=$(/usr/bin/python3 - "$dir/j" "$rc" "$expr" "$show" <<'PY' 2>&1
import json, sys
rc = int(sys.argv[2])
j = json.load(open(sys.argv[1]))
if not eval(sys.argv[3]):
    sys.exit("rc %d, not true: %s; got %s" % (rc, sys.argv[3], {k: v for k, v in j.items() if not isinstance(v, list)}))
print(eval("f'''" + sys.argv[4] + "'''"))
PY
	); then echo "ok - $name: $out"; else echo "FAIL - $name: $(tail -n 1 <<<"$out") $(head -n 1 "$dir/err")"; fails=1; fi
}
same='rc == 0 and j["mismatches"] == 0 and j["rtl_cycles"] == j["predicted_cycles"] and j["layer_check"] == "golden layer"'
dense="$same and all(l['layer_check'] == 'integer product' and l['codes_compared'] == j['tokens'] * 64 * l['out'] * -(-l['in'] // 256) for l in j['per_layer'])"
took="{j['per_layer'][0]['out']} x {j['per_layer'][0]['in']}, {sum(l['arrays'] for l in j['per_layer'])} arrays in {sum(l['groups'] for l in j['per_layer'])} programs, {j['tokens']} tokens, {j['rtl_cycles']} clocks, {j['wall_s'] - j['build_s']:.1f} s (device {j['build_s']:.1f} s), {j['peak_mb']:.0f} MB"
layer() { # configuration, shapes, layer, arrays, tokens, jobs
	figures "$1, $2 $3, --jobs $6" "$dense and j['per_layer'][0]['arrays'] == $4" "$took" "$B" cosim --config "configs/$1.xml" --model "shapes:$2" --layers "$3" --tokens "$5" --jobs "$6"
}
for c in std256 std256-16; do
	layer $c gpt2-medium 0.mlp.c_proj 512 8 1
	layer $c gpt2-medium 0.mlp.c_proj 512 8 2
	layer $c gpt2-medium 23.mlp.c_fc 512 8 2
	layer $c llama3-8b 0.attn.q 2048 2 2
done
layer std256 llama3-8b 31.mlp.gate 7168 1 4
layer std256-16 llama3-8b 31.mlp.down 7168 1 2
# Monarch: b = 64 blocks, 4096 x 4096; R and L do not fit one program, 8192 channels
if /usr/bin/python3 tests/models_monarch1024.py "$dir/m4096.safetensors" 4096 64; then
	for c in std256 std256-16; do
		figures "$c, Monarch 4096 x 4096, b 64, --jobs 2" "$same and j['per_layer'][0]['stages'] == 2 and j['per_layer'][0]['groups'] == 4" "$took" \
			"$B" cosim --config configs/$c.xml --model "$dir/m4096.safetensors" --layers 0.wq --tokens 4 --jobs 2
	done
else echo "FAIL - the 4096 model could not be made"; fails=1; fi
models=../shared/models
if [ -d $models ]; then
	for c in edge64 std256; do
		figures "$c, stories260K: a decode step, 35 layers and the head in one device" \
			"$same and j['devices'] == 1 and sum(len(n.split('+')) for n in j['layers']) == 36 and j['layers'][-1] == 'head' and j['text_check'] == 'golden text' and all(l['tokens'] == j['positions'] for l in j['per_layer'])" \
			"{j['positions']} steps of {len(j['layers'])} programs, {j['rtl_cycles'] // j['positions']} clocks and {j['seconds_per_token']:.3f} s each: {1 / j['seconds_per_token']:.2f} tokens/s, {j['peak_mb']:.0f} MB" \
			"$B" cosim --config configs/$c.xml --model $models/stories260K/stories260K.bin --prompt "Once upon a time" --generate 4
	done
else echo "ok - stories260K # SKIP no ../shared/models beside the project"; fi
exit $fails
