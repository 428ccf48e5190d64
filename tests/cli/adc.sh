#!/usr/bin/env bash
# `bitline adc` where nothing is wrong: the cost table, cells by Yosys and OpenSTA (once, then from the cache), search trees from histograms.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
BITLINE=$(realpath "${BITLINE:-build/bitline}")
configs=$PWD/configs
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export BITLINE_CACHE=$work/cache
status=0
check() { # name, then a command that must succeed
	local name=$1; shift
	if "$@" >log 2>&1; then echo "ok - $name"; else echo "not ok - $name"; sed 's/^/# /' log | head -n 20; status=1; fi
}
skip() { echo "ok - $1 # SKIP $2"; }
json() { /usr/bin/python3 -c "import json, sys; j = json.load(open('$1')); rows = j.get('rows'); sys.exit(not ($2))"; }

"$BITLINE" adc --no-cells --json >all.json
widths="{k: sorted(r['bits'] for r in rows if r['kind'] == k and r['reference'] == ref) for k in ('sar', 'asymmetric', 'flash', 'flash-ones', 'hybrid', 'hybrid-ones', 'sense', 'stochastic')}"
legal="dict(sar=list(range(1, 13)), asymmetric=list(range(1, 9)), flash=list(range(1, 9)), **{'flash-ones': list(range(1, 9)), 'hybrid': list(range(2, 13)), 'hybrid-ones': list(range(2, 13))}, sense=[1], stochastic=list(range(1, 13)))"
check "every kind at every legal width" json all.json "all($widths == {k: [b for b in v if ref == 'local' or b <= (6 if 'flash' in k else 10)] for k, v in $legal.items()} for ref in ('local', 'immersed'))"
check "hybrid: the flash step leaves a bit to the search" json <("$BITLINE" adc --no-cells --kind hybrid --flash-bits 6 --reference local --json) "[r['flash_bits'] for r in rows] == [1, 2, 3, 4, 5, 6, 6, 6, 6, 6, 6]"
check "every energy has a model, a formula and a source" json all.json "all(e['model'] and e['formula'] and e['source'] for r in rows for e in r['energy'])"
check "no figure without a source" json all.json "all(e['fJ'] is None for r in rows for e in r['energy'] if r['reference'] == 'immersed' or r['kind'] in ('asymmetric', 'sense', 'stochastic') or e['model'] == 'symbolic')"
check "the plug-in gives nothing below 4 bits" json all.json "all(e['fJ'] is None for r in rows for e in r['energy'] if e['model'] == 'accelergy' and r['bits'] < 4) and any(e['fJ'] for r in rows for e in r['energy'] if e['model'] == 'accelergy')"
check "5 bits, immersed: cycles and arrays of sar, flash, hybrid" json all.json "{r['kind']: (r['cycles'], r['reference_arrays']) for r in rows if r['bits'] == 5 and r['reference'] == 'immersed' and r['kind'] in ('sar', 'flash', 'hybrid')} == {'sar': (5, 1), 'flash': (1, 31), 'hybrid': (4, 3)}"
check "asymmetric, 5 bits: 3.36 comparisons in the mean" json all.json "[round(r['comparisons_mean'], 2) for r in rows if r['kind'] == 'asymmetric' and r['bits'] == 5] == [3.36, 3.36]"
check "--depth bounds the comparisons" json <("$BITLINE" adc --no-cells --kind asymmetric --bits 5 --depth 6 --json) "all(r['comparisons'] == 6 and round(r['comparisons_mean'], 2) == 3.87 for r in rows)"
check "--bits and --reference restrict" json <("$BITLINE" adc --no-cells --kind sar --kind sense --bits 1..3 --reference immersed --json) "[(r['kind'], r['bits'], r['reference']) for r in rows] == [('sar', b, 'immersed') for b in (1, 2, 3)] + [('sense', 1, 'immersed')]"
check "--vdd enters the formula" json <("$BITLINE" adc --no-cells --kind sar --bits 5 --reference local --vdd 1 --json) "abs(rows[0]['energy'][0]['fJ'] - 501.024) < 1e-6"
check "the table for people has the same rows" test "$("$BITLINE" adc --no-cells | grep -cE '^(sar|asymmetric|flash|hybrid|sense|stochastic)[a-z-]* +[0-9]')" = "$(grep -c '"kind"' all.json)"

# a histogram of counts -4..11: everything at 3 but single counts at the ends
echo '{"first": -4, "counts": [1, 0, 0, 0, 0, 0, 0, 1000000, 0, 0, 0, 0, 0, 0, 0, 1]}' >h.json
check "means over a histogram" json <("$BITLINE" adc --no-cells --kind asymmetric --bits 3 --reference local --histogram h.json --json) "abs(rows[0]['comparisons_mean'] - 2) < 1e-4"
check "a tree of it" "$BITLINE" adc --tree h.json --bits 3 --out t.json
check "... asks 3 and 4 first, in either order" json t.json "sorted((j['root'], (j['right'] if j['root'] == 3 else j['left'])[j['root']])) == [3, 4]"
check "... and is said to: entropy, mean, most" json <("$BITLINE" adc --tree h.json --bits 3 --json) "j['conversions'] == 1000002 and abs(j['entropy_bits'] - 0) < 1e-3 and abs(j['tree_comparisons_mean'] - 2) < 1e-4 and j['binary_comparisons'] == 3"
check "... no deeper than asked" json <("$BITLINE" adc --tree h.json --bits 3 --depth 3 --json) "j['tree_comparisons_most'] == 3 and j['tree_comparisons_mean'] == 3"
check "window, bits and depth from a configuration" json <("$BITLINE" adc --tree h.json --config "$configs/tiny.xml" -s readout.bits=2 -s readout.lsb=4 -s readout.low=-4 --json) "j['bits'] == 2 and abs(j['tree_comparisons_mean'] - 2) < 1e-4"
"$BITLINE" adc --tree h.json --bits 3 >tree.txt
check "the same for people" grep -qE '^comparisons of a conversion: 3 by binary search, 2\.000 by the tree \(33\.3 % fewer\), at most [2-7]$' tree.txt

# what the trees of a real model save, at 64 rows: against 7 comparisons (lossless) and 6 (clipped)
model=$top/../shared/models/stories260K/stories260K.bin text=$top/../shared/models/eval/stories-1-3.txt
if [ -r "$model" ]; then
	for code in tc sm; do
		"$BITLINE" golden --model "$model" --text "$text" --config "$configs/edge64.xml" -s numbers.input_code=$code -s numbers.weight_code=$code --histogram $code.json >log 2>&1
		"$BITLINE" adc --tree $code.json --bits 7 --json >$code-7.json
		"$BITLINE" adc --tree $code.json --bits 6 --depth 12 --json >$code-6.json
	done
	check "stories260K, tc: at most 4.05 comparisons, 7 bits and 6" json tc-7.json "3 < j['tree_comparisons_mean'] <= 4.05"
	check "... no deeper than 12" json tc-6.json "j['tree_comparisons_mean'] <= 4.05 and j['tree_comparisons_most'] <= 12"
	check "stories260K, sm: at most 3.0 comparisons" json sm-7.json "2 < j['tree_comparisons_mean'] <= 3.0"
	check "... no deeper than 12" json sm-6.json "j['tree_comparisons_mean'] <= 3.0 and j['tree_comparisons_most'] <= 12"
else
	skip "stories260K: comparisons of its trees" "no checkpoint in ../shared/models"
fi

if command -v yosys >/dev/null && command -v sta >/dev/null && [ -r "${OSU018:-/usr/share/qflow/tech/osu018/osu018_stdcells.lib}" ]; then
	some=(--bits 1..3 --kind sar --kind flash --kind encoder --kind sense --json)
	mkdir elsewhere
	check "cells of some converters, in an empty folder" bash -c 'cd elsewhere && "$@" >../first.json' sh "$BITLINE" adc "${some[@]}"
	check "nothing is left there" test -z "$(ls -A elsewhere)"
	check "all were made" json first.json "not any(r['cells']['cached'] for r in rows)"
	"$BITLINE" adc "${some[@]}" >second.json
	check "the second time all come from the cache" json second.json "all(r['cells']['cached'] for r in rows)"
	check "... and are the same" diff <(grep -v cached first.json) <(grep -v cached second.json)
	check "flip-flops where there is a state, none in an encoder" json first.json "all((r['cells']['flip_flops'] == 0) == (r['kind'] == 'encoder') for r in rows)"
	check "area, cells and delay grow with the width" json first.json "all(a['cells'][x] < b['cells'][x] for k in ('sar', 'encoder') for x in ('area', 'cells') for ref in ('local', None) for a in rows for b in rows if a['kind'] == b['kind'] == k and a.get('reference') == b.get('reference') == ref and a['bits'] + 1 == b['bits'] and a['bits'] > 1)"
	check "the clock is the inverse of the period" json first.json "all(abs(r['cells']['max_clock_mhz'] * r['cells']['period_ns'] - 1000) < 1e-3 for r in rows if r['kind'] != 'encoder')"
	# by hand, from a Yosys report of its own: flip-flops of the 3-bit sar are 3 codes, 3 trials, 2 + 8 of the round
	check "16 flip-flops in a 3-bit sar" json first.json "[r['cells']['flip_flops'] for r in rows if r['kind'] == 'sar' and r['bits'] == 3 and r['reference'] == 'local'] == [16]"
	echo cim_therm_enc Bits=2 Bubble=1 | bash "$top/tools/synth_adc.sh" "$top/rtl-templates/adc" other >direct.txt 2>log
	check "the script alone says the same of an encoder" test "$(cut -d ' ' -f 1-3 direct.txt)" = "$("$BITLINE" adc --kind encoder-ones --bits 2 | awk '$1 == "encoder-ones" { print $3, $4, $5 }')"
else
	skip "cells of some converters" "yosys, opensta or qflow-tech-osu018 is missing"
fi
exit $status
