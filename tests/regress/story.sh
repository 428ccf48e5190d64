#!/usr/bin/env bash
# 64 tokens of the embedded model through RTL, clipped and lossless: no mismatch, golden's text.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
B=${BITLINE:-build/bitline}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fails=0
for c in edge64-sm4 edge64; do
	"$B" cosim --model models/story.safetensors --config configs/$c.xml --generate 64 --temperature 0.8 --seed 1 --json >"$work/rtl" 2>"$work/err"; rc=$?
	"$B" golden --model models/story.safetensors --config configs/$c.xml --generate 64 --temperature 0.8 --seed 1 --json >"$work/golden" 2>>"$work/err"
	if why=$(/usr/bin/python3 - "$rc" "$work" 2>&1 <<'PY'
import json, sys
rtl, golden = (json.load(open(sys.argv[2] + "/" + n)) for n in ("rtl", "golden"))
assert sys.argv[1] == "0" and rtl["mismatches"] == 0 and rtl["tokens"] == golden["tokens"] == 64, (sys.argv[1], rtl["mismatches"], rtl["tokens"])
assert rtl["text"] == golden["text"] and rtl["token_ids"] == golden["token_ids"] and rtl["text_check"] == "golden text"
assert rtl["rtl_cycles"] == rtl["predicted_cycles"] == sum(rtl["cycles_per_token"]) and rtl["head"] == "rtl" and rtl["codes_compared"] > 10**7
PY
	); then echo "ok - $c: 64 tokens"; else echo "FAIL - $c: $(tail -n 1 <<<"$why") $(head -n 1 "$work/err")"; fails=1; fi
done
exit $fails
