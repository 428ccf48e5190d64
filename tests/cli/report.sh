#!/usr/bin/env bash
# `bitline report`: runs recorded with --out, the page made of them, wrong folders. In a browser: report_browser.sh.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
B=$(realpath "${BITLINE:-build/bitline}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fails=0
ok() { echo "ok - $1"; }
fail() { echo "FAIL - $1${2:+: $2}"; fails=1; }
check() { local name=$1; shift; local out; if out=$("$@" 2>&1); then ok "$name"; else fail "$name" "$(tail -n 3 <<<"$out")"; fi; }
refused() { # status, text, command...
	local status=$1 text=$2 out rc; shift 2
	out=$("$@" 2>&1 >/dev/null); rc=$?
	if [ $rc = "$status" ] && [ "$(wc -l <<<"$out")" = 1 ] && [[ $out == *"$text"* ]]; then ok "refused: ${text:0:70}"; else fail "refused: $text" "status $rc: $out"; fi
}
holds() { # name, expression over j(FILE) of folder $work/NAME
	local out
	if out=$(/usr/bin/python3 -c '
import json, sys
j = lambda name: json.load(open(sys.argv[1] + "/" + name))
total = lambda what: sum(t[what] for t in j("timeline.json")["totals"])
sys.exit(0 if eval(sys.argv[2]) else 1)' "$work/$2" "$3" 2>&1); then ok "$1"; else fail "$1" "$(tail -n 1 <<<"$out")"; fi
}
model=models/story.safetensors
config=configs/edge64-sm4.xml
page="/usr/bin/python3 tests/cli/report_page.py"

# ---- what runs leave
layer=(--config $config --model $model --layers 0.wk --tokens 2)
"$B" cosim "${layer[@]}" --json >"$work/plain.json"
check "a text is recorded" "$B" cosim --config $config --model $model --generate 2 --out "$work/a"
check "a run is recorded" "$B" cosim "${layer[@]}" --out "$work/a" --json
"$B" map --config $config --model $model --layers 0.wk --tokens 2 --out "$work/a" >/dev/null
"$B" stories --n 1 --seed 5 --out "$work/story.txt" >/dev/null
for bits in 2 4; do "$B" golden --model $model --text "$work/story.txt" --config $config -s readout.bits=$bits --out "$work/a" >/dev/null; done
holds "figures are those of a run without --out" a "all(v == j('run.json')[k] for k, v in json.load(open('$work/plain.json')).items() if not k.endswith(('_s', '_second', '_mb')) and k != 'cached')"
holds "every moment that the RTL shows is in the golden clock's clock" a "(c := j('timeline.json')['checked']) and c['takes'] == c['finishes'] == j('run.json')['activations'] and c['differ'] == 0 and c['engine'] == 'verilator'"
holds "clocks of the timeline are the counters' of the RTL" a "total('evaluate') == j('run.json')['compute_clocks'] and total('convert') == j('run.json')['convert_clocks'] and total('serve') == 0 and j('timeline.json')['clocks'] == j('run.json')['rtl_cycles']"
holds "its profile adds up to its totals" a "all(sum(j('timeline.json')['profile'][w]) == total(w) > 0 for w in ('load', 'evaluate', 'hold', 'convert', 'drain'))"
holds "the window's intervals are in order and in the window" a "all((t := j('timeline.json')) and t['from'] <= b < e <= t['to'] for x in j('timeline.json')['tile'] for lane in x.values() for _, b, e in lane) and len(j('timeline.json')['sequencer']) > 5"
holds "histogram and codes have every conversion once" a "sum(j('counts.json')['counts']) == sum(c[3] for c in j('codes.json')['cells']) == j('codes.json')['codes'] == j('run.json')['conversions']"
holds "ideal converters give ideal codes" a "j('codes.json')['equal'] and all(c[1] == c[2] for c in j('codes.json')['cells'])"
holds "cells of the pictures are the mapper's" a "(o := j('occupancy.json')) and o['all'] == len(o['images']) == j('map.json')['arrays'] and abs(sum(i['cells'] for i in o['images']) / (o['cells'] * o['all']) - j('map.json')['utilisation']) < 1e-9 and all(sum(p[5] * p[8] for p in o['pieces'] if p[0] == n) == i['cells'] for n, i in enumerate(o['images']))"
holds "one configuration" a "len({j(n)['config_sha256'] for n in ('run.json', 'text.json', 'timeline.json', 'counts.json', 'codes.json', 'occupancy.json', 'map.json')}) == 1"
holds "constants of energy have their sources" a "len(c := j('map.json')['constants']) > 10 and all(x['source'] and x['unit'] for x in c) and j('map.json')['array_energy_nj'] > 0"
check "a search tree of the counts" "$B" adc --tree "$work/a/counts.json" --config $config --out "$work/a/tree.json"

# ---- converters that are bent, references that are immersed, searches that are not even: by the golden machine behind the registers
tlm() { "$B" cosim --engine tlm --model $model --layers 0.wk --tokens 1 "$@"; }
if tlm --config configs/tiny-ring.xml -s nonideal.offset=600 --out "$work/ring" >/dev/null 2>"$work/log"; then
	holds "immersed: references are waited for and served" ring "total('ask') > 0 and total('serve') == total('convert') > 0 and total('hold') == 0 and j('timeline.json')['checked'] is None"
	holds "bent: codes are off where thresholds are" ring "(c := j('codes.json')['cells']) and any(x[1] != x[2] for x in c) and all(abs(x[1] - x[2]) <= 3 for x in c) and j('codes.json')['engine'] is None"
	check "its page" "$B" report "$work/ring" --out "$work/ring.html"
	check "... has all that was recorded" $page "$work/ring.html" run timeline arrays counts codes config absent
	check "... with the map" grep -q 'aria-label="code error map"' "$work/ring.html"
	tlm --config configs/edge64-asymmetric.xml --out "$work/tree" >/dev/null 2>&1
	check "asymmetric: the tree is recorded" test -s "$work/tree/tree.json"
	check "... and drawn" bash -c "'$B' report '$work/tree' >/dev/null && grep -q 'tree.json' '$work/tree/report.html'"
	tlm --config configs/edge64-stochastic.xml --out "$work/draws" >/dev/null 2>&1
	check "stochastic: no map of codes, which have no one right value" bash -c "test -s '$work/draws/timeline.json' && ! test -e '$work/draws/codes.json' && '$B' report '$work/draws'"
else
	echo "ok - bent, immersed and asymmetric runs # SKIP engine tlm: $(tail -n 1 "$work/log")"
fi

# ---- the page
all=(text run timeline arrays counts codes perplexity cost)
check "a page" "$B" report "$work/a"
check "... is XML" xmllint --noout "$work/a/report.html"
check "... self-contained, verdict first, a text alternative for every figure" $page "$work/a/report.html" "${all[@]}" config absent
for edit in 's/ role="img"//' 's/aria-label="[^"]*"/aria-label=""/' 's/id="run"/id="cost"/' 's|</main>|<img alt="" src="x.png"/></main>|' 's|</main>|<script>1</script></main>|' 's|</main>|<p>http://example.org</p></main>|' \
	's|<td class="n">|<td class="n"></td><td class="n">|' 's/<text x="[0-9.]*"/<text x="5000"/' 's/<div class="verdict/<p>first<\/p><div class="verdict/' 's|<caption>.*</caption>||'; do
	sed "$edit" "$work/a/report.html" >"$work/bent.html"
	if $page "$work/bent.html" "${all[@]}" config absent >/dev/null; then fail "a bent page is noticed" "$edit"; else ok "a bent page is noticed: ${edit:0:40}"; fi
done
check "the verdict is the run's" grep -q 'Equal, bit by bit' "$work/a/report.html"
"$B" report "$work/a" --out "$work/again.html" >/dev/null
check "twice the same bytes" cmp "$work/a/report.html" "$work/again.html"
cp -r "$work/a" "$work/layout"
printf '%s' iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg== | base64 -d >"$work/layout/layout.png"
echo '{"flow":"qflow","design":"digital8","config_sha256":"0","block":"adc","library":"osu018","cells":72,"nets":90,"die_area_um2":4285.5,"wire_um":2000.25,"failed_routes":0,"drc_errors":0}' >"$work/layout/layout.json"
check "with a layout" "$B" report "$work/layout"
check "... its picture is in the page" $page "$work/layout/report.html" "${all[@]}" layout config
check "... and its configuration is another" grep -q 'Of another configuration than config.xml' "$work/layout/report.html"
/usr/bin/python3 - "$work/layout" <<'END'
import json, sys
p = sys.argv[1] + "/run.json"
j = json.load(open(p))
j["mismatches"] = j["per_layer"][0]["mismatches"] = 3
j["first_difference"] = "layer '0.wk': <b>expected</b> code 3"
json.dump(j, open(p, "w"))
END
"$B" report "$work/layout" >/dev/null
check "a difference is told first, its text is text" grep -q 'Different: the RTL.*' "$work/layout/report.html"
check "... escaped" grep -q '&lt;b&gt;expected&lt;/b&gt; code 3' "$work/layout/report.html"
mkdir "$work/only"; cp "$work/a/map.json" "$work/only"
check "a folder with one file" bash -c "'$B' report '$work/only' && $page '$work/only/report.html' cost absent"
check "... judges nothing" grep -q 'Nothing was judged' "$work/only/report.html"

# ---- refusals
mkdir "$work/empty"
refused 2 "'$work/empty' holds no result: write some with bitline cosim ... --out $work/empty (docs/report.md section 1)" "$B" report "$work/empty"
refused 2 "'$work/none' is no folder: write results there with bitline cosim ... --out DIR, or name another" "$B" report "$work/none"
refused 2 "report of what? name a folder of results: bitline report DIR (docs/report.md section 1)" "$B" report
refused 2 '--out "" has no name; write --out FILE.html' "$B" report "$work/a" --out ""
refused 3 "cannot" "$B" report "$work/a" --out "$work/none/x.html"
refused 2 'output directory "" has no name; write --out DIR' "$B" cosim "${layer[@]}" --out ""
refused 2 "--out records perplexity through a configuration: add --config FILE" "$B" golden --model $model --text "$work/story.txt" --out "$work/a"
refused 2 "--out records perplexity through a configuration: leave --generate out and give --text FILE" "$B" golden --model $model --generate 2 --out "$work/a"
wrong() { # text, file, edit of j
	rm -rf "$work/w"; cp -r "$work/a" "$work/w"
	/usr/bin/python3 -c '
import json, sys
j = json.load(open(sys.argv[1]))
exec(sys.argv[2])
json.dump(j, open(sys.argv[1], "w"))' "$work/w/$2" "$3"
	rm -f "$work/w/report.html"
	refused 2 "$1" "$B" report "$work/w"
	[ ! -e "$work/w/report.html" ] || fail "refused, and a page is there"
}
wrong "'$work/w/timeline.json': \"tiles\" is 65: legal 1..64; make the file again as docs/report.md says" timeline.json "j['tiles'] = 65"
wrong '"clocks" is no whole number: legal 1..' timeline.json "j['clocks'] = 'many'"
wrong 'entry 0 of "sequencer" does '"'sleep'"': legal are the names of docs/report.md section 2' timeline.json "j['sequencer'][0][0] = 'sleep'"
wrong '"convert" of "profile" has 1 bins, "load" has' timeline.json "j['profile']['convert'] = [1]"
wrong '"profile" has no bin' timeline.json "j['profile'] = {k: [] if isinstance(v, list) else v for k, v in j['profile'].items()}"
wrong '"pieces" are of' occupancy.json "j['pieces'] = j['pieces'][:1]"
wrong '"cells" is no list' codes.json "j['cells'] = 3"
wrong '"cells" has 2000001 entries: legal are up to 2000000' codes.json "j['cells'] = [0] * 2000001"
wrong 'entry 1 of "cells" is no list of 4' codes.json "j['cells'][1] = [1]"
wrong '"equal" is neither true nor false' codes.json "j['equal'] = 1"
wrong '"layer" is no text' codes.json "j['layer'] = 1"
wrong '"checked" is no object' timeline.json "j['checked'] = []"
wrong 'entry 0 of "constants" is no object' map.json "j['constants'][0] = 1"
wrong 'entry 0 of "not_given" is no text' map.json "j['not_given'] = [1]"
wrong '"energy_nj" is no number: legal -1e30..1e30, or null' map.json "j['energy_nj'] = 'x'"
wrong 'perplexity is -1, in floats' perplexity.4.json "j['perplexity'] = -1"
wrong "'$work/w/tree.json': a tree of 2 bits, readout.bits of config.xml is 4: legal is a tree of as many bits; make it again as docs/report.md says" tree.json "j.update(bits=2, root=2, left=[0, 0, 1, 0], right=[0, 0, 3, 0])"
rm -rf "$work/w"; cp -r "$work/a" "$work/w"; rm "$work/w/config.xml"
refused 2 "without config.xml beside it there is no window to read it with" "$B" report "$work/w"
cp -r "$work/layout" "$work/w2"; echo nothing >"$work/w2/layout.png"
refused 2 "'$work/w2/layout.png' is no PNG picture; copy the one that flow-qflow made (docs/layout.md)" "$B" report "$work/w2"
echo '[1]' >"$work/w/run.json"
refused 2 "the file is no JSON object" "$B" report "$work/w"
check "hostile folders" /usr/bin/python3 tests/cli/report_hostile.py "$B" "$work/layout"
exit $fails
