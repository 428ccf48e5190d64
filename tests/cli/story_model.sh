#!/usr/bin/env bash
# The embedded model: its size and form, its held-out loss beside the grammar's entropy, int8 and 4 clipped bits, an independent numpy transformer, text out of golden.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
B=${BITLINE:-build/bitline}
M=models/story.safetensors
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fails=0
ok() { if [ "$1" = 0 ]; then echo "ok - $2"; else echo "FAIL - $2${3:+: $3}"; fails=1; fi; }
py() { /usr/bin/python3 -c "$1" "${@:2}"; }
refuses() { # name, text, command...
	local name=$1 text=$2 out; shift 2
	out=$("$@" 2>&1); local rc=$?
	[ $rc = 2 ] && [ "$out" = "bitline: $text" ]; ok $? "$name" "rc $rc, $out"
}

[ "$(($(stat -c %s $M) + $(stat -c %s models/story.tok.bin)))" -lt 1000000 ]; ok $? "model and tokenizer are smaller than 1 MB"
py '
import json, struct, sys
f = open(sys.argv[1], "rb"); h = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
assert all(h["layers.%d.%s.%s" % (i, n, p)]["dtype"] == "I8" and "layers.%d.%s.%s.scale" % (i, n, p) in h and "layers.%d.%s.k" % (i, n) in h
           for i in range(5) for n in ("wq", "wk", "wv", "wo", "w1", "w2", "w3") for p in "RL")' $M
ok $? "Monarch layers in int8, scales and factors inside"

# stories that training never saw: of another seed
"$B" stories --n 100 --seed 987654321 --out "$work/held.txt" >/dev/null
"$B" stories --entropy --json >"$work/entropy.json"
"$B" stories --score "$work/held.txt" --json >"$work/score.json"
golden() { "$B" golden --model $M --text "$work/held.txt" --whole --json "${@:2}" >"$work/$1.json"; }
golden int8 --config configs/edge64.xml --head
golden sm4 --config configs/edge64-sm4.xml --head
py '
import json, sys
e, s, a, b = (json.load(open("%s/%s.json" % (sys.argv[1], n))) for n in ("entropy", "score", "int8", "sm4"))
h, true = e["nats_per_character"], s["nats_per_character"]
f = a["float_nats_per_character"]
assert abs(true / h - 1) < 0.05
assert a["characters"] == sum(x["characters"] for x in s["stories"])
assert true < f < 1.10 * true and f < 1.10 * h, (h, true, f)
assert a["nats_per_character"] < 1.02 * f and b["nats_per_character"] < 1.02 * f, (f, a["nats_per_character"], b["nats_per_character"])
assert a["lossless"] and not b["lossless"]' "$work"
ok $? "held-out loss within 10 % of the entropy; int8 and 4 clipped bits within 2 %" "$(cat "$work"/{entropy,int8,sm4}.json | tr -d '\n ')"

head -n 5 "$work/held.txt" >"$work/few.txt" # three stories
"$B" golden --model $M --text "$work/few.txt" --config configs/edge64.xml --json >"$work/few.json"
/usr/bin/python3 tests/numerics/perplexity.py $M models/story.tok.bin "$work/few.txt" >"$work/numpy.json"
py '
import json, sys
a, n = (json.load(open("%s/%s.json" % (sys.argv[1], x))) for x in ("few", "numpy"))
assert a["tokens"] == n["tokens"] and a["sequences"] == 3
assert abs(a["float_perplexity"] / n["float"] - 1) < 1e-5, (a, n)
assert abs(a["perplexity"] / n["static"] - 1) < 3e-3, (a, n)   # an activation that falls on a tie may round the other way
assert abs(n["dynamic"] / n["static"] - 1) < 0.02, n' "$work"
ok $? "numpy's own reader, tokenizer and transformer find the same perplexities" "$(cat "$work/few.json" "$work/numpy.json" | tr -d '\n ')"

"$B" golden --model $M --generate 250 --temperature 0.7 --seed 3 --config configs/edge64-sm4.xml >"$work/story" 2>"$work/figures"
grep -Eq '^[A-Z].*[.!"]$' "$work/story"; ok $? "a story that ends" "$(cat "$work/story")"

for i in $(seq 300); do echo "a b"; done >"$work/long.txt"
out=$("$B" golden --model $M --text "$work/long.txt" --whole 2>&1); rc=$?
[ $rc = 2 ] && grep -Eqx "bitline: '$work/long.txt': sequence 1 has [0-9]+ tokens with the one that ends it, legal up to the model's context of 256; shorten it, or leave --whole out" <<<"$out"
ok $? "--whole and a story that is too long" "rc $rc, $out"
refuses "--whole with --generate" "--whole belongs to --text: leave it out" "$B" golden --model $M --generate 3 --whole
refuses "--head with --generate" "--head belongs to --text: with --generate the head goes through the read-out unless --host-head says no" "$B" golden --model $M --generate 3 --head --config configs/edge64.xml
refuses "--head without a configuration" "--head means nothing without a configuration; add --config FILE" "$B" golden --model $M --text "$work/few.txt" --head
exit $fails
